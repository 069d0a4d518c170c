//! The frontier: the position of a trace as its steps still to run, the inputs that its joins hold,
//! and its outputs so far. Plain data, so that a host can keep it in a store, or send it away. It
//! knows no clock, no task and no runtime: times are handed in. Only `run`, which runs a step,
//! reads the clock.

mod active_steps;
mod advance;
mod branches;
mod check;
mod cursor;
mod failed_input;
mod inputs;
mod join_scope;
mod join_state;
mod join_table;
mod map_window;
mod merged_cursor;
mod outcome;
mod parking;
mod progress;
mod reliance;
mod run;
mod step_cx;
mod step_joins;
mod step_names;
mod step_serde;
mod step_slab;
mod store;
mod stored;
mod stored_emits;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::time::Instant;

use crate::error::{ErrorKind, FlowError, NodeError};
use crate::message::{Envelope, Message, Spent, StepId};
use crate::visit::panic_text;
use active_steps::Phase;
use join_table::JoinTable;
use outcome::StepEnd;
use step_slab::StepSlab;

pub use advance::{Advance, AdvancePart, Durability, Durable};
pub use cursor::{Cursor, PendingStep};
pub use outcome::{Again, Emit, Emits, Items, Outcome, RunningStep, StepResult};
pub use progress::TraceState;
pub(crate) use reliance::Reliance;
pub(crate) use run::{Attempts, begin, run};
pub use step_cx::{NodeOutput, StepCx};
pub use step_joins::StepJoins;
pub use step_names::{FlowStepNames, StepNames};
pub use step_serde::{
    CloneInput, DecodeInput, DecodeStep, EncodeInput, Stores, StoresInput, decode_step,
};

/// All there is to know about a trace between two node runs: serialisable exactly when
/// the steps' inputs and the outputs are.
///
/// A host takes a step out, runs it with [`Flow::advance`](crate::Flow::advance), and puts
/// in what it emits, until no step is left.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let flow = flow! { #[flow(durable)] double };
/// let mut frontier = flow.begin(21);
/// while let Some(step) = frontier.next_step() {
///     let emits = flow.advance(step).await?;
///     frontier.absorb(emits);
///     let stored = serde_json::to_string(&frontier)?; // to a database, say
///     frontier = serde_json::from_str(&stored)?;
/// }
/// assert_eq!(frontier.finish()?[0].payload, 42);
/// # Ok(())
/// # }
/// ```
///
/// A step that was taken out stays in the frontier until what it emits is absorbed: a frontier that
/// is stored meanwhile has it as a step to run. A host that stops between the two runs it again,
/// under the same id. That is why steps are cloned as they are taken out: the copy of its input is
/// what a running step costs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Frontier<Step, Out> {
    /// The outputs so far. What they report of their trace is known once they are taken out.
    pub outputs: Vec<Message<Out>>,
    /// Whether outputs were taken out.
    has_put_out: bool,
    /// The tokens that the trace has spent.
    spent: u64,
    /// When the last of the steps was over that were absorbed, or that waited for too long.
    last: Option<Instant>,
    /// The open joins, and the steps.
    table: JoinTable,
    slab: StepSlab<Step>,
}

impl<Step, Out> Frontier<Step, Out> {
    fn new(spent: u64) -> Self {
        Self {
            outputs: Vec::new(),
            has_put_out: false,
            spent,
            last: None,
            table: JoinTable::default(),
            slab: StepSlab::new(),
        }
    }

    /// The steps to run, in the order in which they were emitted. Steps do not depend on each
    /// other, so the order in which they run is the host's to choose.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (StepId, Option<&Step>)> {
        let steps = self.table.steps.queued();
        steps.map(|step| (step.cursor.id, step.key.map(|key| self.slab.get(key))))
    }

    /// What the trace has spent, by the steps that were absorbed.
    pub fn spent(&self) -> Spent {
        Spent::tokens(self.spent)
    }

    /// Something of the trace was over then. Hosts on several machines absorb in any order.
    fn was_over(&mut self, at: Instant) {
        self.last = self.last.max(Some(at));
    }

    /// Lets the outputs report what has been spent until now.
    fn end_outputs(&mut self) {
        let Some(last) = self.last else { return };
        for output in &mut self.outputs {
            output.end(self.spent, last);
        }
    }

    /// The steps that were taken out, and whose emits were not absorbed.
    pub fn running(&self) -> impl Iterator<Item = StepId> {
        self.table.steps.running().map(|step| step.cursor.id)
    }
}

impl<Step: StepJoins + Clone, Out> Frontier<Step, Out> {
    /// Takes out the step to run that was emitted last; `None` when the trace is over, or all that
    /// is left of it runs or is parked.
    pub fn next_step(&mut self) -> Option<PendingStep<Step>> {
        let last = self.table.steps.last_queued()?;
        self.take_step(last)
    }

    /// Takes out this step to run, if it is one.
    pub fn take_step(&mut self, step: StepId) -> Option<PendingStep<Step>> {
        let running = self.table.steps.run(step)?;
        let mut cursor = running.cursor.clone();
        let step = self.slab.get(running.key?);
        let node = Step::GRAPH.nodes.get(step.number());
        let step = match catch_unwind(AssertUnwindSafe(|| step.clone())) {
            Ok(step) => step,
            Err(panic) => {
                self.fail(node.map_or("", |node| node.name), cursor.envelope, panic);
                return None;
            }
        };
        cursor.spent = self.spent;
        Some(PendingStep { cursor, step })
    }
}

impl<Step: StepJoins, Out> Frontier<Step, Out> {
    /// The frontier of a trace whose first steps have just been emitted.
    pub(crate) fn of(came: Outcome<Step, Out>, cursor: Cursor, now: Instant) -> Self {
        let mut frontier = Self::new(cursor.spent);
        frontier.was_over(now);
        frontier.take_up(cursor, came, now);
        frontier.table.close_opened(&mut frontier.slab);
        frontier
    }

    /// The frontier of a trace whose input could not be passed to its entries.
    pub(crate) fn of_panic(node: &str, cursor: Cursor, panic: Box<dyn Any + Send>) -> Self {
        let mut frontier = Self::new(cursor.spent);
        frontier.fail(node, cursor.envelope, panic);
        frontier
    }

    /// A panic outside of a step ends the trace: `finish` returns it.
    #[cold]
    fn fail(&mut self, node: &str, envelope: Envelope, panic: Box<dyn Any + Send>) {
        let reason = format!("panicked: {}", panic_text(panic));
        let error = NodeError::at(node, ErrorKind::Panicked, &reason);
        self.table.end_trace(envelope, Some(error), &mut self.slab);
    }

    /// Takes out what the trace has put out so far, for a host that passes it on at once.
    pub fn take_outputs(&mut self) -> Vec<Message<Out>> {
        self.has_put_out |= !self.outputs.is_empty();
        self.end_outputs();
        std::mem::take(&mut self.outputs)
    }

    /// The same as [`next_step`](Self::next_step), with the input itself in place of a copy: for
    /// hosts that store nothing while a step runs. To store the frontier is an error until what the
    /// step emits is absorbed.
    pub fn next_owned(&mut self) -> Option<PendingStep<Step>> {
        let last = self.table.steps.last_queued()?;
        self.take_payload(last)
    }

    fn take_payload(&mut self, id: StepId) -> Option<PendingStep<Step>> {
        let running = self.table.steps.run(id)?;
        let step = self.slab.take(running.key.take()?);
        let mut cursor = running.cursor.clone();
        cursor.spent = self.spent;
        Some(PendingStep { cursor, step })
    }

    /// Puts in what a step emitted: steps to run, inputs of joins, outputs. A join that is
    /// full makes a step of its inputs. What a step emits counts once, and not at all if its
    /// branch was dropped.
    ///
    /// After an attempt that failed and that another one may follow, the step is one to run later: from
    /// [`next_expiry`](Self::next_expiry) on, [`expire`](Self::expire) makes it a step to run.
    ///
    /// Returns the steps that ran and were dropped by this, such as those that lost a race: what they
    /// emit would not count, so a host may stop them.
    pub fn absorb(&mut self, emits: Emits<Step, Out>) -> Vec<StepId> {
        let (step, spent, now) = (emits.step, emits.spent, emits.at);
        self.table.next_items.clear();
        match emits.end {
            StepEnd::Again(again) => self.retry((step, now), spent, &again),
            StepEnd::Failed(failed) => self.absorb_with((step, now), spent, |frontier| {
                let (envelope, error) = *failed;
                let table = &mut frontier.table;
                table.end_trace(envelope, Some(error), &mut frontier.slab);
            }),
            StepEnd::Emitted(emits) => self.absorb_with((step, now), spent, |frontier| {
                emits.each(|emit| frontier.take_in(emit, now));
            }),
        }
        self.table.steps.take_dropped()
    }

    /// The items of maps that are to run since the last step was absorbed, for which it made room. They
    /// waited in the frontier before: a host that has stored it since they did, as one has that ran
    /// another item, may run them before it stores what was absorbed.
    pub fn next_items(&self) -> &[StepId] {
        &self.table.next_items
    }

    /// The tokens of a step count from now on, also if its branch was dropped meanwhile.
    fn absorb_with(
        &mut self,
        (step, now): (StepId, Instant),
        spent: u64,
        take_in: impl FnOnce(&mut Self),
    ) {
        let Some(ended) = self.table.steps.remove(step) else {
            return;
        };
        self.spent = self.spent.saturating_add(spent);
        self.was_over(now);
        if let Some(key) = ended.key {
            self.slab.discard(key);
        }
        if ended.phase == Phase::Abandoned {
            return;
        }
        take_in(self);
        self.table.end(step, &ended.cursor.scopes, &mut self.slab);
    }

    fn take_up(&mut self, cursor: Cursor, came: Outcome<Step, Out>, now: Instant) {
        match came {
            Outcome::Step(step) | Outcome::Passed(step) => {
                self.take_in(Emit::Step(PendingStep { cursor, step }), now);
            }
            Outcome::Branches(branches) => {
                branches
                    .into_iter()
                    .for_each(|emit| self.take_in(emit, now));
            }
            Outcome::Output(out) => self.outputs.push(cursor.envelope.with(out)),
            Outcome::End => self.take_in(Emit::End(cursor), now),
        }
    }

    fn take_in(&mut self, emit: Emit<Step, Out>, now: Instant) {
        if self.has_failed() {
            return;
        }
        let (table, slab) = (&mut self.table, &mut self.slab);
        match emit {
            Emit::Step(PendingStep { cursor, step }) => {
                let (input, parked) = (step.input(), step.parked());
                let step = slab.insert(step);
                let pending = PendingStep { cursor, step };
                match (input, parked) {
                    (Some(at), _) => table.arrive(pending, at, slab),
                    (None, Some(place)) => table.park(pending, place, now, slab),
                    (None, None) => table.begin(pending, Step::JOINS),
                }
            }
            Emit::Items(items) => {
                let keys = items.steps.into_iter().map(|step| slab.insert(step));
                table.spread(items.cursor, items.join, keys.collect(), slab);
            }
            Emit::Output(message) => self.outputs.push(message),
            Emit::End(cursor) => table.lose(cursor, None, slab),
            Emit::Lost(cursor, error) => table.lose(cursor, Some(*error), slab),
        }
    }

    /// How the trace ended, once no step is left.
    ///
    /// # Errors
    ///
    /// Of kind `Unjoined` if steps are left to run or to absorb, if a join was left waiting, or one
    /// is still parked, `Filtered` if there is no output, or the failure that no join tolerated.
    ///
    /// Each output and the error report what the whole trace has spent, and the time until its last step
    /// was over.
    pub fn finish(mut self) -> Result<Vec<Message<Out>>, FlowError> {
        self.ended()?;
        self.end_outputs();
        Ok(self.outputs)
    }

    /// The same, without an end: what `finish` would return in place of outputs.
    ///
    /// # Errors
    ///
    /// Those of `finish`.
    pub fn ended(&self) -> Result<(), FlowError> {
        let is_filtered = self.outputs.is_empty() && !self.has_put_out;
        let ended = match self.table.finish(&self.slab) {
            Ok(Some(envelope)) if is_filtered => Err(filtered(envelope)),
            ended => ended.map(drop),
        };
        ended.map_err(|error| {
            error.set_spent(self.spent);
            error.ended_at(self.last)
        })
    }

    /// Whether nobody waits for what is still running.
    fn has_failed(&self) -> bool {
        self.table.has_failed()
    }
}

/// The error of a trace without output.
fn filtered(envelope: &Envelope) -> FlowError {
    let reason = "the trace has no output: every path ended in `None`";
    FlowError::new(ErrorKind::Filtered, envelope, reason)
}

#[cfg(test)]
mod tests;
