//! The steps of a frontier that wait for a value from outside.

use std::time::Duration;

use tokio::time::Instant;

use super::Frontier;
use super::active_steps::{ActiveStep, Wait};
use super::cursor::PendingStep;
use super::join_table::JoinTable;
use super::step_joins::StepJoins;
use super::step_slab::{StepKey, StepOps};
use crate::error::{ErrorKind, NodeError};
use crate::graph::{AwaitInfo, Given, given_back};
use crate::message::StepId;
use crate::parking::{Parked, Payload, ResumeJsonError, read_for};

impl<Step: StepJoins, Out> Frontier<Step, Out> {
    /// The steps that wait for values from outside, in the order in which they began to.
    pub fn parked(&self) -> impl Iterator<Item = Parked> {
        let parked = self.table.steps.parked();
        parked.filter_map(|step| step.seen(Step::AWAITS))
    }

    /// Gives a parked step what it waits for: the step that is named, or the first that waits
    /// for such a value.
    ///
    /// # Errors
    ///
    /// The value, if no step waits for it.
    pub fn resume<T: Send + 'static>(&mut self, step: Option<StepId>, value: T) -> Result<(), T> {
        self.give(step, Box::new(value)).map_err(given_back)
    }

    /// The same with a value whose type is not known here.
    pub(crate) fn give(&mut self, step: Option<StepId>, value: Given) -> Result<(), Given> {
        self.table.give(step, value, &mut self.slab)
    }

    /// The same with a value that is read from a JSON document, a text or bytes: for the step that is
    /// named, or the first that waits, whatever it waits for.
    ///
    /// # Errors
    ///
    /// A [`ResumeJsonError`](crate::ResumeJsonError). The step waits on.
    pub fn resume_json(
        &mut self,
        step: Option<StepId>,
        json: impl AsRef<[u8]>,
    ) -> Result<(), ResumeJsonError> {
        let is_meant = |parked: &&ActiveStep| step.is_none_or(|id| id == parked.cursor.id);
        let Some(found) = self.table.steps.parked().find(is_meant) else {
            return Err(match step {
                Some(step) => ResumeJsonError::StepNotParked(step),
                None => ResumeJsonError::NotParked,
            });
        };
        let id = found.cursor.id;
        let given = read_for(found.at(Step::AWAITS), json.as_ref())?;
        let resumed = self.table.give(Some(id), given, &mut self.slab);
        resumed.map_err(|_| ResumeJsonError::StepNotParked(id))
    }

    /// The payload of a parked step, if it is an `A`.
    pub fn parked_payload<A: 'static>(&self, step: StepId) -> Option<&A> {
        let parked = self.table.steps.get(step)?;
        parked.wait()?;
        self.slab.get(parked.key?).payload()?.downcast_ref()
    }

    /// Lets the steps go that have waited until now, or longer than they may. Where one was parked, a
    /// fallback takes over, or its path fails; where an attempt had failed, the next one is to run.
    /// Returns the steps that ran and were dropped by this.
    pub fn expire(&mut self, now: Instant) -> Vec<StepId> {
        if self.next_expiry().is_some_and(|at| at <= now) {
            self.was_over(now);
        }
        self.table.expire(now, &mut self.slab);
        self.table.steps.take_dropped()
    }

    /// When the next step stops waiting: one that is parked, or whose next attempt is to run then.
    pub fn next_expiry(&self) -> Option<Instant> {
        self.table.steps.next_expiry()
    }
}

/// The places where traces of the flow park.
type Awaits = &'static [AwaitInfo];

impl Wait {
    pub(super) fn since(now: Instant, place: u32, awaits: Awaits) -> Self {
        let within = awaits[place as usize].within;
        let patience = within.and_then(|within| now.checked_add(within));
        Self {
            place,
            since: now,
            patience,
        }
    }
}

impl ActiveStep {
    fn at(&self, awaits: Awaits) -> &'static AwaitInfo {
        let place = self.wait().map_or(0, |wait| wait.place);
        &awaits[place as usize]
    }

    fn seen(&self, awaits: Awaits) -> Option<Parked> {
        let (place, since) = (self.at(awaits), self.wait()?.since);
        Some(Parked {
            trace_id: self.cursor.envelope.trace_id,
            step: self.cursor.id,
            node: place.name,
            awaited: place.awaited,
            headers: self.cursor.envelope.headers().clone(),
            since,
            until: self.until(),
            payload: Payload::Hidden,
        })
    }

    fn takes(&self, given: &Given, awaits: Awaits) -> bool {
        self.wait().is_some() && (self.at(awaits).takes)(given)
    }

    /// The error of a trace that ends while it waits.
    pub(super) fn left_waiting(&self, awaits: Awaits) -> NodeError {
        NodeError::at(self.at(awaits).name, ErrorKind::Unjoined, "is still parked")
    }

    /// Whether the message's deadline has passed, and with it the trace.
    fn is_late(&self, now: Instant) -> bool {
        let deadline = self.cursor.envelope.deadline();
        deadline.is_some_and(|deadline| deadline <= now)
    }

    fn late(&self, awaits: Awaits) -> NodeError {
        let reason = "was left waiting: the message's deadline passed";
        NodeError::at(self.at(awaits).name, ErrorKind::DeadlineExceeded, reason)
    }

    fn timed_out(&self, awaits: Awaits) -> NodeError {
        let place = self.at(awaits);
        let within = place.within.unwrap_or(Duration::ZERO);
        let reason = format!("was given nothing within {within:?}");
        NodeError::at(place.name, ErrorKind::TimedOut, &reason)
    }
}

impl JoinTable {
    /// Parks a step from now on.
    pub(super) fn park(
        &mut self,
        pending: PendingStep<StepKey>,
        place: u32,
        now: Instant,
        ops: &dyn StepOps,
    ) {
        self.come(&pending.cursor, ops.joins());
        let wait = Wait::since(now, place, ops.awaits());
        self.steps.park(pending, wait);
    }

    fn give(
        &mut self,
        step: Option<StepId>,
        given: Given,
        ops: &mut dyn StepOps,
    ) -> Result<(), Given> {
        let awaits = ops.awaits();
        let found = match step {
            Some(step) => self.steps.get(step),
            None => self.steps.parked().find(|step| step.takes(&given, awaits)),
        };
        let Some(step) = found.filter(|step| step.takes(&given, awaits)) else {
            return Err(given);
        };
        let (id, key) = (step.cursor.id, step.key);
        match key {
            Some(key) => ops.resume(key, given)?,
            None => return Err(given),
        }
        self.go_on_from(id, ops);
        Ok(())
    }

    /// A parked step goes on, as what its payload has become.
    fn go_on_from(&mut self, id: StepId, ops: &mut dyn StepOps) {
        let Some(parked) = self.steps.remove(id) else {
            return;
        };
        let scopes = parked.cursor.scopes.clone();
        if let Some(step) = parked.key {
            let mut cursor = parked.cursor;
            cursor.follow();
            self.begin(PendingStep { cursor, step }, ops.joins());
        }
        self.end(id, &scopes, ops);
    }

    fn expire(&mut self, now: Instant, ops: &mut dyn StepOps) {
        while let Some(id) = self.steps.expired(now) {
            self.expire_one(id, now, ops);
        }
    }

    fn expire_one(&mut self, id: StepId, now: Instant, ops: &mut dyn StepOps) {
        let awaits = ops.awaits();
        let Some(parked) = self.steps.get(id) else {
            return;
        };
        if parked.wait().is_none() {
            return self.steps.requeue(id);
        }
        let timed_out = parked.timed_out(awaits);
        let key = parked.key.filter(|_| !parked.is_late(now));
        let error = match key.map(|key| ops.expire(key, timed_out)) {
            Some(Ok(())) => return self.go_on_from(id, ops),
            Some(Err(error)) => Some(error),
            None => None,
        };
        let Some(parked) = self.steps.remove(id) else {
            return;
        };
        let scopes = parked.cursor.scopes.clone();
        match error {
            Some(error) => self.lose(parked.cursor, Some(error), ops),
            None => {
                parked.key.into_iter().for_each(|key| ops.remove(key));
                let error = parked.late(awaits);
                self.end_trace(parked.cursor.envelope, Some(error), ops);
            }
        }
        self.end(id, &scopes, ops);
    }
}
