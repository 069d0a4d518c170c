//! Where a trace is: the steps still to run, what its joins have collected, and what it has
//! put out. Plain data, so that a host can keep it in memory, in a store, or send it away.

mod parking;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cell::{Cell, Dropped};
use super::course::{Awaited, Course, Floe, StepId};
use super::outcome::{Emit, Emits, Items};
use super::parked::Waiting;
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::{JoinKind, Meeting};
use crate::message::{Envelope, Message};

/// All there is to know about a trace between two node runs: serialisable exactly when
/// the steps' inputs and the outputs are.
///
/// A host takes a step out, runs it with [`Flow::advance`](crate::Flow::advance), and puts
/// in what it emits, until no step is left.
///
/// ```
/// use penguiflow::host::{Frontier, StepByStep};
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let flow = flow! { double };
/// let mut frontier = flow.begin(21);
/// while let Some(floe) = frontier.next_step() {
///     let emits = flow.advance(floe, &StepByStep).await?;
///     frontier.absorb(emits);
///     let stored = serde_json::to_string(&frontier)?; // to a database, say
///     frontier = serde_json::from_str(&stored)?;
/// }
/// assert_eq!(frontier.finish()?[0].payload, 42);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Frontier<Step, Out> {
    /// The steps still to run.
    pub steps: Vec<Floe<Step>>,
    /// What the trace has put out so far.
    pub outputs: Vec<Message<Out>>,
    /// The steps that wait for a value from outside.
    parked: Vec<Waiting<Step>>,
    /// The steps that are to run or run. What any other step emits, it has emitted before.
    under_way: BTreeMap<StepId, UnderWay>,
    /// What the joins have collected.
    cells: Vec<Cell<Step>>,
    /// The envelope of a path that ended in `None`, and the failure that ends the trace.
    ended: Option<Envelope>,
    failure: Option<(Envelope, NodeError)>,
    /// Whether outputs were taken out.
    has_put_out: bool,
    /// The tokens that the trace has spent.
    spent: u64,
    /// The steps that were dropped, for a host that runs some of them now.
    #[serde(skip)]
    dropped: Vec<StepId>,
}

/// A step that is to run or runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct UnderWay {
    /// The joins that wait for it.
    awaited: Vec<Awaited>,
    /// Whether its branch was dropped while it ran.
    is_dropped: bool,
}

impl<Step: Meeting, Out> Frontier<Step, Out> {
    pub(crate) fn of(emits: Emits<Step, Out>) -> Self {
        let mut frontier = Self {
            steps: Vec::new(),
            outputs: Vec::new(),
            parked: Vec::new(),
            under_way: BTreeMap::from([(emits.step, UnderWay::default())]),
            cells: Vec::new(),
            ended: None,
            failure: None,
            has_put_out: false,
            spent: 0,
            dropped: Vec::new(),
        };
        frontier.absorb(emits);
        frontier
    }

    /// Takes out a step to run; `None` when the trace is over, or all that is left of it is
    /// parked. Steps do not depend on each other, so the order is the host's to choose.
    pub fn next_step(&mut self) -> Option<Floe<Step>> {
        let mut floe = self.steps.pop()?;
        floe.course.spent = self.spent;
        Some(floe)
    }

    /// Takes out what the trace has put out.
    pub(crate) fn take_outputs(&mut self) -> Vec<Message<Out>> {
        self.has_put_out |= !self.outputs.is_empty();
        std::mem::take(&mut self.outputs)
    }

    /// Takes out all steps to run.
    pub(crate) fn take_steps(&mut self) -> Vec<Floe<Step>> {
        let mut steps = std::mem::take(&mut self.steps);
        for floe in &mut steps {
            floe.course.spent = self.spent;
        }
        steps
    }

    /// Puts in what a step emitted: steps to run, inputs of joins, outputs. A join that is
    /// full makes a step of its inputs. What a step emits counts once, and not at all if its
    /// branch was dropped.
    pub fn absorb(&mut self, emits: Emits<Step, Out>) {
        let Some(step) = self.under_way.remove(&emits.step) else {
            return;
        };
        self.spent = self.spent.saturating_add(emits.spent);
        if !step.is_dropped {
            self.take_in(emits);
        }
        self.step_ended(&step.awaited);
    }

    fn take_in(&mut self, emits: Emits<Step, Out>) {
        for emit in emits {
            if self.has_failed() {
                return;
            }
            match emit {
                Emit::Step(floe) => self.add(floe),
                Emit::Items(items) => self.spread(items),
                Emit::Parked(floe, since) => self.park(Waiting::since(since, floe)),
                Emit::Output(message) => self.outputs.push(message),
                Emit::End(course) => self.lose(course, None),
                Emit::Lost(course, error) => self.lose(course, Some(error)),
            }
        }
    }

    /// How the trace ended, once no step is left.
    ///
    /// # Errors
    ///
    /// Of kind `Unjoined` if a join was left waiting, or is still parked, `Filtered` if there is no
    /// output, or the failure of the last branch of a race.
    pub fn finish(self) -> Result<Vec<Message<Out>>, FlowError> {
        if let Some((envelope, error)) = self.failure {
            return Err(FlowError::of(error, &envelope));
        }
        if let Some(waiting) = self.parked.first() {
            return Err(waiting.left());
        }
        if let Some(cell) = self.cells.iter().find(|cell| cell.is_waiting()) {
            return Err(cell.unjoined());
        }
        match self.ended {
            Some(envelope) if self.outputs.is_empty() && !self.has_put_out => {
                Err(filtered(&envelope))
            }
            _ => Ok(self.outputs),
        }
    }

    /// The steps dropped since this was last asked.
    pub(crate) fn take_dropped(&mut self) -> Vec<StepId> {
        std::mem::take(&mut self.dropped)
    }

    fn add(&mut self, floe: Floe<Step>) {
        let Some((join, slot)) = floe.step.arrival() else {
            self.step_begins(&floe.course.awaited);
            let begun = UnderWay {
                awaited: floe.course.awaited.clone(),
                is_dropped: false,
            };
            self.under_way.insert(floe.course.id, begun);
            self.steps.push(floe);
            return;
        };
        let awaited = floe.course.awaited_by::<Step>(join, slot);
        let cell = self.cell(awaited, &floe.course);
        if let Some(filled) = cell.arrive(awaited, floe) {
            self.go_on(awaited, filled);
        }
    }

    /// The items of a map: the first of them begin, and its join is full at once if there are
    /// none.
    fn spread(&mut self, items: Items<Step>) {
        let mut cell = Cell::of_items(items);
        let (awaited, course) = cell.beginning();
        if let Some(error) = cell.refusal() {
            return self.give_up(awaited, &course, error);
        }
        let filled = cell.fill_if_complete();
        self.cells.push(cell);
        match filled {
            Some(filled) => self.go_on(awaited, filled),
            None => self.begin_items(awaited),
        }
    }

    /// A path that came to nothing: the innermost join that bears it goes on without it.
    fn lose(&mut self, course: Course, error: Option<NodeError>) {
        let bears = |awaited: &&Awaited| Step::JOINS[awaited.join as usize].bears_failures();
        let Some(awaited) = course.awaited.iter().rev().find(bears).copied() else {
            self.end(course.envelope, error);
            return;
        };
        self.drop_branches(Dropped {
            join: awaited,
            only_its_slot: true,
        });
        let settled = error
            .clone()
            .and_then(|error| Step::lost(awaited.join, awaited.slot, error));
        if let Some(step) = settled {
            self.add(Floe { course, step });
            return;
        }
        let cell = self.cell(awaited, &course);
        cell.lose(awaited.slot, error);
        if let Some(error) = cell.failure() {
            self.give_up(awaited, &course, error);
        }
    }

    /// Without a join that bears it, a failure is the trace's, and drops all that is left.
    fn end(&mut self, envelope: Envelope, error: Option<NodeError>) {
        match error {
            None => self.ended = Some(envelope),
            Some(error) => {
                self.failure = Some((envelope, error));
                self.steps.clear();
                self.parked.clear();
            }
        }
    }

    /// A join that can no longer fill is itself a failed branch of the joins around it.
    fn give_up(&mut self, awaited: Awaited, course: &Course, error: NodeError) {
        self.forget(awaited);
        self.drop_branches(Dropped {
            join: awaited,
            only_its_slot: false,
        });
        if let Some(course) = course.before(awaited) {
            self.lose(course, Some(error));
        }
    }

    fn begin_items(&mut self, awaited: Awaited) {
        let Some(cell) = self.known_cell(awaited) else {
            return;
        };
        if cell.is_empty() {
            let course = cell.beginning().1;
            return self.lose(course, None);
        }
        let begun = cell.begin_items();
        if cell.is_over() {
            self.forget(awaited);
        }
        for floe in begun {
            self.add(floe);
        }
    }

    /// Counts a step that is to run, for the items of maps that it belongs to.
    fn step_begins(&mut self, awaited: &[Awaited]) {
        for item in awaited.iter().filter(|awaited| is_item::<Step>(awaited)) {
            if let Some(cell) = self.known_cell(*item) {
                cell.step_begins(item.slot);
            }
        }
    }

    /// A step that these wait for has run, or was dropped. An item of a map without a step to
    /// run is over: if it came to nothing, its join is told; and the next one begins.
    fn step_ended(&mut self, awaited: &[Awaited]) {
        let items = awaited.iter().filter(|awaited| is_item::<Step>(awaited));
        for item in items.rev() {
            let cell = self.known_cell(*item);
            if cell.is_some_and(|cell| cell.step_ends(item.slot)) {
                self.item_ended(*item);
            }
        }
    }

    fn item_ended(&mut self, item: Awaited) {
        let inside = Dropped {
            join: item,
            only_its_slot: true,
        };
        let waiting = self.cells.iter();
        let mut waiting = waiting.filter(|cell| cell.belongs_to(&inside) && cell.is_waiting());
        let error = waiting.next().map(|cell| NodeError::from(&cell.unjoined()));
        self.cells.retain(|cell| !cell.belongs_to(&inside));
        let told = error.is_some();
        let missed = self.known_cell(item);
        let missed = missed.filter(|cell| told || cell.misses(item.slot));
        if let Some(course) = missed.map(|cell| cell.item(item.slot)) {
            self.lose(course, error);
        }
        self.begin_items(item);
    }

    /// Whether nobody waits for what is still running.
    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    fn cell(&mut self, awaited: Awaited, course: &Course) -> &mut Cell<Step> {
        let known = self.cells.iter().position(|cell| cell.is_for(awaited));
        let place = known.unwrap_or_else(|| {
            self.cells.push(Cell::new(awaited, course));
            self.cells.len() - 1
        });
        &mut self.cells[place]
    }

    fn known_cell(&mut self, awaited: Awaited) -> Option<&mut Cell<Step>> {
        self.cells.iter_mut().find(|cell| cell.is_for(awaited))
    }

    /// Goes on behind a full join, or behind an item that goes on by itself. A join that can do
    /// without branches drops those that it did not wait for; a `join` has them all, and they may
    /// lead elsewhere, too.
    fn go_on(&mut self, awaited: Awaited, filled: Floe<Step>) {
        let join = &Step::JOINS[awaited.join as usize];
        if join.kind != JoinKind::Each {
            self.forget(awaited);
        }
        if join.bears_failures() {
            self.drop_branches(Dropped {
                join: awaited,
                only_its_slot: false,
            });
        }
        self.add(filled);
    }

    /// Before its branches are dropped, so that it does not miss them.
    fn forget(&mut self, awaited: Awaited) {
        self.cells.retain(|cell| !cell.is_for(awaited));
    }

    fn drop_branches(&mut self, dropped: Dropped) {
        self.cells.retain(|cell| !cell.belongs_to(&dropped));
        for (id, step) in &mut self.under_way {
            if !step.is_dropped && dropped.holds(&step.awaited) {
                step.is_dropped = true;
                self.dropped.push(*id);
            }
        }
        let is_dropped = |floe: &mut Floe<Step>| dropped.holds(&floe.course.awaited);
        let mut gone = Vec::new();
        for floe in self.steps.extract_if(.., is_dropped) {
            self.under_way.remove(&floe.course.id);
            gone.push(floe.course.awaited);
        }
        let is_dropped = |waiting: &mut Waiting<Step>| dropped.holds(&waiting.course().awaited);
        let parked = self.parked.extract_if(.., is_dropped);
        gone.extend(parked.map(|waiting| waiting.course().awaited.clone()));
        for awaited in gone {
            self.step_ended(&awaited);
        }
    }
}

/// Whether a join waits for an item of a map.
fn is_item<Step: Meeting>(awaited: &Awaited) -> bool {
    let join = &Step::JOINS[awaited.join as usize];
    join.items_at_once.is_some()
}

pub(super) fn filtered(envelope: &Envelope) -> FlowError {
    let reason = "the trace gave no output: every path of it ended in `None`";
    FlowError::new(ErrorKind::Filtered, envelope, reason)
}
