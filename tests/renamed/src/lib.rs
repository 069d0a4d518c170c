//! Every stage of the language where penguiflow has another name, in an older edition.
#![deny(warnings)]

/// Every stage of the language and every option of a node.
#[no_implicit_prelude]
pub mod flows {
    ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/flows.rs"));
}

/// What a library does that has macros of its own: it passes penguiflow on.
pub mod library {
    pub use pf as penguiflow;

    /// A node, and a flow of it.
    #[macro_export]
    macro_rules! answering {
        ($node:ident, $flow:ident: $question:ty => $answer:expr) => {
            #[$crate::library::penguiflow::node(crate = $crate::library::penguiflow)]
            async fn $node(_: $question) -> u32 {
                $answer
            }

            $crate::library::penguiflow::flow! {
                #[flow(crate = $crate::library::penguiflow)]
                #[doc = "Answers."]
                pub struct $flow($question) -> u32;

                $node;
            }
        };
    }
}

/// A user of that library.
pub mod user {
    use crate::library::penguiflow::{flow, node, Flow};

    crate::answering!(answer, Answering: String => 42);

    #[derive(Clone, pf::FromRef)]
    #[from_ref(crate = pf)]
    struct State(u32);

    #[node(crate = super::library::penguiflow, retries = 1)]
    async fn add(number: u32, state: pf::State<u32>) -> Result<u32, Refused> {
        number.checked_add(state.0).ok_or(Refused)
    }

    #[derive(Debug, pf::Retryable)]
    #[retryable(crate = crate::library::penguiflow)]
    #[fatal]
    struct Refused;

    impl std::fmt::Display for Refused {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("refused")
        }
    }

    impl std::error::Error for Refused {}

    /// A flow in an expression.
    pub async fn added() -> Result<u32, pf::FlowError> {
        let flow = flow! {
            #[flow(crate = super::library::penguiflow)]
            Answering -> add
        };
        flow.with_state(State(1)).run("what?".to_owned()).await
    }

    /// A flow with a name.
    pub fn answering() -> Flow<Answering> {
        Answering::flow()
    }
}
