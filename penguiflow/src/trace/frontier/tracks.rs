//! What is under way in a trace, and what waits: steps by their numbers, whatever they hold.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use serde::{Deserialize, Serialize};

use super::held::{Key, Payloads};
use crate::cover::Cover;
use crate::error::{FlowError, NodeError};
use crate::join::{JoinInfo, JoinKind};
use crate::trace::awaiting::{Awaited, Awaiting};
use crate::trace::cell::{Cell, Dropped};
use crate::trace::course::{Course, Floe, StepId};
use crate::trace::parked::Waiting;

/// All that a trace's steps mean to each other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Tracks {
    /// The steps that wait for a value from outside.
    pub(super) parked: Vec<Waiting>,
    /// The steps that are to run or run. What any other step emits, it has emitted before.
    under_way: HashMap<StepId, UnderWay, ById>,
    /// What the joins have collected.
    cells: Vec<Cell>,
    /// The envelope of a path that ended in `None`, and the failure that ends the trace.
    ended: Option<Cover>,
    failure: Option<(Cover, NodeError)>,
    /// The steps that were dropped, for a host that runs some of them now.
    #[serde(skip)]
    pub(super) dropped: Vec<StepId>,
}

/// A step that is to run or runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct UnderWay {
    /// The joins that wait for it.
    pub(super) awaited: Awaiting,
    /// Whether its branch was dropped while it ran.
    pub(super) is_dropped: bool,
}

/// A step's id is a hash.
type ById = BuildHasherDefault<AsItIs>;

#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, id: u64) {
        self.0 = id;
    }
}

impl Tracks {
    /// Whether nobody waits for what is still running.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// So many steps are to run.
    pub(super) fn reserve(&mut self, steps: usize) {
        self.under_way.reserve(steps);
    }

    /// A step is to run.
    pub(super) fn begin(&mut self, course: &Course, joins: &[JoinInfo]) {
        self.step_begins(&course.awaited, joins);
        let begun = UnderWay {
            awaited: course.awaited.clone(),
            is_dropped: false,
        };
        self.under_way.insert(course.id, begun);
    }

    /// A step has run; `None` if that was known before.
    pub(super) fn end_step(&mut self, step: StepId) -> Option<UnderWay> {
        self.under_way.remove(&step)
    }

    /// Lets a step run that was kept.
    pub(super) fn run(&mut self, floe: Floe<Key>, held: &mut dyn Payloads) {
        self.begin(&floe.course, held.joins());
        held.run(floe);
    }

    /// Takes an input of a join, which makes a step of all if it is full.
    pub(super) fn arrive(
        &mut self,
        floe: Floe<Key>,
        (join, slot): (u32, u32),
        held: &mut dyn Payloads,
    ) {
        let awaited = floe.course.awaited_by(join, slot, held.joins());
        let cell = self.cell(awaited, &floe.course);
        if let Some(filled) = cell.arrive(awaited, floe, held) {
            self.go_on(awaited, filled, held);
        }
    }

    /// The items of a map: the first of them begin, and its join is full at once if there are
    /// none.
    pub(super) fn spread(
        &mut self,
        course: Course,
        join: u32,
        items: VecDeque<Key>,
        held: &mut dyn Payloads,
    ) {
        let mut cell = Cell::of_items(course, join, items);
        let (awaited, course) = cell.beginning();
        let refusal = cell.refusal(held.joins());
        let filled = match refusal {
            Some(_) => None,
            None => cell.fill_if_complete(held),
        };
        self.cells.push(cell);
        match (refusal, filled) {
            (Some(error), _) => self.give_up(awaited, &course, error, held),
            (None, Some(filled)) => self.go_on(awaited, filled, held),
            (None, None) => self.begin_items(awaited, held),
        }
    }

    /// A path that came to nothing: the innermost join that bears it goes on without it.
    pub(super) fn lose(
        &mut self,
        course: Course,
        error: Option<NodeError>,
        held: &mut dyn Payloads,
    ) {
        let joins = held.joins();
        let bears = |awaited: &&Awaited| joins[awaited.join as usize].bears_failures();
        let Some(awaited) = course.awaited.iter().rev().find(bears).copied() else {
            self.end(course.envelope, error, held);
            return;
        };
        let its = Dropped {
            join: awaited,
            only_its_slot: true,
        };
        self.drop_branches(its, held);
        let settled = error
            .clone()
            .and_then(|error| held.lost(awaited.join, awaited.slot, error));
        if let Some(step) = settled {
            let at = (awaited.join, awaited.slot);
            self.arrive(Floe { course, step }, at, held);
            return;
        }
        let cell = self.cell(awaited, &course);
        cell.lose(awaited.slot, error);
        if let Some(error) = cell.failure(joins) {
            self.give_up(awaited, &course, error, held);
        }
    }

    /// Without a join that bears it, a failure is the trace's, and drops all that is left.
    pub(super) fn end(
        &mut self,
        envelope: Cover,
        error: Option<NodeError>,
        held: &mut dyn Payloads,
    ) {
        let Some(error) = error else {
            self.ended = Some(envelope);
            return;
        };
        self.failure = Some((envelope, error));
        held.clear();
        for waiting in self.parked.drain(..) {
            held.forget(waiting.key());
        }
    }

    /// How the trace ended, once no step is left: the envelope of a path that came to nothing.
    pub(super) fn finish(self, held: &dyn Payloads) -> Result<Option<Cover>, FlowError> {
        if let Some((envelope, error)) = self.failure {
            return Err(FlowError::of(error, &envelope));
        }
        if let Some(waiting) = self.parked.first() {
            return Err(waiting.left(held.awaits()));
        }
        let mut cells = self.cells.iter();
        match cells.find(|cell| cell.is_waiting(held.joins())) {
            Some(cell) => Err(cell.unjoined(held.joins())),
            None => Ok(self.ended),
        }
    }

    /// A join that can no longer fill is itself a failed branch of the joins around it.
    fn give_up(
        &mut self,
        awaited: Awaited,
        course: &Course,
        error: NodeError,
        held: &mut dyn Payloads,
    ) {
        self.forget(awaited, held);
        let all = Dropped {
            join: awaited,
            only_its_slot: false,
        };
        self.drop_branches(all, held);
        if let Some(course) = course.before(awaited) {
            self.lose(course, Some(error), held);
        }
    }

    fn begin_items(&mut self, awaited: Awaited, held: &mut dyn Payloads) {
        let joins = held.joins();
        let Some(cell) = self.known_cell(awaited) else {
            return;
        };
        if cell.is_empty(joins) {
            let course = cell.beginning().1;
            return self.lose(course, None, held);
        }
        let begun = cell.begin_items(joins);
        if cell.is_over(joins) {
            self.forget(awaited, held);
        }
        for floe in begun {
            self.run(floe, held);
        }
    }

    /// Counts a step that is to run, for the items of maps that it belongs to.
    pub(super) fn step_begins(&mut self, awaited: &Awaiting, joins: &[JoinInfo]) {
        for item in awaited.iter().filter(|awaited| is_item(awaited, joins)) {
            if let Some(cell) = self.known_cell(*item) {
                cell.step_begins(item.slot);
            }
        }
    }

    /// A step that these wait for has run, or was dropped. An item of a map without a step to
    /// run is over: if it came to nothing, its join is told; and the next one begins.
    pub(super) fn step_ended(&mut self, awaited: &Awaiting, held: &mut dyn Payloads) {
        let joins = held.joins();
        let items = awaited.iter().filter(|awaited| is_item(awaited, joins));
        for item in items.rev() {
            let cell = self.known_cell(*item);
            if cell.is_some_and(|cell| cell.step_ends(item.slot)) {
                self.item_ended(*item, held);
            }
        }
    }

    fn item_ended(&mut self, item: Awaited, held: &mut dyn Payloads) {
        let joins = held.joins();
        let inside = Dropped {
            join: item,
            only_its_slot: true,
        };
        let waiting = self.cells.iter();
        let mut waiting = waiting.filter(|cell| cell.belongs_to(&inside) && cell.is_waiting(joins));
        let error = waiting.next().map(|cell| cell.unjoined(joins));
        let error = error.as_ref().map(NodeError::from);
        self.drop_cells(|cell| cell.belongs_to(&inside), held);
        let told = error.is_some();
        let missed = self.known_cell(item);
        let missed = missed.filter(|cell| told || cell.misses(item.slot, joins));
        if let Some(course) = missed.map(|cell| cell.item(item.slot)) {
            self.lose(course, error, held);
        }
        self.begin_items(item, held);
    }

    fn cell(&mut self, awaited: Awaited, course: &Course) -> &mut Cell {
        let known = self.cells.iter().position(|cell| cell.is_for(awaited));
        let place = known.unwrap_or_else(|| {
            self.cells.push(Cell::new(awaited, course));
            self.cells.len() - 1
        });
        &mut self.cells[place]
    }

    fn known_cell(&mut self, awaited: Awaited) -> Option<&mut Cell> {
        self.cells.iter_mut().find(|cell| cell.is_for(awaited))
    }

    /// Goes on behind a full join, or behind an item that goes on by itself. A join that can do
    /// without branches drops those that it did not wait for; a `join` has them all, and they may
    /// lead elsewhere, too.
    fn go_on(&mut self, awaited: Awaited, filled: Floe<Key>, held: &mut dyn Payloads) {
        let join = &held.joins()[awaited.join as usize];
        if join.kind != JoinKind::Each {
            self.forget(awaited, held);
        }
        if join.bears_failures() {
            let all = Dropped {
                join: awaited,
                only_its_slot: false,
            };
            self.drop_branches(all, held);
        }
        self.run(filled, held);
    }

    /// Before its branches are dropped, so that it does not miss them.
    fn forget(&mut self, awaited: Awaited, held: &mut dyn Payloads) {
        self.drop_cells(|cell| cell.is_for(awaited), held);
    }

    fn drop_cells(&mut self, is_gone: impl Fn(&Cell) -> bool, held: &mut dyn Payloads) {
        for cell in self.cells.extract_if(.., |cell| is_gone(cell)) {
            cell.keys().for_each(|key| held.forget(key));
        }
    }

    fn drop_branches(&mut self, dropped: Dropped, held: &mut dyn Payloads) {
        self.drop_cells(|cell| cell.belongs_to(&dropped), held);
        for (id, step) in &mut self.under_way {
            if !step.is_dropped && dropped.holds(&step.awaited) {
                step.is_dropped = true;
                self.dropped.push(*id);
            }
        }
        let mut gone = held.drop_steps(&dropped);
        for course in &gone {
            self.under_way.remove(&course.id);
        }
        let is_dropped = |waiting: &mut Waiting| dropped.holds(&waiting.course().awaited);
        for waiting in self.parked.extract_if(.., is_dropped) {
            held.forget(waiting.key());
            gone.push(waiting.into_course());
        }
        for course in gone {
            self.step_ended(&course.awaited, held);
        }
    }
}

/// Whether a join waits for an item of a map.
fn is_item(awaited: &Awaited, joins: &[JoinInfo]) -> bool {
    joins[awaited.join as usize].items_at_once.is_some()
}
