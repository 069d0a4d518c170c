//! The bound for code that is generic over flows.

use super::{ErasedFlow, Running};
use crate::edge::{FromJson, IntoMessage, SingleOutput, ToJson};
use crate::flow::{Flow, Run};
use crate::graph::{AwaitInfo, Graph, Topology};
use crate::trace::{Line, Trace};

/// Any flow with one output per trace, ready to run: the one bound for code that is generic over
/// flows. Every such [`Flow`] is one, with its state.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// /// Answers all questions with the flow, in their order.
/// async fn serve<F: AnyFlow>(flow: F, questions: Vec<F::In>) -> Vec<Result<F::Out, FlowError>> {
///     let mut answers = Vec::new();
///     for question in questions {
///         answers.push(flow.run(question).await);
///     }
///     answers
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let answers = serve(flow! { double }, vec![1, 2]).await;
/// assert_eq!(answers.into_iter().flatten().collect::<Vec<_>>(), [2, 4]);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a flow that is ready to run, with one output per trace",
    label = "not a flow with one output per trace",
    note = "flows are made by `flow! {{ … }}`; give one that has a state its state by `.with_state(…)`"
)]
pub trait AnyFlow: Clone + Send + Sync + 'static {
    /// The type of its input.
    type In: Send + 'static;
    /// The type of its output.
    type Out: Send + 'static;
    /// The compiled flow.
    #[doc(hidden)]
    type Topology: Line<Self::State, In = Self::In, Out = Self::Out> + SingleOutput;
    /// The state that its nodes run with.
    #[doc(hidden)]
    type State: Send + Sync + 'static;

    /// The flow itself, with all of its methods.
    fn as_flow(&self) -> &Flow<Self::Topology, Self::State>;

    /// The flow's nodes and edges.
    fn graph(&self) -> &'static Graph {
        self.as_flow().graph()
    }

    /// The places where the flow's traces park, each with the type that it waits for.
    fn awaits(&self) -> &'static [AwaitInfo] {
        self.as_flow().awaits()
    }

    /// Runs a message to the end of its trace, as [`Flow::run`] does.
    fn run(&self, input: impl IntoMessage<Self::In>) -> Run<'_, Self::Out> {
        self.as_flow().run(input)
    }

    /// Runs a message and streams its chunks and its output, as [`Flow::trace`] does.
    fn trace(&self, input: impl IntoMessage<Self::In>) -> Trace<'_, Self::Out> {
        self.as_flow().trace(input)
    }

    /// The same as `run`, in a future that owns the flow, as [`Flow::run_owned`].
    fn run_owned(self, input: impl IntoMessage<Self::In>) -> Run<'static, Self::Out> {
        self.as_flow().clone().run_owned(input)
    }

    /// The same as `trace`, in a stream that owns the flow, as [`Flow::trace_owned`].
    fn trace_owned(self, input: impl IntoMessage<Self::In>) -> Trace<'static, Self::Out> {
        self.as_flow().clone().trace_owned(input)
    }

    /// The flow without its types, as [`Flow::erase`].
    fn erase(self) -> ErasedFlow
    where
        Self::In: FromJson,
        Self::Out: ToJson,
    {
        self.as_flow().clone().erase()
    }

    /// Starts the flow for many messages, as [`Flow::start`] does.
    fn start(&self) -> Running<Self::Topology, Self::State> {
        self.as_flow().start()
    }
}

impl<F, S> AnyFlow for Flow<F, S>
where
    F: Line<S> + SingleOutput,
    S: Send + Sync + 'static,
{
    type In = <F as Topology>::In;
    type Out = <F as Topology>::Out;
    type Topology = F;
    type State = S;

    fn as_flow(&self) -> &Self {
        self
    }
}
