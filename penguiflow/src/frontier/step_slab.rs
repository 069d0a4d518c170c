//! The payloads of a frontier's steps, by number. What is done with them without knowing their
//! types goes through a trait object, so that joins are compiled once and not for every flow.

use super::step_joins::StepJoins;
use crate::error::NodeError;
use crate::graph::{AwaitInfo, Given, HeaderRule, JoinInfo};
use crate::visit::drop_caught;

/// The number that a step is kept under.
pub(super) type StepKey = usize;

/// All steps of a trace: to run, running, parked, at joins, and waiting for their turn in a map.
#[derive(Debug, Clone)]
pub(super) struct StepSlab<Step> {
    steps: Vec<Option<Step>>,
    free: Vec<StepKey>,
}

impl<Step> StepSlab<Step> {
    pub(super) fn new() -> Self {
        let (steps, free) = (Vec::new(), Vec::new());
        Self { steps, free }
    }

    #[inline]
    pub(super) fn insert(&mut self, step: Step) -> StepKey {
        match self.free.pop() {
            Some(key) => {
                self.steps[key] = Some(step);
                key
            }
            None => {
                self.steps.push(Some(step));
                self.steps.len() - 1
            }
        }
    }

    pub(super) fn get(&self, key: StepKey) -> &Step {
        self.steps[key].as_ref().expect(KEPT)
    }

    #[inline]
    pub(super) fn take(&mut self, key: StepKey) -> Step {
        self.free.push(key);
        self.steps[key].take().expect(KEPT)
    }
}

impl<Step> StepSlab<Step> {
    /// Drops a step that nobody waits for: its panic is nobody's failure.
    pub(super) fn discard(&mut self, key: StepKey) {
        let step = self.take(key);
        drop_caught(|| drop(step));
    }
}

/// Keys are made by `insert` alone, are not stored, and are given up where a step is taken.
const KEPT: &str = "a key stands for a step until the step is taken";

/// The operations on steps that others know by their numbers.
pub(super) trait StepOps {
    fn joins(&self) -> &'static [JoinInfo];

    fn awaits(&self) -> &'static [AwaitInfo];

    /// Which headers a message has after a join.
    fn header_rule(&self) -> HeaderRule;

    /// Drops a step.
    fn remove(&mut self, key: StepKey);

    /// The step that a full join makes of its inputs.
    fn complete(&mut self, join: u32, inputs: Vec<StepKey>) -> StepKey;

    /// The step that stands for a failed branch, where a join takes those.
    fn failed_branch(&mut self, join: u32, input: u32, error: NodeError) -> Option<StepKey>;

    /// Makes of a parked step what it becomes with what it is given. It keeps its number.
    fn resume(&mut self, key: StepKey, given: Given) -> Result<(), Given>;

    /// Makes of a parked step the one that takes over from it. It keeps its number; if none takes
    /// over, the step is dropped.
    fn expire(&mut self, key: StepKey, error: NodeError) -> Result<(), NodeError>;
}

impl<Step: StepJoins> StepOps for StepSlab<Step> {
    fn joins(&self) -> &'static [JoinInfo] {
        Step::JOINS
    }

    fn awaits(&self) -> &'static [AwaitInfo] {
        Step::AWAITS
    }

    fn header_rule(&self) -> HeaderRule {
        Step::GRAPH.headers
    }

    fn remove(&mut self, key: StepKey) {
        self.discard(key);
    }

    fn complete(&mut self, join: u32, inputs: Vec<StepKey>) -> StepKey {
        let inputs = inputs.into_iter().map(|key| self.take(key)).collect();
        self.insert(Step::complete(join, inputs))
    }

    fn failed_branch(&mut self, join: u32, input: u32, error: NodeError) -> Option<StepKey> {
        let step = Step::failed_branch(join, input, error)?;
        Some(self.insert(step))
    }

    fn resume(&mut self, key: StepKey, given: Given) -> Result<(), Given> {
        let (step, refused) = match self.take(key).resume(given) {
            Ok(step) => (step, Ok(())),
            Err((step, given)) => (step, Err(given)),
        };
        // It was taken last, so it keeps its number.
        self.insert(step);
        refused
    }

    fn expire(&mut self, key: StepKey, error: NodeError) -> Result<(), NodeError> {
        let step = self.take(key).expire(error)?;
        self.insert(step);
        Ok(())
    }
}
