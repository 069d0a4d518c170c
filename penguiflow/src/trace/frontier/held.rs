//! The payloads of a frontier's steps. What is done with them without knowing their types goes
//! through a trait object, so that the tracks are compiled once and not for every flow.

use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::join::{AwaitInfo, Given, JoinInfo, Meeting};
use crate::trace::cell::Dropped;
use crate::trace::course::{Course, Floe};

/// The number that a step which waits is kept under.
pub(in crate::trace) type Key = usize;

/// The steps that wait: at joins, for their turn in a map, for a value from outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept<Step> {
    steps: Vec<Option<Step>>,
    free: Vec<Key>,
}

/// Room for as many inputs as most joins have.
const INPUTS: usize = 8;

impl<Step> Kept<Step> {
    pub(super) fn new() -> Self {
        let (steps, free) = (Vec::new(), Vec::new());
        Self { steps, free }
    }

    #[inline]
    pub(super) fn put(&mut self, step: Step) -> Key {
        match self.free.pop() {
            Some(key) => {
                self.steps[key] = Some(step);
                key
            }
            None => {
                if self.steps.is_empty() {
                    self.steps.reserve(INPUTS);
                }
                self.steps.push(Some(step));
                self.steps.len() - 1
            }
        }
    }

    #[inline]
    fn take(&mut self, key: Key) -> Step {
        self.free.push(key);
        let step = self.steps[key].take();
        step.expect("a number stands for a step until it is taken")
    }
}

/// What the flow does with steps that others know by their numbers.
pub(in crate::trace) trait Payloads {
    fn joins(&self) -> &'static [JoinInfo];

    fn awaits(&self) -> &'static [AwaitInfo];

    /// Puts a step that was kept among those to run.
    fn run(&mut self, floe: Floe<Key>);

    /// Drops a step that was kept.
    fn forget(&mut self, key: Key);

    /// Drops the steps to run that nobody waits for, and tells their courses.
    fn drop_steps(&mut self, dropped: &Dropped) -> Vec<Course>;

    /// Drops all steps to run.
    fn clear(&mut self);

    /// The step that a full join makes of those that came to it.
    fn fill(&mut self, join: u32, arrived: Vec<Key>) -> Key;

    /// The step that stands for a failed branch, where a join takes those.
    fn lost(&mut self, join: u32, slot: u32, error: NodeError) -> Option<Key>;

    /// Makes of a parked step what it becomes with what it is given.
    fn resume(&mut self, key: Key, given: Given) -> Result<(), Given>;

    /// Makes of a parked step the one that takes over from it.
    fn expire(&mut self, key: Key, error: NodeError) -> Result<(), NodeError>;
}

/// The steps of a frontier, in its hands.
pub(super) struct Held<'a, Step> {
    pub(super) steps: &'a mut Vec<Floe<Step>>,
    pub(super) kept: &'a mut Kept<Step>,
}

impl<Step> Held<'_, Step> {
    #[inline]
    pub(super) fn keep(&mut self, floe: Floe<Step>) -> Floe<Key> {
        let (course, step) = (floe.course, self.kept.put(floe.step));
        Floe { course, step }
    }
}

impl<Step: Meeting> Payloads for Held<'_, Step> {
    fn joins(&self) -> &'static [JoinInfo] {
        Step::JOINS
    }

    fn awaits(&self) -> &'static [AwaitInfo] {
        Step::AWAITS
    }

    fn run(&mut self, floe: Floe<Key>) {
        let (course, step) = (floe.course, self.kept.take(floe.step));
        self.steps.push(Floe { course, step });
    }

    fn forget(&mut self, key: Key) {
        drop(self.kept.take(key));
    }

    fn drop_steps(&mut self, dropped: &Dropped) -> Vec<Course> {
        let is_dropped = |floe: &mut Floe<Step>| dropped.holds(&floe.course.awaited);
        let gone = self.steps.extract_if(.., is_dropped);
        gone.map(|floe| floe.course).collect()
    }

    fn clear(&mut self) {
        self.steps.clear();
    }

    fn fill(&mut self, join: u32, arrived: Vec<Key>) -> Key {
        let arrived = arrived.into_iter().map(|key| self.kept.take(key)).collect();
        self.kept.put(Step::fill(join, arrived))
    }

    fn lost(&mut self, join: u32, slot: u32, error: NodeError) -> Option<Key> {
        let step = Step::lost(join, slot, error)?;
        Some(self.kept.put(step))
    }

    fn resume(&mut self, key: Key, given: Given) -> Result<(), Given> {
        let (step, refused) = match self.kept.take(key).resume(given) {
            Ok(step) => (step, Ok(())),
            Err((step, given)) => (step, Err(given)),
        };
        // It was the last one to be taken, so it keeps its number.
        self.kept.put(step);
        refused
    }

    fn expire(&mut self, key: Key, error: NodeError) -> Result<(), NodeError> {
        let step = self.kept.take(key).expire(error)?;
        self.kept.put(step);
        Ok(())
    }
}
