//! What has changed in a trace since its last commit, and the transition that stores it.

use std::sync::Arc;

use penguiflow::host::DurableTrace;
use penguiflow::{ErrorKind, FlowError, NodeError};
use tokio::sync::oneshot;

use super::attempts::Attempt;
use super::errors::{error_json, error_text};
use super::history;
use super::row::{Row, position};
use super::shared::Host;
use crate::error::Error;
use crate::store::{Change, DeadLetter, NewResult, State, Transition};

/// The size from which on a frontier is not written whole at every commit, but what steps emit is
/// appended to its journal.
const LONG: usize = 4096;
/// The size from which on a journal is folded into its frontier, once it is twice as long as that.
const FOLD: usize = 64 << 10;

#[derive(Default)]
pub(super) struct Changes {
    /// What steps emitted, where the frontier is long.
    entries: Vec<Vec<u8>>,
    /// How many attempts are over.
    attempts: usize,
    history: Vec<u8>,
    /// Whether there is a change that no entry says.
    is_whole: bool,
    has_progress: bool,
    has_any: bool,
    replies: Vec<oneshot::Sender<Result<(), Error>>>,
    end: Option<End>,
}

/// How a trace ends.
pub(super) enum End {
    /// With its outputs, or in an error that another attempt would not change.
    Over(Result<(), FlowError>),
    Cancelled(FlowError),
    /// A step has failed for good: the frontier stays the one before.
    Dead(Box<Dead>),
}

pub(super) struct Dead {
    pub(super) letter: DeadLetter,
    pub(super) error: FlowError,
}

impl Changes {
    pub(super) fn are_none(&self) -> bool {
        !self.has_any && self.end.is_none()
    }

    pub(super) fn has_end(&self) -> bool {
        self.end.is_some()
    }

    /// Whether they end the trace, or somebody waits until they are stored.
    pub(super) fn are_awaited(&self) -> bool {
        self.has_end() || !self.replies.is_empty()
    }

    /// How many attempts are over.
    pub(super) fn attempts(&self) -> usize {
        self.attempts
    }

    /// An attempt is over, and is about to be absorbed.
    pub(super) fn absorb(&mut self, row: &Row, attempt: &Attempt) -> Result<(), FlowError> {
        history::add(&mut self.history, attempt);
        self.attempts += 1;
        self.has_any = true;
        self.has_progress |= attempt.emits.again().is_none();
        // A failure changes nothing; and what no entry says is in the frontier alone. That may be short
        // now, and long by the next commit: the one under way may make it so.
        if attempt.emits.failure().is_none() {
            match row.frontier >= LONG && !self.is_whole {
                true => self.entries.push(attempt.emits.to_json()?),
                false => self.is_whole = true,
            }
        }
        Ok(())
    }

    /// The trace was changed otherwise.
    pub(super) fn change(&mut self) {
        self.has_any = true;
        self.is_whole = true;
    }

    /// Somebody waits until it is stored.
    pub(super) fn reply(&mut self, reply: oneshot::Sender<Result<(), Error>>) {
        self.replies.push(reply);
    }

    pub(super) fn end(&mut self, end: End) {
        self.end.get_or_insert(end);
    }

    /// Makes a transition of what has changed, which begins anew.
    pub(super) fn take(
        &mut self,
        host: &Host,
        row: &Row,
        trace: &mut DurableTrace,
    ) -> Result<Commit, FlowError> {
        let is_watched = host.watchers.has(row.id);
        let outputs = match &self.end {
            Some(End::Cancelled(_)) => Vec::new(),
            _ => trace.take_outputs()?,
        };
        let mut results: Vec<_> = outputs.iter().cloned().map(output).collect();
        let error = self.end.as_ref().and_then(End::error);
        results.extend(error.map(failed));
        if is_watched {
            results.clear();
        }
        let is_long = row.frontier >= LONG && row.journal < FOLD.max(2 * row.frontier);
        let frontier = match &self.end {
            Some(End::Over(_) | End::Cancelled(_)) => Change::Ended,
            _ if is_long && !self.is_whole => Change::Journal(std::mem::take(&mut self.entries)),
            _ => Change::Whole(trace.store()?),
        };
        let position = position(trace);
        let has_ended = self.end.is_some();
        let (state, dead) = match &self.end {
            None => (position.state, None),
            Some(end) => (end.state(), end.letter()),
        };
        let transition = Transition {
            seq: row.seq,
            id: row.id,
            flow: host.id,
            revision: row.revision,
            state,
            due: position.due.filter(|_| !has_ended),
            waits: position.waits.filter(|_| !has_ended),
            frontier,
            has_journal: row.journal > 0,
            history: std::mem::take(&mut self.history),
            results,
            dead,
            error: error.map(error_text),
            progress: self.has_progress,
        };
        let changes = std::mem::take(self);
        Ok(Commit {
            transition: Arc::new(transition),
            outputs,
            replies: changes.replies,
            end: changes.end,
        })
    }
}

/// A transition on its way to the store, and who is told when it is there.
pub(super) struct Commit {
    pub(super) transition: Arc<Transition>,
    pub(super) outputs: Vec<Vec<u8>>,
    pub(super) replies: Vec<oneshot::Sender<Result<(), Error>>>,
    pub(super) end: Option<End>,
}

impl End {
    pub(super) fn error(&self) -> Option<&FlowError> {
        match self {
            Self::Over(ended) => ended.as_ref().err(),
            Self::Cancelled(error) => Some(error),
            Self::Dead(dead) => Some(&dead.error),
        }
    }

    fn state(&self) -> State {
        match self {
            Self::Over(Ok(())) => State::Done,
            Self::Over(Err(_)) => State::Failed,
            Self::Cancelled(_) => State::Cancelled,
            Self::Dead(_) => State::Dead,
        }
    }

    fn letter(&self) -> Option<DeadLetter> {
        match self {
            Self::Dead(dead) => Some(dead.letter.clone()),
            _ => None,
        }
    }

    /// The end that a failure brings about: what the time has ended is not to be tried again.
    pub(super) fn of_failure(
        failure: &NodeError,
        error: FlowError,
        step: String,
        input: Option<Vec<u8>>,
    ) -> Self {
        if matches!(
            failure.kind,
            ErrorKind::DeadlineExceeded | ErrorKind::Cancelled
        ) {
            return Self::Over(Err(error));
        }
        let letter = DeadLetter {
            step: Some(step),
            node: failure.node.clone(),
            path: failure.path.clone(),
            error: error_text(&error),
            input,
        };
        Self::Dead(Box::new(Dead { letter, error }))
    }
}

fn output(value: Vec<u8>) -> NewResult {
    NewResult {
        is_error: false,
        value,
    }
}

fn failed(error: &FlowError) -> NewResult {
    NewResult {
        is_error: true,
        value: error_json(error),
    }
}
