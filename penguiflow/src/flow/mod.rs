//! A flow, ready to run: one message in the caller's own task. For many, `running` starts it.
//!
//! Methods with bounds stand here: rustc's notes say `Flow::run` only in the module of the type.

mod boxed;
mod call;
#[cfg(not(feature = "testing"))]
mod gated;
mod json;
mod one_message;
mod parking;
mod parts;
mod run;
mod stack;

use std::future::ready;
use std::sync::Arc;

#[cfg(feature = "testing")]
use crate::coverage;
#[cfg(feature = "testing")]
use crate::edge::StubOf;
use crate::edge::{Awaits, FromJson, IntoMessage, SingleOutput};
#[cfg(feature = "durable")]
use crate::frontier::{self, Advance, Attempts, Durable, Emits, Frontier, PendingStep};
use crate::graph::{Graph, Topology};
use crate::message::{KeepInput, Message, StepId, TraceId};
#[cfg(feature = "testing")]
use crate::node::{Param, Returns};
use crate::parking::ParkingLot;
use crate::trace::{Line, Trace};
use crate::visit::FlowContext;

pub(crate) use json::read_message;
pub use parking::ResumeError;
pub use policies::{EffectivePolicies, PoliciesError};
pub use run::Run;
pub(crate) use settings::Settings;
pub(crate) use stack::check as check_stack;

/// A compiled flow with its state and settings. `flow!` makes it.
///
/// It is cheap to clone; clones share their state, observers and their nodes' limits.
/// The methods that run it are there if its nodes can run with the state (`F: Line<S>`), and those
/// that return one output if a trace has at most one (`SingleOutput`). Generic code has the
/// one bound [`AnyFlow`](crate::AnyFlow) in place of these.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn words(text: String) -> usize {
///     text.split_whitespace().count()
/// }
///
/// flow! {
///     /// How many words a text has.
///     pub struct Words(String) -> usize;
///
///     words;
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// assert_eq!(Words::flow().run("Call me Ishmael.".to_owned()).await?, 3);
/// # Ok(())
/// # }
/// ```
pub struct Flow<F: Topology, S = ()> {
    topology: Arc<F>,
    state: Arc<S>,
    context: Arc<FlowContext>,
    settings: Settings,
    parking_lot: Arc<ParkingLot>,
    /// How a trace copies its input, if it is to.
    keep: Option<KeepInput>,
}

impl<F: Topology> Flow<F> {
    /// A flow without state, with the default settings.
    #[doc(hidden)]
    pub fn new(topology: F) -> Self {
        #[cfg(feature = "testing")]
        if coverage::is_on() {
            coverage::register(F::GRAPH);
        }
        Self {
            topology: Arc::new(topology),
            state: Arc::new(()),
            context: Arc::new(FlowContext::of(F::GRAPH)),
            settings: Settings::default(),
            parking_lot: Arc::default(),
            keep: None,
        }
    }
}

impl<F: Topology, S> Flow<F, S> {
    /// Sets the state of the flow, from which nodes take their parts by `State<T>`.
    #[must_use]
    pub fn with_state<T>(self, state: T) -> Flow<F, T> {
        Flow {
            topology: self.topology,
            state: Arc::new(state),
            context: self.context,
            settings: self.settings,
            parking_lot: self.parking_lot,
            keep: self.keep,
        }
    }

    /// The flow's nodes and edges.
    pub fn graph(&self) -> &'static Graph {
        F::GRAPH
    }

    /// Runs a message to the end of its trace, in the caller's own task, and returns its
    /// output. Dropping the future cancels the trace.
    ///
    /// # Errors
    ///
    /// The [`FlowError`](crate::FlowError) that ended the trace; of kind `Filtered` if its path
    /// ended in `None`.
    pub fn run(&self, input: impl IntoMessage<F::In>) -> Run<'_, F::Out>
    where
        F: Line<S> + SingleOutput,
        S: Send + Sync,
    {
        Self::output_of(self, input.into_message())
    }

    /// The same as [`run`](Self::run), in a future that owns the flow, so that it can be spawned or
    /// returned.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let flow = flow! { double };
    /// let task = tokio::spawn(flow.clone().run_owned(21));
    /// assert_eq!(task.await.expect("it is not aborted")?, 42);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `run`.
    pub fn run_owned(self, input: impl IntoMessage<F::In>) -> Run<'static, F::Out>
    where
        F: Line<S> + SingleOutput,
        S: Send + Sync + 'static,
    {
        Self::output_of(self, input.into_message())
    }

    /// Runs a message to the end of its trace, in the caller's own task, and returns all
    /// its outputs, in the order in which they came. Dropping the future cancels the trace.
    ///
    /// # Errors
    ///
    /// The [`FlowError`](crate::FlowError) that ended the trace: of kind `Filtered` if all its
    /// paths ended in `None`.
    pub fn run_all(&self, input: impl IntoMessage<F::In>) -> Run<'_, Vec<F::Out>>
    where
        F: Line<S>,
        S: Send + Sync,
    {
        self.outputs_of(input.into_message())
    }

    /// Runs a message and streams its chunks and outputs as they come: an error, if there is
    /// one, is the last item. The trace moves while the stream is polled, so a reader that
    /// stops holds it up; dropping the stream cancels it. Nodes send chunks by
    /// [`Ctx::chunk`](crate::Ctx::chunk).
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn half(n: u32) -> u32 { n / 2 }
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 { n * 2 }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let flow = flow! { half; double };
    /// let items: Vec<_> = flow.trace(8).collect().await;
    /// let outputs = items.into_iter().map(|item| match item {
    ///     Ok(TraceItem::Output(message)) => message.payload,
    ///     other => panic!("{other:?}"),
    /// });
    /// assert_eq!(outputs.collect::<Vec<_>>(), [4, 16]);
    /// # }
    /// ```
    pub fn trace(&self, input: impl IntoMessage<F::In>) -> Trace<'_, F::Out>
    where
        F: Line<S>,
        S: Send + Sync,
    {
        Self::items_of(self, input.into_message())
    }

    /// The same as [`trace`](Self::trace), in a stream that owns the flow, so that it can be
    /// spawned or returned: as the body of a response.
    pub fn trace_owned(self, input: impl IntoMessage<F::In>) -> Trace<'static, F::Out>
    where
        F: Line<S>,
        S: Send + Sync + 'static,
    {
        Self::items_of(self, input.into_message())
    }

    /// [`run`](Self::run), of a payload that is read from a JSON document, a text or bytes.
    ///
    /// Where the message needs more than a payload, such as a tenant or a deadline, build it
    /// by [`Message::from_json`].
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn sum(numbers: Vec<u32>) -> u32 {
    ///     numbers.into_iter().sum()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let flow = flow! { sum };
    /// assert_eq!(flow.run_json("[1, 2, 3]").await?, 6);
    ///
    /// let error = flow.run_json("[1, -2, 3]").await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Invalid);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` if the document does not fit, and those of `run`.
    pub fn run_json(&self, json: impl AsRef<[u8]>) -> Run<'_, F::Out>
    where
        F: Line<S> + SingleOutput,
        F::In: FromJson,
        S: Send + Sync,
    {
        match Message::from_json(json) {
            Ok(message) => self.run(message),
            Err(error) => Run::new(|| ready(Err(error))),
        }
    }

    /// Passes a value to a parked trace, which goes on in the task that runs it. Where several
    /// steps of it wait for a `T`, the first one takes it.
    ///
    /// All clones of the flow, and all that it was started as, share what is parked.
    ///
    /// # Errors
    ///
    /// Returns the value if no trace of this id waits for a `T`.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// struct Approval {
    ///     by: String,
    /// }
    ///
    /// #[node]
    /// async fn publish((draft, approval): (String, Approval)) -> String {
    ///     format!("{draft}, approved by {}", approval.by)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flow = flow! { draft -> await Approval within "24h" -> publish };
    /// let running = flow.start();
    /// let id = running.emit("penguins".to_owned()).await?;
    /// # while flow.parked().is_empty() { tokio::task::yield_now().await }
    /// assert_eq!(flow.parked()[0].node, "await Approval");
    ///
    /// flow.resume(id, Approval { by: "Ada".to_owned() }).await?;
    /// let published = running.fetch().await.expect("a result for each message")?;
    /// assert_eq!(published.payload, "On penguins, approved by Ada");
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume<T>(&self, trace_id: TraceId, value: T) -> Run<'_, (), ResumeError<T>>
    where
        F: Awaits<T>,
        S: Send + Sync,
        T: Send + 'static,
    {
        Run::new(|| async move { self.give(trace_id, None, value) })
    }

    /// The same for one of several steps of a trace, such as the items of a map.
    ///
    /// # Errors
    ///
    /// Returns the value if that step does not wait for a `T`.
    pub fn resume_step<T>(
        &self,
        trace_id: TraceId,
        step: StepId,
        value: T,
    ) -> Run<'_, (), ResumeError<T>>
    where
        F: Awaits<T>,
        S: Send + Sync,
        T: Send + 'static,
    {
        Run::new(|| async move { self.give(trace_id, Some(step), value) })
    }
}

/// Traces that a host keeps between two steps. The steps' type is a parameter of these methods, and
/// not looked up in their signatures: so the compiler finds the methods of a flow that is not durable
/// as well, and reports what it lacks.
#[cfg(feature = "durable")]
impl<F: Topology, S> Flow<F, S> {
    /// Where a trace begins, for hosts that keep its frontier themselves. For flows with
    /// `#[flow(durable)]`.
    pub fn begin<Step>(&self, input: impl IntoMessage<F::In>) -> Frontier<Step, F::Out>
    where
        F: Durable<Step = Step>,
    {
        frontier::begin::<F>(input.into_message(), tokio::time::Instant::now())
    }

    /// Runs a step: one visit of its node, with all attempts. For hosts that keep the frontier.
    ///
    /// # Errors
    ///
    /// The error that ends the trace.
    pub fn advance<Step>(&self, step: PendingStep<Step>) -> Run<'_, Emits<Step, F::Out>>
    where
        F: Advance<S, Step = Step>,
        Step: Send,
        S: Send + Sync,
    {
        let flow = (&*self.topology, &*self.state, &self.context);
        Run::new(|| frontier::run(flow, (None, Attempts::All), step))
    }
}

/// For tests, with the feature `testing`.
#[cfg(feature = "testing")]
impl<F: Topology, S> Flow<F, S> {
    /// Puts a closure in a node's place: in this flow value and in the clones that are made of it later,
    /// wherever the flow and its playbooks have the node; not in flows that nodes call by `ctx.call`. The
    /// closure takes the message as the node does, by value or by reference, and nothing that the node
    /// extracts. It returns a future of what the node returns. The node's name, timeout, retries, limits,
    /// validation, fallback and events apply to it.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node(timeout = "2s", retries = 3)]
    /// async fn retrieve(file: &String) -> std::io::Result<String> {
    ///     std::fs::read_to_string(file)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let flow = flow! { retrieve };
    /// let flow = flow.stub::<retrieve>(|_: &String| async { Ok("a text".to_owned()) });
    /// assert_eq!(flow.run("no such file").await?, "a text");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the flow has no such node.
    #[must_use]
    #[track_caller]
    pub fn stub<N: Returns>(mut self, stub: impl StubOf<N, Param<N>, N::Return>) -> Self {
        self.put::<N>(stub);
        self
    }
}

// Declared after the methods above, since rustdoc lists methods in this order.
mod output_message;
mod policies;
mod settings;
#[cfg(feature = "testing")]
mod stubs;
