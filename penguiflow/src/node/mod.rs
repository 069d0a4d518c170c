//! The engine's view of a node: its policy, the meaning of its signature (`signature`), and how it
//! takes its message (`taking`). `#[node]` implements both traits; nobody else needs to.

mod parked_payload;
mod passing;
mod played;
pub(crate) mod probe;
mod read_json;
pub(crate) mod same;
#[cfg(feature = "payloads")]
mod shown_payload;
pub(crate) mod signature;
pub(crate) mod taking;

use crate::error::Fault;
use crate::graph::{NodeInfo, Role, TypeName};
use crate::policy::Policy;
pub use parked_payload::ParkedPayload;
pub(crate) use parked_payload::shown;
pub use passing::{Await, ItemsOf, Join, Map, join, map, part, quorum, race, settle};
pub use played::Played;
pub(crate) use played::played;
pub(crate) use read_json::read_json;
#[cfg(feature = "payloads")]
pub use shown_payload::ShowPayloads;
use signature::{BreakType, Signature};
pub use taking::{Bounded, ByReference, ByValue, Plain, Taking, Visits};

/// A step of a flow: the types of its input and output, and its policy.
///
/// `#[node]` implements it on a function's namesake type or on a struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node",
    label = "not a node",
    note = "put `#[node]` on the `async fn`, or on `impl {Self} {{ async fn call(&self, …) }}`",
    note = "a flow is a node if it has a name, one output per trace, and no `await`"
)]
pub trait Node: Sized + Send + Sync + 'static {
    /// The meaning of its signature.
    #[doc(hidden)]
    type Signature: Signature;
    /// Whether a visit is the node's own future, `Plain`, or a loop of attempts, `Bounded`.
    #[doc(hidden)]
    type Visits: Visits;
    /// The type that knows the flows among its own nodes, by a `const fn all`: `NoPlaybooks` for a
    /// function.
    #[doc(hidden)]
    type Playbooks;

    /// Its name, policy, types and place in the source.
    const INFO: NodeInfo;

    /// That it is a node.
    #[doc(hidden)]
    const IS_NODE: bool = true;

    /// How its payloads are shown, if somebody wants to see them.
    #[cfg(feature = "payloads")]
    #[doc(hidden)]
    const PAYLOADS: ShowPayloads<In<Self>, Out<Self>> = ShowPayloads::NONE;

    /// Looks at what it takes, before its first attempt, if it was asked to.
    #[doc(hidden)]
    fn check_input(_: &In<Self>) -> Result<(), Fault> {
        Ok(())
    }
}

/// What a node returns: a function's value, or a flow's output, or an error. `#[node]` implements it.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a node", label = "not a node")]
pub trait Returns: Node {
    /// Its value, or a `Result` of it.
    #[doc(hidden)]
    type Return;

    /// The verdict on it.
    #[doc(hidden)]
    fn split(returned: Self::Return) -> Attempt<Self>;
}

/// The payload that a node takes.
pub type In<N> = <<N as Node>::Signature as Signature>::In;
/// The payload that follows a node's edges.
pub type Out<N> = <<N as Node>::Signature as Signature>::Out;
/// The value of a node's `Break`: `NoBreak`, or `BreaksWith<B>`.
pub type Exit<N> = <<N as Node>::Signature as Signature>::Exit;
/// The value of a node's `Break`, by itself.
pub type BreakValue<N> = <Exit<N> as BreakType>::Out;
/// A node's first parameter, without the `&`.
pub type Param<N> = <<N as Node>::Signature as Signature>::Param;
/// The value that a node returns when it succeeds.
pub type Success<N> = <<N as Node>::Signature as Signature>::Success;

/// A node's parameter as its function takes it: by value, or by reference.
pub type Lent<'v, N> = <TakingOf<N> as Taking>::Lent<'v, Param<N>>;

/// Whether a node takes its message by value or by reference.
pub type TakingOf<N> = <<N as Node>::Visits as Visits>::Taking;

/// The result of one attempt.
pub type Attempt<N> = Result<Success<N>, Fault>;

/// A node without fields: a function, or a flow with a name.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` is a struct, so the flow needs a value of it",
    label = "which `{Self}`?",
    note = "name one in the flow: `let name: {Self} = …;`, then use `name`"
)]
pub trait FunctionNode: Node {
    /// Its only value.
    #[doc(hidden)]
    fn node() -> &'static Self;
}

impl NodeInfo {
    /// The entry of a node, as `#[node]` writes it.
    #[doc(hidden)]
    pub const fn of<N: Node>(
        name: &'static str,
        policy: Policy,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            name,
            policy,
            input: TypeName::of::<In<N>>(),
            output: TypeName::of::<Out<N>>(),
            exit: <N::Signature as Signature>::EXIT_NAME,
            can_end: <N::Signature as Signature>::CAN_END,
            file,
            line,
            playbook: None,
            is_named: false,
            aliases: &[],
            role: Role::Visit,
            node: TypeName::of::<N>(),
            can_be_retried: false,
            can_be_idle: false,
        }
    }
}
