//! Nodes, parameters and flows whose names are keywords, names of the prelude, or names that
//! generated code uses itself.
#![deny(warnings)]
#![allow(
    non_camel_case_types,
    non_snake_case,
    clippy::upper_case_acronyms,
    reason = "the names are what is tested"
)]

use ::penguiflow::FlowError;

type Number = u32;

/// A node of each name, which adds one to a number of the same name.
macro_rules! nodes {
    ($($name:ident)*) => {$(
        #[::penguiflow::node(retries = 1, backoff = "1ms")]
        async fn $name($name: Number) -> ::core::result::Result<Number, ::penguiflow::BoxError> {
            ::core::result::Result::Ok($name + 1)
        }
    )*};
}

mod keywords {
    use super::{FlowError, Number};

    nodes! { r#type r#match r#async r#await r#fn r#move r#loop r#struct r#gen union default }

    ::penguiflow::flow! {
        struct r#enum(Number) -> Number;

        r#type -> [r#match -> r#async, r#await] -> race -> [r#fn else r#move, r#loop] -> race
            -> await Number -> match {
                (r#gen, _) if r#gen > 9 => r#struct(r#gen),
                (_, r#static) => r#gen(r#static),
            } -> union -> default;
    }

    #[tokio::test]
    async fn keywords_are_names() -> Result<(), FlowError> {
        let flow = r#enum::flow();
        assert_eq!(flow.graph().nodes[0].name, "type");
        let running = flow.start();
        let id = running.emit(0u32).await?;
        while flow.parked().is_empty() {
            tokio::task::yield_now().await;
        }
        flow.resume(id, 1u32).await.expect("it waits for a number");
        let out = running.fetch().await.expect("a result for each message")?;
        assert_eq!(out.payload, 4);
        Ok(())
    }
}

mod prelude {
    use super::Number;

    nodes! {
        Some None Ok Err Option Vec Box String Default Send Sync Clone Iterator Result drop
        str usize bool char core std alloc penguiflow
    }

    ::penguiflow::flow! {
        pub struct Into(Number) -> Number;

        let From: Node = Node {};

        Some -> None -> Ok -> Err -> Option -> Vec -> Box -> String -> Default -> Send -> Sync
            -> Clone -> Iterator -> Result -> drop -> str -> usize -> bool -> char -> core -> std
            -> alloc -> penguiflow -> From;
    }

    pub struct Node {}

    #[::penguiflow::node]
    impl Node {
        async fn call(&self, self_: Number) -> Number {
            self_
        }
    }
}

mod ours {
    use super::Number;

    nodes! {
        In Out Step Node Flow Graph Taking Signature INFO GRAPH A T S D V E
        new main flow node visit input out course runtime step host error exit given arrived param
        state next kept branches round part part0 part1 serializer deserializer variant this call
        advance enter each map wait join_0 race2 settle_1 within
    }

    ::penguiflow::flow! {
        pub struct Topology(Number) -> Number;

        new -> [main -> In, flow -> Out] -> race -> Step -> Node -> Flow -> Graph -> Taking
            -> Signature -> INFO -> GRAPH -> A -> T -> S -> D -> V -> E
            -> node else visit else input -> out -> course -> runtime -> step -> host -> error
            -> exit -> given -> arrived -> param -> state -> next -> kept -> branches -> round
            -> [part, part0, part1] -> quorum(2) -> sum
            -> [serializer, deserializer] -> join -> pair -> variant -> this -> call -> advance
            -> [enter, each] -> settle -> results -> map -> wait -> join_0 -> race2 -> settle_1
            -> within;
    }

    #[::penguiflow::node]
    async fn sum(parts: Vec<Number>) -> Number {
        parts.into_iter().sum()
    }

    #[::penguiflow::node]
    async fn pair((part0, part1): (Number, Number)) -> Number {
        part0 + part1
    }

    #[::penguiflow::node]
    async fn results(
        (one, other): (
            Result<Number, ::penguiflow::NodeError>,
            Result<Number, ::penguiflow::NodeError>,
        ),
    ) -> Number {
        one.unwrap_or(0).min(other.unwrap_or(0))
    }
}

#[tokio::test]
async fn names_of_the_prelude_are_names_of_nodes() -> Result<(), FlowError> {
    assert_eq!(prelude::Into::flow().run(0u32).await?, 23);
    Ok(())
}

#[tokio::test]
async fn names_in_generated_code_are_names_of_nodes() -> Result<(), FlowError> {
    assert!(ours::Topology::flow().run(0u32).await? > 0);
    Ok(())
}

/// Flows by the names that a type parameter mostly has.
mod flows {
    use super::Number;

    #[::penguiflow::node]
    async fn same(number: Number) -> Number {
        number
    }

    ::penguiflow::flow! { pub struct D(Number) -> Number; same; }
    ::penguiflow::flow! { pub struct S(Number) -> Number; D; }
    ::penguiflow::flow! { pub struct V(Number) -> Number; S; }
}

#[tokio::test]
async fn a_flow_may_be_called_as_a_type_parameter() -> Result<(), FlowError> {
    assert_eq!(flows::V::flow().run(7u32).await?, 7);
    Ok(())
}
