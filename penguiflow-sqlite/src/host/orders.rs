//! Changes of traces from outside. A trace is taken up for them if it is not.

use std::sync::Arc;

use penguiflow::TraceId;
use penguiflow::host::{DurableTrace, StepId};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::dead;
use super::live::{Obeyed, Order};
use super::row::position;
use super::shared::Host;
use super::taken_up;
use crate::error::Error;
use crate::store::State;

impl Host {
    /// Takes up a trace that is stored.
    pub(super) fn load(self: &Arc<Self>, id: TraceId, place: Option<OwnedSemaphorePermit>) {
        if let Some(orders) = self.live.enter(id) {
            tokio::spawn(taken_up::load_and_run(Arc::clone(self), id, orders, place));
        }
    }

    /// Lets a trace be changed by its task, which takes it up if it is not, and answers when the
    /// change is stored.
    pub(crate) async fn order(
        self: &Arc<Self>,
        id: TraceId,
        order: impl FnOnce(&mut DurableTrace) -> Obeyed + Send + 'static,
    ) -> Result<(), Error> {
        let (reply, replied) = oneshot::channel();
        let order = Order {
            change: Box::new(order),
            reply,
        };
        if let Some(orders) = self.live.give(id, order) {
            tokio::spawn(taken_up::load_and_run(Arc::clone(self), id, orders, None));
        }
        replied.await.unwrap_or(Err(Error::Stopped))
    }

    /// Gives a parked step what it waits for, from JSON.
    pub(crate) async fn resume_json(
        self: &Arc<Self>,
        id: TraceId,
        step: Option<StepId>,
        json: Vec<u8>,
    ) -> Result<(), Error> {
        let resume = move |trace: &mut DurableTrace| match trace.resume_json(step, json) {
            Ok(()) => Obeyed::Changed,
            Err(error) => Obeyed::Refused(error.into()),
        };
        self.order(id, resume).await
    }

    /// Lets a step that has failed for good begin anew, with another input if one is given.
    pub(crate) async fn revive(&self, id: TraceId, input: Option<&[u8]>) -> Result<(), Error> {
        let trace = dead::renewed(self, id, input).await?;
        let (frontier, position) = (trace.store()?, position(&trace));
        drop(trace);
        self.store.revive(id, Some(frontier)).await?;
        match position.state {
            State::Running => self.backlog.push(id),
            _ => dead::wait_again(self, id, position).await?,
        }
        Ok(())
    }
}
