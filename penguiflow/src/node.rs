//! What a node is to the engine. `#[node]` implements both traits; nobody else need.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::causes::{chain, text_of, write_causes};
use crate::error::{BoxError, ErrorKind, FlowError, listed};
use crate::graph::Graph;
use crate::join::{JoinInfo, JoinKind};
use crate::policy::{Policy, Retry, Retryable};
use crate::shape::{LeftType, Signature};
use crate::type_name::TypeName;
use crate::visit::Visits;

/// A step of a flow: what it takes, what it gives, and its policy.
///
/// `#[node]` implements it on a function's namesake type or on a struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node",
    label = "not a node",
    note = "put `#[node]` on the `async fn`, or on `impl {Self} {{ async fn call(&self, …) }}`",
    note = "a flow is a node if it has a name, one output per trace, and no `await`"
)]
pub trait Node: Sized + Send + Sync + 'static {
    /// What its signature means.
    #[doc(hidden)]
    type Signature: Signature;
    /// Whether a visit is the node's own future, `Plain`, or a loop of attempts, `Bounded`.
    #[doc(hidden)]
    type Visits: Visits;
    /// What knows the flows among its own nodes, by a `const fn all`: `NoPlaybooks` of a function.
    #[doc(hidden)]
    type Playbooks;

    /// Its name, policy, types and place in the source.
    const INFO: NodeInfo;

    /// That it is a node.
    #[doc(hidden)]
    const IS_NODE: bool = true;

    /// Looks at what it takes, before its first attempt, if it was asked to.
    #[doc(hidden)]
    fn check_input(_: &In<Self>) -> Result<(), Fault> {
        Ok(())
    }
}

/// The payload that a node takes.
pub type In<N> = <<N as Node>::Signature as Signature>::In;
/// The payload that follows a node's edges.
pub type Out<N> = <<N as Node>::Signature as Signature>::Out;
/// What leaves the flow at a node: `Stays`, or `Leaves<B>`.
pub type Exit<N> = <<N as Node>::Signature as Signature>::Exit;
/// What leaves the flow at a node, by itself.
pub type Left<N> = <Exit<N> as LeftType>::Out;
/// A node's first parameter, without the `&`.
pub type Param<N> = <<N as Node>::Signature as Signature>::Param;
/// What a node returns when it succeeds.
pub type Success<N> = <<N as Node>::Signature as Signature>::Success;

/// What one attempt comes to.
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

/// Why an attempt failed.
#[doc(hidden)]
#[derive(Debug)]
pub enum Fault {
    /// The node returned an error.
    Failed {
        /// The error.
        source: BoxError,
        /// Whether trying again can help.
        retry: Retry,
    },
    /// The node panicked, with this message.
    Panicked(String),
    /// The task or thread that the node ran in was cut, for its runtime shut down.
    Cancelled,
    /// This needs a tokio runtime, and there is none.
    NoRuntime(String),
    /// The attempt took longer than the timeout. What had failed in it before, if it runs a flow.
    // Boxed once more, so that a fault is no larger than a failure.
    TimedOut(Duration, Option<Box<BoxError>>),
    /// A parameter could not be extracted.
    Invalid(BoxError),
    /// What the node takes was found invalid.
    InvalidInput(BoxError),
    /// What the node outputs was found invalid.
    InvalidOutput(BoxError),
    /// The node is or called a playbook, whose trace ended in an error.
    Played {
        /// The error.
        error: FlowError,
        /// Whether trying again can help.
        retry: Retry,
    },
    /// So many of so many tokens were spent.
    Spent(u64, u64),
    /// The message's deadline passed.
    Expired,
    /// The visit's attempts are over, and this is its error.
    Ended(FlowError),
}

impl Fault {
    /// A node's own error, or that of a playbook which it called. An error that does not know
    /// whether trying again can help has the verdict of the flow's error that caused it.
    pub fn failed(source: BoxError, retry: Option<Retry>) -> Self {
        let retry = retry.unwrap_or_else(|| inherited(&*source));
        match source.downcast() {
            Ok(error) => Self::played(*error, retry),
            Err(source) => Self::Failed { source, retry },
        }
    }

    /// A playbook's error. Its deadline is the whole trace's; that it was cancelled, or gave
    /// nothing, is the node's own failure.
    pub(crate) fn played(error: FlowError, retry: Retry) -> Self {
        match error.kind() {
            ErrorKind::DeadlineExceeded => Self::Expired,
            ErrorKind::Cancelled | ErrorKind::Closed | ErrorKind::Filtered => Self::Failed {
                source: error.into(),
                retry,
            },
            _ => Self::Played { error, retry },
        }
    }

    /// What to do after this fault.
    pub(crate) fn retry(&self) -> Retry {
        match self {
            Self::Failed { retry, .. } | Self::Played { retry, .. } => *retry,
            Self::TimedOut(..) | Self::InvalidOutput(_) => Retry::Backoff,
            Self::Panicked(_)
            | Self::Cancelled
            | Self::NoRuntime(_)
            | Self::Invalid(_)
            | Self::InvalidInput(_)
            | Self::Spent(..)
            | Self::Ended(_)
            | Self::Expired => Retry::Never,
        }
    }

    /// The fault as the cause of an error.
    pub(crate) fn into_cause(self) -> BoxError {
        match self {
            Self::Failed { source, .. } => source,
            Self::Played { error, .. } | Self::Ended(error) => error.into(),
            fault => fault.into(),
        }
    }

    /// What caused it, behind what its text tells.
    fn cause(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed { source, .. }
            | Self::Invalid(source)
            | Self::InvalidInput(source)
            | Self::InvalidOutput(source) => source.source(),
            Self::Played { error, .. } | Self::Ended(error) => error.source(),
            Self::TimedOut(_, before) => before.as_deref().map(|before| &**before as _),
            Self::Panicked(_)
            | Self::Cancelled
            | Self::NoRuntime(_)
            | Self::Spent(..)
            | Self::Expired => None,
        }
    }

    fn write_with_causes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_causes(f, self.to_string(), self.cause())
    }

    fn write_sentence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { source, .. } | Self::Invalid(source) => f.write_str(&text_of(source)),
            Self::InvalidInput(report) => write!(f, "invalid input: {}", listed(report)),
            Self::InvalidOutput(report) => write!(f, "invalid output: {}", listed(report)),
            Self::Panicked(message) => write!(f, "panicked: {message}"),
            Self::Cancelled => f.write_str("its runtime was shut down"),
            Self::NoRuntime(what) => write!(f, "there is no tokio runtime for {what}"),
            Self::Played { error, .. } | Self::Ended(error) => write!(f, "{error}"),
            Self::Spent(spent, budget) => {
                write!(f, "{spent} tokens are spent, of a budget of {budget}")
            }
            Self::TimedOut(limit, _) => write!(f, "took longer than {limit:?}"),
            Self::Expired => f.write_str("the message's deadline passed"),
        }
    }
}

/// The verdict of the flow's error that is the cause of another one.
fn inherited(error: &(dyn Error + 'static)) -> Retry {
    let played = chain(Some(error)).find_map(|cause| cause.downcast_ref::<FlowError>());
    played.map_or(Retry::Backoff, Retryable::retry)
}

/// The alternate form goes on with the causes.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => self.write_with_causes(f),
            false => self.write_sentence(f),
        }
    }
}

impl Error for Fault {}

/// What the graph knows of a node.
#[derive(Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct NodeInfo {
    /// Its name in the flow.
    pub name: &'static str,
    /// How it is visited.
    pub policy: Policy,
    /// The payload that it takes.
    pub input: TypeName,
    /// The payload that follows its edges.
    pub output: TypeName,
    /// What leaves the flow at it, if anything does.
    pub exit: Option<TypeName>,
    /// Whether it can end a path: it returns `ControlFlow` or `Option`.
    pub leaves: bool,
    /// The source file that it is defined in.
    pub file: &'static str,
    /// The line that it is defined on, counted from 1.
    pub line: u32,
    /// The graph of the flow that it is, if it is a playbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playbook: Option<&'static Graph>,
    /// Whether its name was chosen by `#[node(name = "…")]`.
    #[serde(skip)]
    is_named: bool,
    #[serde(skip)]
    pub(crate) role: Role,
}

/// What a node does with a message, as far as its cost goes.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// It runs.
    Visit,
    /// It only passes on what is given to it.
    Pass,
    /// It is where a map begins.
    Map(Mapping),
    /// It waits for a value from outside, so long at the most.
    Await(Option<Duration>),
}

/// What is known of a map.
#[derive(Clone, Copy)]
pub(crate) struct Mapping {
    /// Where its items meet, by its place among the nodes.
    pub(crate) end: usize,
    /// How many of them run at once.
    pub(crate) at_once: usize,
    /// How many there are at the most.
    pub(crate) max: Option<usize>,
    /// Whether one message comes of them all.
    pub(crate) gathers: bool,
}

impl NodeInfo {
    /// What `#[node]` knows of its node.
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
            leaves: <N::Signature as Signature>::LEAVES,
            file,
            line,
            playbook: None,
            is_named: false,
            role: Role::Visit,
        }
    }

    /// The same node, which does not run.
    pub(crate) const fn acting(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// The same node, where the items part that meet at this one of the joins.
    #[doc(hidden)]
    #[must_use]
    pub const fn mapping(mut self, end: usize, joins: &[JoinInfo], join: usize) -> Self {
        let join = &joins[join];
        self.role = Role::Map(Mapping {
            end,
            at_once: match join.items_at_once {
                Some(at_once) if at_once > 0 => at_once,
                _ => 1,
            },
            max: join.max_items,
            gathers: !matches!(join.kind, JoinKind::Each),
        });
        self
    }

    /// The same node, where a trace parks, so long at the most.
    #[doc(hidden)]
    #[must_use]
    pub const fn waiting(mut self, within: Duration) -> Self {
        self.role = Role::Await(Some(within));
        self
    }

    /// The same node, whose message and whose return are of these types: if one of them is
    /// none, so is this, and nothing is said of the graph that it stands in. Its errors may ask
    /// for a wait, or not.
    #[doc(hidden)]
    #[must_use]
    pub const fn typed<Param, Return>(mut self, may_ask: bool) -> Self {
        if may_ask {
            self.policy = self.policy.asked();
        }
        self
    }

    /// The same node, which is a flow with this graph.
    #[doc(hidden)]
    #[must_use]
    pub const fn playing(mut self, graph: &'static Graph) -> Self {
        self.playbook = Some(graph);
        let mut node = 0;
        while node < graph.nodes.len() {
            if graph.nodes[node].policy.after_max.is_some() {
                self.policy = self.policy.asked();
            }
            node += 1;
        }
        self
    }

    /// The same node under a name that was chosen for it.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self.is_named = true;
        self
    }

    /// Whether its name is not just that of its function.
    pub(crate) const fn has_chosen_name(&self) -> bool {
        self.is_named
    }

    /// The same node as a flow calls it, unless a name was chosen for it.
    #[doc(hidden)]
    #[must_use]
    pub const fn called(self, name: &'static str) -> Self {
        if self.is_named {
            self
        } else {
            Self { name, ..self }
        }
    }
}

impl fmt::Debug for NodeInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.name, self.input, self.output)
    }
}

#[cfg(test)]
mod tests {
    use super::{BoxError, Fault, Retry};

    /// Each visit moves one, or might.
    #[test]
    fn a_fault_is_no_larger_than_a_failure() {
        assert_eq!(size_of::<Fault>(), size_of::<(BoxError, Retry)>());
    }
}
