//! The parts of a flow that started flows and traces read, `flush`, `Clone` and `Debug`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Flow, Settings};
use tracing::level_filters::LevelFilter;

use crate::graph::Topology;
use crate::message::{Envelope, KeepInput, Message};
use crate::parking::{ParkHook, ParkingLot};
use crate::visit::{FlowContext, Outlet, TraceContext, caught};

/// How long `flush` and `stop` wait for slow observers, in real time.
const FLUSH: Duration = Duration::from_secs(1);

impl<F: Topology, S> Flow<F, S> {
    /// Waits until the observers have seen everything so far, at most a second.
    pub async fn flush(&self) {
        self.context.observers.flush(FLUSH).await;
    }

    /// What a trace begins with, and what its message travels in. Never called under a lock: it may
    /// clone the payload.
    #[inline]
    pub(crate) fn open(&self, message: Message<F::In>) -> (F::In, Envelope) {
        let (mut input, mut envelope) = Envelope::of(message);
        if self.keep.is_some() || LevelFilter::current() >= LevelFilter::INFO {
            (input, envelope) = self.open_rare(input, envelope);
        }
        (input, envelope)
    }

    /// The same for a trace that keeps its input, or has a span. By value: what is changed where it
    /// is would be stored, and read back, for each trace.
    #[cold]
    fn open_rare(&self, input: F::In, mut envelope: Envelope) -> (F::In, Envelope) {
        if let Some(keep) = &self.keep {
            keep_input(keep, &input, &mut envelope);
        }
        if LevelFilter::current() >= LevelFilter::INFO {
            envelope.enter_span();
        }
        (input, envelope)
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
    pub(super) fn trace_of<'a>(
        &'a self,
        context: &'a Arc<FlowContext>,
        envelope: &'a Envelope,
    ) -> TraceContext<'a> {
        TraceContext::reported(context, envelope).parking_in(&self.parking_lot, None)
    }

    /// A trace of a started flow: the hook learns when it parks.
    #[inline]
    pub(crate) fn started_trace<'a>(
        &'a self,
        context: &'a Arc<FlowContext>,
        envelope: &'a Envelope,
        hook: &'a dyn ParkHook,
    ) -> TraceContext<'a> {
        TraceContext::reported(context, envelope).parking_in(&self.parking_lot, Some(hook))
    }

    /// The topology and the state that a started flow's traces run on.
    #[inline]
    pub(crate) fn topology(&self) -> (&F, &S) {
        (&self.topology, &self.state)
    }
}

/// Keeps a copy of the input, unless its `Clone` panics: then the trace runs without.
fn keep_input<T: 'static>(keep: &KeepInput, input: &T, envelope: &mut Envelope) {
    if let Ok(Some(kept)) = caught(|| Ok(keep.keep(input))) {
        envelope.keep(kept);
    }
}

impl<F: Topology, S> Clone for Flow<F, S> {
    fn clone(&self) -> Self {
        Self {
            topology: Arc::clone(&self.topology),
            state: Arc::clone(&self.state),
            context: Arc::clone(&self.context),
            settings: self.settings,
            parking_lot: Arc::clone(&self.parking_lot),
            keep: self.keep.clone(),
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
