//! Runs one message of a started flow for its worker, and reports to the accounts where its trace
//! parks.

use std::future::Future;

use super::in_flight::MessageKey;
use super::results::Ending;
use super::started::Started;
use crate::message::Envelope;

use crate::graph::Topology;
use crate::parking::{FlowId, ParkHook};
use crate::small_list::SmallList;
use crate::trace::{Line, Outputs, TraceSpan, all_outputs, run_line};
use crate::visit::Cursor;

/// A message in flight, which holds no place of the capacity while its trace is parked.
pub(super) struct InFlightHook<'a, F: Topology, S> {
    pub(super) started: &'a Started<F, S>,
    pub(super) key: MessageKey,
}

impl<F: Topology, S: Send + Sync> ParkHook for InFlightHook<'_, F, S> {
    fn flow_id(&self) -> FlowId {
        self.started.id()
    }

    fn parked(&self) {
        self.started.accounts().park(self.key);
    }

    fn resumed(&self) {
        self.started.accounts().resume(self.key);
    }
}

/// Runs a message to the end of its trace.
#[inline]
pub(super) fn run_message<F, S>(
    hook: InFlightHook<'_, F, S>,
    input: F::In,
    envelope: Envelope,
) -> impl Future<Output = Ending<F::Out>> + Send
where
    F: Line<S>,
    S: Send + Sync,
{
    let mut input = Some(input);
    async move {
        let started = hook.started;
        let trace = started
            .flow
            .started_trace(started.flow.context(), &envelope, &hook);
        let _span = TraceSpan::start(&trace);
        let outputs = Outputs::new();
        let mut cursor = Cursor::start(&trace);
        let (topology, state) = started.flow.topology();
        if let Some(output) = run_line!(topology, state, cursor, &mut input, &outputs) {
            let mut envelope = cursor.copy_envelope();
            if trace.is_timed() || started.flow.settings().timed {
                envelope = trace.end(envelope);
            }
            return Ok(SmallList::from((output, envelope)));
        }
        let outputs = all_outputs(&outputs, &trace)?.into_iter();
        Ok(outputs
            .map(|(output, envelope)| (output, trace.end(envelope)))
            .collect())
    }
}
