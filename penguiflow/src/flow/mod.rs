//! A flow, ready to run: one message in the caller's own task (`run`, `run_all`, `trace`). For
//! many, `running` starts it.

mod boxed;
mod call;
mod one_message;
mod policies;
mod run;
mod settings;
mod stack;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::event::Observer;
use crate::graph::{Graph, Topology};
use crate::message::{Envelope, KeptInput, Message};
use crate::parking::{ParkHook, ParkingLot};
use crate::visit::{FlowContext, Outlet, TraceContext, caught};

pub(crate) use json::read_message;
pub use parking::ResumeError;
pub use policies::{EffectivePolicies, PoliciesError};
pub use run::Run;
pub(crate) use settings::Settings;
pub(crate) use stack::check as check_stack;

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
    /// What makes the copy that a trace keeps of its input, if it is to.
    keep: Option<fn(&F::In) -> KeptInput>,
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

    /// Lets a started flow give out a result for traces that ended in `None` on every path, too: an error
    /// of kind `Filtered`, with the trace's id. Unless set, `fetch` passes them over.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn even(n: u32) -> Option<u32> {
    ///     n.is_multiple_of(2).then_some(n)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let running = flow! { even }.filtered().start();
    /// let id = running.emit(3).await?;
    /// let error = running.fetch().await.expect("it is over").unwrap_err();
    /// assert_eq!((error.kind(), error.trace_id()), (ErrorKind::Filtered, id));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn filtered(mut self) -> Self {
        self.settings.filtered = true;
        self
    }

    /// Keeps a copy of each message's payload while its trace runs, so that the error of one that fails
    /// gives it back: [`FlowError::into_input`](crate::FlowError::into_input).
    #[must_use]
    pub fn keep_inputs(mut self) -> Self
    where
        F::In: Clone,
    {
        self.keep = Some(|input| KeptInput::new(input.clone()));
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

    /// What a trace begins with, and what its message travels in. Never called under a lock: it may clone
    /// the payload.
    #[inline]
    pub(crate) fn open(&self, message: Message<F::In>) -> (F::In, Envelope) {
        let (input, mut envelope) = Envelope::of(message);
        if let Some(keep) = self.keep {
            keep_input(keep, &input, &mut envelope);
        }
        (input, envelope)
    }

    /// How a started flow treats its messages.
    pub(crate) fn settings(&self) -> Settings {
        self.settings
    }

    /// Where its traces park.
    pub(crate) fn parking_lot(&self) -> &ParkingLot {
        &self.parking_lot
    }

    /// What all of its traces share.
    #[inline]
    pub(crate) fn context(&self) -> &Arc<FlowContext> {
        &self.context
    }

    /// The same for a trace whose chunks go to this outlet.
    pub(crate) fn context_with(&self, outlet: Arc<Outlet>) -> Arc<FlowContext> {
        Arc::new(FlowContext {
            outlet: Some(outlet),
            ..FlowContext::clone(&self.context)
        })
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
        context: &'a Arc<FlowContext>,
        envelope: &'a Envelope,
        hook: &'a dyn ParkHook,
    ) -> TraceContext<'a> {
        TraceContext::new(context, envelope).parking_in(&self.parking_lot, Some(hook))
    }

    /// The topology and the state that a started flow's traces run on.
    #[inline]
    pub(crate) fn topology(&self) -> (&F, &S) {
        (&self.topology, &self.state)
    }
}

/// Keeps a copy of the input, unless its `Clone` panics: then the trace runs without.
#[cold]
fn keep_input<T>(keep: fn(&T) -> KeptInput, input: &T, envelope: &mut Envelope) {
    if let Ok(kept) = caught(|| Ok(keep(input))) {
        envelope.keep(kept);
    }
}

// Declared after the methods above, since rustdoc lists methods in this order.
#[cfg(feature = "durable")]
mod durable;
mod json;
mod parking;
#[cfg(feature = "testing")]
mod stubs;

impl<F: Topology, S> Clone for Flow<F, S> {
    fn clone(&self) -> Self {
        Self {
            topology: Arc::clone(&self.topology),
            state: Arc::clone(&self.state),
            context: Arc::clone(&self.context),
            settings: self.settings,
            parking_lot: Arc::clone(&self.parking_lot),
            keep: self.keep,
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
