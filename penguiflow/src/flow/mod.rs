//! A flow, ready to run: one message in the caller's own task (`run`, `run_all`, `trace`). For
//! many, `running` starts it.

mod boxed;
mod call;
mod run;
mod settings;
mod stack;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::edge::SingleOutput;
use crate::event::Observer;
use crate::graph::{Graph, Topology};
use crate::message::{Envelope, Message};
use crate::parking::{ParkHook, ParkingLot};
use crate::trace::{Line, Outputs, Trace, TraceSpan, all_outputs, only_output, run_line};
use crate::visit::{Cursor, FlowContext, TraceContext};

pub use parking::ResumeError;
pub use run::Run;
pub(crate) use settings::Settings;

/// How long `flush` and `stop` wait for slow observers, in real time.
const FLUSH: Duration = Duration::from_secs(1);

/// A compiled flow with its state and settings. `flow!` makes it.
///
/// It is cheap to clone; clones share their state, observers and their nodes' limits.
///
/// The methods that run it are there if its nodes can run with the state (`F: Line<S>`), and those
/// that return one output if a trace has at most one (`SingleOutput`). Code that is generic over
/// flows has the one bound [`AnyFlow`](crate::AnyFlow) in place of these.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn words(text: String) -> usize {
///     text.split_whitespace().count()
/// }
///
/// #[node]
/// async fn minutes(words: usize) -> usize {
///     words.div_ceil(200)
/// }
///
/// flow! {
///     /// How long a text takes to read.
///     pub struct ReadingTime(String) -> usize;
///
///     words -> minutes;
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// assert_eq!(ReadingTime::flow().run("Call me Ishmael.".to_owned()).await?, 1);
/// # Ok(())
/// # }
/// ```
pub struct Flow<F: Topology, S = ()> {
    topology: Arc<F>,
    state: Arc<S>,
    context: Arc<FlowContext>,
    settings: Settings,
    parking_lot: Arc<ParkingLot>,
}

impl<F: Topology> Flow<F> {
    /// A flow without state, with the default settings.
    #[doc(hidden)]
    pub fn new(topology: F) -> Self {
        Self {
            topology: Arc::new(topology),
            state: Arc::new(()),
            context: Arc::new(FlowContext::of(F::GRAPH)),
            settings: Settings::default(),
            parking_lot: Arc::default(),
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
        }
    }

    /// Sets how many traces a started flow may have in flight: beyond it, `emit` waits.
    /// 64 unless set; 0 counts as 1.
    #[must_use]
    pub fn capacity(mut self, traces: usize) -> Self {
        self.settings.capacity = traces.max(1);
        self
    }

    /// Sets how many results a started flow keeps for `fetch`: beyond it, traces that
    /// are done wait in flight until one is fetched. 1,024 unless set; 0 counts as 1.
    /// After `stop` it no longer counts.
    #[must_use]
    pub fn backlog(mut self, results: usize) -> Self {
        self.settings.backlog = results.max(1);
        self
    }

    /// Sets how many rounds of its loops a trace may take, unless its message sets it: with
    /// `hops(n)` a loop's body runs at most n times. 8 unless set; 0 counts as 1.
    #[must_use]
    pub fn hops(mut self, rounds: u32) -> Self {
        Arc::make_mut(&mut self.context).budgets.hops = rounds;
        self
    }

    /// Sets how many tokens a trace may spend, unless its message sets it: see
    /// [`Ctx::spend_tokens`](crate::Ctx::spend_tokens). No limit unless set.
    #[must_use]
    pub fn tokens(mut self, budget: u64) -> Self {
        Arc::make_mut(&mut self.context).budgets.tokens = Some(budget);
        self
    }

    /// Makes a started flow return its results in the order of the emits, whatever the
    /// order in which traces end.
    #[must_use]
    pub fn ordered(mut self) -> Self {
        self.settings.ordered = true;
        self
    }

    /// Adds an observer, which receives all events on a thread of its own.
    #[must_use]
    pub fn observe(mut self, observer: impl Observer) -> Self {
        Arc::make_mut(&mut self.context).observers.add(observer);
        self
    }

    /// Waits until the observers have seen everything so far, at most a second.
    pub async fn flush(&self) {
        self.context.observers.flush(FLUSH).await;
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
    pub fn run(&self, input: impl Into<Message<F::In>>) -> Run<'_, F::Out>
    where
        F: Line<S> + SingleOutput,
        S: Send + Sync,
    {
        let (payload, envelope) = Envelope::of(input.into());
        let mut input = Some(payload);
        Run::new(|| async move {
            stack::check::<F>(&envelope)?;
            let trace = self.trace_of(&self.context, &envelope);
            let _span = TraceSpan::start(&trace);
            let outputs = Outputs::new();
            let mut cursor = Cursor::start(&trace);
            match run_line!(self.topology, &self.state, cursor, &mut input, &outputs) {
                Some(output) => Ok(output),
                None => only_output(&outputs, &trace).map(|(output, _)| output),
            }
        })
    }

    /// Runs a message to the end of its trace, in the caller's own task, and returns all
    /// its outputs, in the order in which they came. Dropping the future cancels the trace.
    ///
    /// # Errors
    ///
    /// The [`FlowError`](crate::FlowError) that ended the trace: of kind `Filtered` if all its
    /// paths ended in `None`.
    pub fn run_all(&self, input: impl Into<Message<F::In>>) -> Run<'_, Vec<F::Out>>
    where
        F: Line<S>,
        S: Send + Sync,
    {
        let (payload, envelope) = Envelope::of(input.into());
        let mut input = Some(payload);
        Run::new(|| async move {
            stack::check::<F>(&envelope)?;
            let trace = self.trace_of(&self.context, &envelope);
            let _span = TraceSpan::start(&trace);
            let outputs = Outputs::new();
            let mut cursor = Cursor::start(&trace);
            if let Some(output) =
                run_line!(self.topology, &self.state, cursor, &mut input, &outputs)
            {
                return Ok(vec![output]);
            }
            let outputs = all_outputs(&outputs, &trace)?.into_iter();
            Ok(outputs.map(|(output, _)| output).collect())
        })
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
    pub fn trace(&self, input: impl Into<Message<F::In>>) -> Trace<'_, F::Out>
    where
        F: Line<S>,
        S: Send + Sync,
    {
        let (payload, envelope) = Envelope::of(input.into());
        let mut input = Some(payload);
        let mut context = FlowContext::clone(&self.context);
        Trace::new(|outlet, outputs| {
            context.outlet = Some(outlet);
            async move {
                let context = Arc::new(context);
                let trace = self.trace_of(&context, &envelope);
                let _span = TraceSpan::start(&trace);
                let mut cursor = Cursor::start(&trace);
                if let Some(output) =
                    run_line!(self.topology, &self.state, cursor, &mut input, &outputs)
                {
                    outputs.put(&cursor, output);
                }
                all_outputs(&outputs, &trace).map(drop)
            }
        })
    }

    /// How a started flow treats its messages.
    pub(crate) fn settings(&self) -> Settings {
        self.settings
    }

    /// Where its traces park.
    pub(crate) fn parking_lot(&self) -> &ParkingLot {
        &self.parking_lot
    }

    /// A trace that begins, and may park.
    #[inline]
    fn trace_of<'a>(
        &'a self,
        context: &'a Arc<FlowContext>,
        envelope: &'a Envelope,
    ) -> TraceContext<'a> {
        TraceContext::new(context, envelope).parking_in(&self.parking_lot, None)
    }

    /// A trace of a started flow: the hook learns when it parks.
    #[inline]
    pub(crate) fn started_trace<'a>(
        &'a self,
        envelope: &'a Envelope,
        hook: &'a dyn ParkHook,
    ) -> TraceContext<'a> {
        TraceContext::new(&self.context, envelope).parking_in(&self.parking_lot, Some(hook))
    }

    /// The topology and the state that a started flow's traces run on.
    #[inline]
    pub(crate) fn topology(&self) -> (&F, &S) {
        (&self.topology, &self.state)
    }
}

// Declared after the methods above, since rustdoc lists methods in this order.
#[cfg(feature = "durable")]
mod durable;
mod json;
mod parking;

impl<F: Topology, S> Clone for Flow<F, S> {
    fn clone(&self) -> Self {
        Self {
            topology: Arc::clone(&self.topology),
            state: Arc::clone(&self.state),
            context: Arc::clone(&self.context),
            settings: self.settings,
            parking_lot: Arc::clone(&self.parking_lot),
        }
    }
}

impl<F: Topology, S> fmt::Debug for Flow<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("graph", &self.context.graph)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
