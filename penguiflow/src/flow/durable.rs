//! Traces that a host keeps between two steps.

use tokio::time::Instant;

use super::Flow;
use crate::error::FlowError;
use crate::frontier::{self, Advance, Cursor, Durable, Emits, Frontier, PendingStep};
use crate::line::Topology;
use crate::message::Message;

impl<F: Topology, S> Flow<F, S> {
    /// Where a trace begins, for hosts that keep its frontier themselves. For flows that say
    /// `#[flow(durable)]`.
    pub fn begin(&self, input: impl Into<Message<F::In>>) -> Frontier<<F as Durable>::Step, F::Out>
    where
        F: Durable,
    {
        let (payload, mut cursor) = Cursor::start(input.into());
        let came = F::enter(payload, &mut cursor);
        Frontier::of(came, cursor, Instant::now())
    }

    /// Runs a step: one visit of its node, with all of its attempts. For hosts that keep the
    /// frontier themselves.
    ///
    /// # Errors
    ///
    /// The error that ends the trace.
    pub async fn advance(
        &self,
        step: PendingStep<<F as Durable>::Step>,
    ) -> Result<Emits<<F as Durable>::Step, F::Out>, FlowError>
    where
        F: Advance<S>,
    {
        let done = frontier::run(&*self.topology, &*self.state, &self.common, step).await;
        done.emits()
    }
}
