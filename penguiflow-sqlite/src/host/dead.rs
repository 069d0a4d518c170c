//! Traces that nothing goes on with: a step has failed for good, the process died each time that they
//! were taken up, or they cannot be read. They stay in the store until somebody decides.

use penguiflow::host::DurableTrace;
use penguiflow::{ErrorKind, FlowError, NodeError, TraceId};
use tokio::time::sleep;

use super::changes::Dead;
use super::errors::{error_json, error_text};
use super::live::Orders;
use super::reading::read;
use super::row::{Position, Row};
use super::shared::Host;
use super::waits::PAUSE;
use super::watchers::Item;
use crate::error::Error;
use crate::store::{Change, DeadLetter, FlowId, NewResult, State, StoreError, Transition};

impl Host {
    /// The error of a trace whose process died each time that it was taken up.
    pub(super) fn poisoned(&self, id: TraceId, times: i64) -> FlowError {
        let reason = format!(
            "the process died {times} times while the trace ran, and no step was completed in between"
        );
        self.flow
            .failed(id, NodeError::new(ErrorKind::Cancelled, reason))
    }
}

impl Dead {
    /// A trace that is dead, though no step of it is to blame.
    pub(super) fn of(error: FlowError) -> Self {
        let letter = DeadLetter {
            step: None,
            node: None,
            path: None,
            error: error_text(&error),
            input: None,
        };
        Self { letter, error }
    }
}

/// A trace becomes a dead letter. Its frontier stays as it is.
pub(super) fn burial(row: &Row, flow: FlowId, dead: &Dead) -> Transition {
    Transition {
        seq: row.seq,
        id: row.id,
        flow,
        revision: row.revision,
        state: State::Dead,
        due: None,
        waits: None,
        frontier: Change::Journal(Vec::new()),
        has_journal: row.journal > 0,
        history: Vec::new(),
        results: vec![NewResult {
            is_error: true,
            value: error_json(&dead.error),
        }],
        error: Some(dead.letter.error.clone()),
        dead: Some(dead.letter.clone()),
        progress: false,
    }
}

/// Stores that a trace cannot be taken up.
pub(super) async fn bury(host: &Host, row: &Row, error: FlowError, mut orders: Orders) {
    let dead = Dead::of(error);
    let transition = burial(row, host.id, &dead);
    loop {
        match host.store.commit(transition.clone()).await {
            Ok(_) | Err(StoreError::Closed | StoreError::Stale) => break,
            Err(_) => sleep(PAUSE).await,
        }
    }
    if let Some(watcher) = host.watchers.remove(row.id) {
        let _ = watcher.items.send(Item::End(Err(dead.error)));
    }
    while let Err(order) = host.leave(row.id, &mut orders) {
        let _ = order.reply.send(Err(Error::NotThere(row.id)));
    }
    host.results.wake();
}

/// A dead trace whose steps begin anew, the one that failed with another input if one is given.
pub(super) async fn renewed(
    host: &Host,
    id: TraceId,
    input: Option<&[u8]>,
) -> Result<DurableTrace, Error> {
    let stored = host.store.load(id).await?;
    let stored = stored.filter(|stored| stored.state == State::Dead);
    let stored = stored.ok_or(Error::NotDead(id))?;
    let failed = host.store.dead_step(id).await?;
    if input.is_some() && failed.is_none() {
        return Err(Error::NoStep(id));
    }
    let mut trace = read(&host.flow, &stored)?;
    for step in trace.steps() {
        let own = trace.input_json(step.id).transpose()?.unwrap_or_default();
        let is_failed = failed.as_deref() == Some(&step.id.to_string());
        let input = input.filter(|_| is_failed);
        trace.replace_input(step.id, input.unwrap_or(&own))?;
    }
    Ok(trace)
}

/// Stores that a trace which is dead no more waits, where no step of it is to run.
pub(super) async fn wait_again(host: &Host, id: TraceId, position: Position) -> Result<(), Error> {
    let Some(stored) = host.store.load(id).await? else {
        return Ok(());
    };
    let waits = Transition {
        seq: stored.seq,
        id: stored.id,
        flow: host.id,
        revision: stored.revision,
        state: position.state,
        due: position.due,
        waits: position.waits,
        frontier: Change::Journal(Vec::new()),
        has_journal: !stored.journal.is_empty(),
        history: Vec::new(),
        results: Vec::new(),
        dead: None,
        error: None,
        progress: false,
    };
    host.store.commit(waits).await?;
    host.backlog.wait_until(position.due, stored.id);
    Ok(())
}
