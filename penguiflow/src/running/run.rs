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
struct InFlightHook<'a, F: Topology, S> {
    started: &'a Started<F, S>,
    key: MessageKey,
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
#[expect(
    clippy::manual_async_fn,
    reason = "an `async fn` would hold what it is given twice"
)]
#[inline]
pub(super) fn run_message<F, S>(
    started: &Started<F, S>,
    key: MessageKey,
    input: F::In,
    envelope: Envelope,
) -> impl Future<Output = Ending<F::Out>> + Send
where
    F: Line<S>,
    S: Send + Sync,
{
    async move {
        let hook = InFlightHook { started, key };
        let trace = started.flow.started_trace(&envelope, &hook);
        let _span = TraceSpan::start(&trace);
        let outputs = Outputs::new();
        let mut cursor = Cursor::start(&trace);
        let (topology, state) = started.flow.topology();
        if let Some(output) = run_line!(topology, state, cursor, input, &outputs) {
            return Ok(SmallList::from((output, cursor.copy_envelope())));
        }
        all_outputs(&outputs, &trace)
    }
}
