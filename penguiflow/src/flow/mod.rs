//! A flow, ready to run: one message in the caller's own task (`run`, `run_all`, `trace`). For
//! many, `running` starts it.

mod parking;
mod parking_lot;
mod run;
mod settings;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::cover::Cover;
use crate::ctx::Link;
use crate::edge::SingleOutput;
use crate::error::FlowError;
use crate::event::Observer;
use crate::graph::Graph;
use crate::host::{Advance, Emits, Floe, Frontier, Host, Topology};
use crate::message::Message;
use crate::runtime::{Budgets, Common, Runtime};
use crate::trace::{self, Course, Engine, Trace};

pub use parking::ResumeError;
pub(crate) use parking_lot::{FlowId, ParkHook, ParkingLot, ParkingSlot};
pub use run::Run;
pub(crate) use settings::Settings;

/// How long `flush` and `stop` wait for slow observers, in real time.
const FLUSH: Duration = Duration::from_secs(1);

/// A compiled flow with its state and settings. `flow!` makes it.
///
/// It is cheap to clone; clones share their state, observers and their nodes' limits.
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
    common: Common,
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
            common: Common::of(F::GRAPH),
            settings: Settings::default(),
            parking_lot: Arc::default(),
        }
    }
}

impl<F: Topology, S> Flow<F, S> {
    /// Gives the flow its state, from which nodes take their parts by `State<T>`.
    #[must_use]
    pub fn with_state<T>(self, state: T) -> Flow<F, T> {
        Flow {
            topology: self.topology,
            state: Arc::new(state),
            common: self.common,
            settings: self.settings,
            parking_lot: self.parking_lot,
        }
    }

    /// Sets how many traces a started flow lets be in flight: `emit` waits beyond it.
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

    /// Sets how many rounds of its loops a trace may take, unless its message says: with
    /// `hops(n)` a loop's body runs at most n times. 8 unless set; 0 counts as 1.
    #[must_use]
    pub fn hops(mut self, rounds: u32) -> Self {
        self.common.budgets.hops = rounds;
        self
    }

    /// Sets how many tokens a trace may spend, unless its message says: see
    /// [`Ctx::spend_tokens`](crate::Ctx::spend_tokens). No limit unless set.
    #[must_use]
    pub fn tokens(mut self, budget: u64) -> Self {
        self.common.budgets.tokens = Some(budget);
        self
    }

    /// Lets a started flow give out its results in the order of the emits, whatever the
    /// traces' own order.
    #[must_use]
    pub fn ordered(mut self) -> Self {
        self.settings.ordered = true;
        self
    }

    /// Tells this observer of all that happens, on a thread of its own.
    #[must_use]
    pub fn observe(mut self, observer: impl Observer) -> Self {
        self.common.observers.add(observer);
        self
    }

    /// Waits until the observers have seen everything so far, at most a second.
    pub async fn flush(&self) {
        self.common.observers.flush(FLUSH).await;
    }

    /// The flow's nodes and edges.
    pub fn graph(&self) -> &'static Graph {
        F::GRAPH
    }

    /// Where a trace of this input begins: for hosts that keep the frontier themselves.
    pub fn begin(&self, input: impl Into<Message<F::In>>) -> Frontier<F::Step, F::Out> {
        trace::begin::<F>(input.into())
    }

    /// Runs a step: for hosts that keep the frontier themselves.
    ///
    /// # Errors
    ///
    /// The error that ends the trace.
    pub async fn advance(
        &self,
        step: Floe<F::Step>,
        host: &impl Host,
    ) -> Result<Emits<F::Step, F::Out>, FlowError>
    where
        F: Advance<S>,
    {
        self.engine(&self.common).step(step, host).await.emits()
    }

    /// Runs a message to the end of its trace, in the caller's own task, and returns its
    /// output. Dropping the future cancels the trace.
    ///
    /// # Errors
    ///
    /// The [`FlowError`] that ended the trace; of kind `Filtered` if its path ended in
    /// `None`.
    pub fn run(&self, input: impl Into<Message<F::In>>) -> Run<'_, F::Out>
    where
        F: Advance<S> + SingleOutput,
        S: Send + Sync,
    {
        let (payload, mut course) = Course::start(input.into());
        Run::new(async move {
            let mut output = None;
            let engine = self.engine(&self.common);
            let mut keep = |out, _: Cover| output = Some(out);
            engine.run(payload, &mut course, &mut keep).await?;
            Ok(output.expect("a trace without output is an error"))
        })
    }

    /// Runs a message to the end of its trace, in the caller's own task, and returns all
    /// its outputs, in the order in which they came. Dropping the future cancels the trace.
    ///
    /// # Errors
    ///
    /// The [`FlowError`] that ended the trace: of kind `Filtered` if all its paths ended
    /// in `None`.
    pub fn run_all(&self, input: impl Into<Message<F::In>>) -> Run<'_, Vec<F::Out>>
    where
        F: Advance<S>,
        S: Send + Sync,
    {
        let (payload, mut course) = Course::start(input.into());
        Run::new(async move {
            let mut outputs = Vec::new();
            let engine = self.engine(&self.common);
            let mut keep = |out, _: Cover| outputs.push(out);
            engine.run(payload, &mut course, &mut keep).await?;
            Ok(outputs)
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
    ///     Ok(Item::Output(message)) => message.payload,
    ///     other => panic!("{other:?}"),
    /// });
    /// assert_eq!(outputs.collect::<Vec<_>>(), [4, 16]);
    /// # }
    /// ```
    pub fn trace(&self, input: impl Into<Message<F::In>>) -> Trace<'_, F::Out>
    where
        F: Advance<S>,
        S: Send + Sync,
    {
        let (payload, mut course) = Course::start(input.into());
        let mut common = self.common.clone();
        Trace::new(|outlet, mut output| {
            common.outlet = Some(outlet);
            async move {
                let engine = self.engine(&common);
                engine.run(payload, &mut course, &mut *output).await
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

    /// What runs its traces, with what they have in common.
    #[inline]
    fn engine<'a>(&'a self, common: &'a Common) -> Engine<'a, F, S> {
        Engine {
            topology: &self.topology,
            runtime: Runtime {
                state: &self.state,
                common,
            },
            parking_lot: Some(&self.parking_lot),
            hook: None,
        }
    }

    /// What runs its traces when it is started: the hook is told when one parks.
    #[inline]
    pub(crate) fn started_engine<'a>(&'a self, hook: &'a dyn ParkHook) -> Engine<'a, F, S> {
        Engine {
            hook: Some(hook),
            ..self.engine(&self.common)
        }
    }

    /// What the flow has in common with the visit that calls it, and what is its own.
    pub(crate) fn common_in(&self, caller: &Common, path: Arc<str>, payer: Arc<Link>) -> Common {
        Common {
            observers: self.common.observers.clone().with(&caller.observers),
            budgets: Budgets {
                tokens: caller.budgets.tokens,
                ..self.common.budgets
            },
            outlet: caller.outlet.clone(),
            path: Some(path),
            payer: Some(payer),
            ..self.common.clone()
        }
    }

    /// Runs the flow as a playbook, on a course within its caller's trace.
    pub(crate) fn play(&self, payload: F::In, mut course: Course, common: Common) -> Run<'_, F::Out>
    where
        F: Advance<S> + SingleOutput,
        S: Send + Sync,
    {
        Run::new(async move {
            let mut output = None;
            let engine = self.engine(&common);
            let mut keep = |out, _: Cover| output = Some(out);
            engine.run(payload, &mut course, &mut keep).await?;
            Ok(output.expect("a trace without output is an error"))
        })
    }
}

impl<F: Topology, S> Clone for Flow<F, S> {
    fn clone(&self) -> Self {
        Self {
            topology: Arc::clone(&self.topology),
            state: Arc::clone(&self.state),
            common: self.common.clone(),
            settings: self.settings,
            parking_lot: Arc::clone(&self.parking_lot),
        }
    }
}

impl<F: Topology, S> fmt::Debug for Flow<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("graph", &self.common.graph)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
