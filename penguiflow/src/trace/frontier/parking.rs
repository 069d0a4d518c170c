//! The steps of a frontier that wait for a value from outside.

use tokio::time::Instant;

use super::Frontier;
use super::held::Payloads;
use super::tracks::Tracks;
use crate::join::{Given, JoinInfo, Meeting, given_back};
use crate::trace::course::StepId;
use crate::trace::parked::{Expired, Parked, Waiting};

/// What ends a wait.
pub(in crate::trace) enum Wake {
    /// These steps are given something.
    Given(Vec<(StepId, Given)>),
    /// It is so late.
    Late(Instant),
}

impl<Step: Meeting, Out> Frontier<Step, Out> {
    /// What waits for values from outside, in the order in which it began to.
    pub fn parked(&self) -> impl Iterator<Item = Parked> {
        let parked = self.tracks.parked.iter();
        parked.map(|waiting| waiting.seen(Step::AWAITS))
    }

    /// The same, each with what tells whether it waits for a value.
    pub(in crate::trace) fn parked_with(
        &self,
    ) -> impl Iterator<Item = (Parked, fn(&Given) -> bool)> {
        let parked = self.tracks.parked.iter();
        parked.map(|waiting| (waiting.seen(Step::AWAITS), waiting.test(Step::AWAITS)))
    }

    /// Gives a parked step what it waits for: the step that is named, or the first that waits
    /// for such a value.
    ///
    /// # Errors
    ///
    /// The value, if no step waits for it.
    pub fn resume<T: Send + 'static>(&mut self, step: Option<StepId>, value: T) -> Result<(), T> {
        let (tracks, mut held) = self.split();
        let resumed = tracks.give(step, Box::new(value), &mut held);
        resumed.map_err(given_back)
    }

    /// Lets the steps go that have waited until now, or longer than they may: a fallback takes
    /// over, or their paths fail.
    pub fn expire(&mut self, now: Instant) {
        let (tracks, mut held) = self.split();
        tracks.expire(now, &mut held);
    }

    pub(in crate::trace) fn wake(&mut self, wake: Wake) {
        let (tracks, mut held) = self.split();
        match wake {
            Wake::Given(given) => tracks.give_all(given, &mut held),
            Wake::Late(now) => tracks.expire(now, &mut held),
        }
    }

    /// Whether a step waits for a value from outside.
    pub(crate) fn is_parked(&self) -> bool {
        !self.tracks.parked.is_empty()
    }

    /// When the next parked step stops waiting.
    pub fn next_expiry(&self) -> Option<Instant> {
        let parked = self.tracks.parked.iter();
        parked.filter_map(Waiting::until).min()
    }
}

impl Tracks {
    pub(super) fn park(&mut self, waiting: Waiting, joins: &[JoinInfo]) {
        self.step_begins(&waiting.course().awaited, joins);
        self.parked.push(waiting);
    }

    fn give(
        &mut self,
        step: Option<StepId>,
        given: Given,
        held: &mut dyn Payloads,
    ) -> Result<(), Given> {
        let awaits = held.awaits();
        let takes = |waiting: &Waiting| waiting.takes(step, &given, awaits);
        let Some(place) = self.parked.iter().position(takes) else {
            return Err(given);
        };
        held.resume(self.parked[place].key(), given)?;
        let floe = self.parked.remove(place).resumed();
        let awaited = floe.course.awaited.clone();
        self.run(floe, held);
        self.step_ended(&awaited, held);
        Ok(())
    }

    fn give_all(&mut self, given: Vec<(StepId, Given)>, held: &mut dyn Payloads) {
        for (step, given) in given {
            // What its step does not wait for any more is for nobody.
            let _ = self.give(Some(step), given, held);
        }
    }

    fn expire(&mut self, now: Instant, held: &mut dyn Payloads) {
        let is_due = |waiting: &mut Waiting| waiting.until().is_some_and(|at| at <= now);
        let due: Vec<_> = self.parked.extract_if(.., is_due).collect();
        for waiting in due {
            let awaited = waiting.course().awaited.clone();
            match waiting.expire(now, held) {
                Expired::TakenOver(floe) => self.run(floe, held),
                Expired::Lost(course, error) => self.lose(course, Some(error), held),
                Expired::Late(course, error) => self.end(course.envelope, Some(error), held),
            }
            self.step_ended(&awaited, held);
        }
    }
}
