//! The steps of a frontier that wait for a value from outside.

use tokio::time::Instant;

use super::Frontier;
use crate::join::{Given, Meeting, given_back};
use crate::trace::course::StepId;
use crate::trace::parked::{Expired, Parked, Waiting};

impl<Step: Meeting, Out> Frontier<Step, Out> {
    /// What waits for values from outside, in the order in which it began to.
    pub fn parked(&self) -> impl Iterator<Item = Parked> {
        self.parked.iter().map(Waiting::seen)
    }

    /// The same, each with what tells whether it waits for a value.
    pub(in crate::trace) fn parked_with(
        &self,
    ) -> impl Iterator<Item = (Parked, fn(&Given) -> bool)> {
        self.parked
            .iter()
            .map(|waiting| (waiting.seen(), waiting.test()))
    }

    /// Gives a parked step what it waits for: the step that is named, or the first that waits
    /// for such a value.
    ///
    /// # Errors
    ///
    /// The value, if no step waits for it.
    pub fn resume<T: Send + 'static>(&mut self, step: Option<StepId>, value: T) -> Result<(), T> {
        let resumed = self.give(step, Box::new(value));
        resumed.map_err(given_back)
    }

    pub(crate) fn give(&mut self, step: Option<StepId>, given: Given) -> Result<(), Given> {
        let takes = |waiting: &Waiting<Step>| waiting.takes(step, &given);
        let Some(place) = self.parked.iter().position(takes) else {
            return Err(given);
        };
        let waiting = self.parked.remove(place);
        let awaited = waiting.course().awaited.clone();
        self.add(waiting.resume(given)?);
        self.step_ended(&awaited);
        Ok(())
    }

    pub(crate) fn give_all(&mut self, given: Vec<(StepId, Given)>) {
        for (step, given) in given {
            // What its step does not wait for any more is for nobody.
            let _ = self.give(Some(step), given);
        }
    }

    /// Whether a step waits for a value from outside.
    pub(crate) fn is_parked(&self) -> bool {
        !self.parked.is_empty()
    }

    /// Lets the steps go that have waited until now, or longer than they may: a fallback takes
    /// over, or their paths fail.
    pub fn expire(&mut self, now: Instant) {
        let is_due = |waiting: &mut Waiting<Step>| waiting.until().is_some_and(|at| at <= now);
        let due: Vec<_> = self.parked.extract_if(.., is_due).collect();
        for waiting in due {
            let awaited = waiting.course().awaited.clone();
            match waiting.expire(now) {
                Expired::TakenOver(floe) => self.add(floe),
                Expired::Lost(course, error) => self.lose(course, Some(error)),
                Expired::Late(course, error) => self.end(course.envelope, Some(error)),
            }
            self.step_ended(&awaited);
        }
    }

    /// When the next parked step stops waiting.
    pub fn next_expiry(&self) -> Option<Instant> {
        self.parked.iter().filter_map(Waiting::until).min()
    }

    pub(super) fn park(&mut self, waiting: Waiting<Step>) {
        self.step_begins(&waiting.course().awaited);
        self.parked.push(waiting);
    }
}
