use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::outcome::{StepDone, StepStart};
use super::{Cursor, Emits, FlowStepNames, Frontier, Outcome, PendingStep, StepJoins, StepNames};
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::graph::{AwaitInfo, Given, Graph, JoinInfo, JoinKind, downcast};
use crate::message::Message;

/// `Node(n)` is run; `Part(join, input, n)` comes to a join; `Parked(n)` waits for a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Step {
    Node(u32),
    Part(u32, u32, u32),
    Parked(u32),
}

const JOIN: u32 = 0;
const RACE: u32 = 1;
const ITEMS: u32 = 2;

impl StepJoins for Step {
    const GRAPH: &'static Graph = &Graph::new("traced", &[], &[], &[], &[]);
    const JOINS: &'static [JoinInfo] = &[
        JoinInfo::new("join", JoinKind::Join, &["a", "b"]),
        JoinInfo::new("race", JoinKind::Race, &["a", "b"]),
        JoinInfo::new("join_2", JoinKind::Join, &["item"]).of_items(2),
    ];
    const AWAITS: &'static [AwaitInfo] =
        &[AwaitInfo::of::<u32>("await u32").within(Duration::from_secs(1))];

    fn names() -> &'static StepNames {
        static NAMES: FlowStepNames = FlowStepNames::new();
        NAMES.of(Self::GRAPH, Self::JOINS, Self::INPUTS)
    }

    fn number(&self) -> usize {
        usize::MAX
    }

    fn input(&self) -> Option<(u32, u32)> {
        match self {
            Self::Part(join, input, _) => Some((*join, *input)),
            _ => None,
        }
    }

    fn complete(_: u32, inputs: Vec<Self>) -> Self {
        let numbers = inputs.into_iter().map(|step| match step {
            Self::Node(n) | Self::Part(_, _, n) | Self::Parked(n) => n,
        });
        Self::Node(numbers.sum())
    }

    fn parked(&self) -> Option<u32> {
        matches!(self, Self::Parked(_)).then_some(0)
    }

    fn resume(self, given: Given) -> Result<Self, (Self, Given)> {
        match downcast::<u32>(given) {
            Ok(n) => Ok(Self::Node(n)),
            Err(given) => Err((self, given)),
        }
    }

    fn expire(self, error: NodeError) -> Result<Self, NodeError> {
        match self {
            Self::Parked(0) => Err(error),
            _ => Ok(Self::Node(0)),
        }
    }
}

type Trace = Frontier<Step, u32>;

/// A trace that begins with these branches, which a join waits for.
fn forked(join: u32, branches: &[Step]) -> Trace {
    let (_, mut cursor) = Cursor::start(Message::new(()));
    let outcome = fork(&mut cursor, join, branches);
    Frontier::of(outcome, cursor, Instant::now())
}

fn fork(cursor: &mut Cursor, join: u32, branches: &[Step]) -> Outcome<Step, u32> {
    let mut forked = cursor.branches();
    for (input, step) in (0..).zip(branches) {
        forked.open(join, input);
        forked.to(step.clone());
        forked.close(1);
    }
    forked.outcome()
}

fn map(items: u32) -> Trace {
    let (_, mut cursor) = Cursor::start(Message::new(()));
    let mut branches = cursor.branches();
    let at = branches.cursor();
    branches.spread(at, ITEMS, (0..items).collect(), Step::Node);
    let outcome = branches.outcome();
    Frontier::of(outcome, cursor, Instant::now())
}

/// What a step emits that came to this.
fn came(
    pending: PendingStep<Step>,
    came: Result<Outcome<Step, u32>, FlowError>,
) -> Emits<Step, u32> {
    let (begun, at) = (StepStart::at(&pending.cursor), Instant::now());
    let mut cursor = pending.cursor;
    cursor.follow();
    let done = StepDone {
        begun,
        cursor,
        came,
        at,
    };
    done.emits().expect("a join bears it")
}

fn failed(pending: &PendingStep<Step>) -> FlowError {
    FlowError::new(ErrorKind::Failed, &pending.cursor.envelope, "failed")
}

fn again(frontier: &Trace) -> Trace {
    let text = serde_json::to_string(frontier).expect("plain data");
    serde_json::from_str(&text).expect("it reads what it wrote")
}

/// The step to run with this number.
fn take(frontier: &mut Trace, number: u32) -> PendingStep<Step> {
    let is_it = |(id, step)| (step == Some(&Step::Node(number))).then_some(id);
    let step = frontier.steps().find_map(is_it);
    let taken = step.and_then(|id| frontier.take_step(id));
    taken.expect("a step of this number")
}

fn end_all(frontier: &mut Trace) {
    while let Some(step) = frontier.next_step() {
        let Step::Node(n) = step.step else { continue };
        frontier.absorb(came(step, Ok(Outcome::Output(n))));
    }
}

#[test]
fn what_was_taken_and_not_absorbed_is_run_again() {
    let mut frontier = forked(JOIN, &[Step::Node(1), Step::Node(2)]);
    let (one, _two) = (take(&mut frontier, 1), take(&mut frontier, 2));
    frontier.absorb(came(one, Ok(Outcome::Step(Step::Part(JOIN, 0, 10)))));
    let left = again(&frontier).finish().map_err(|error| error.kind());
    assert_eq!(left, Err(ErrorKind::Unjoined), "a step is left");
    let mut frontier = again(&frontier);
    let two = take(&mut frontier, 2);
    frontier.absorb(came(two, Ok(Outcome::Step(Step::Part(JOIN, 1, 20)))));
    end_all(&mut frontier);
    assert_eq!(frontier.finish().expect("outputs")[0].payload, 30);
}

#[test]
fn a_trace_with_a_step_taken_out_is_not_over() {
    let mut frontier = forked(JOIN, &[Step::Node(1)]);
    let step = frontier.next_step();
    assert!(step.is_some() && frontier.next_step().is_none());
    assert_eq!(frontier.running().count(), 1);
    let error = frontier.finish().expect_err("a step runs");
    assert_eq!(error.kind(), ErrorKind::Unjoined);
}

#[test]
fn what_a_step_emits_counts_once() {
    let mut frontier = forked(JOIN, &[Step::Node(1), Step::Node(2)]);
    let mut copy = again(&frontier);
    let (one, same) = (take(&mut frontier, 1), take(&mut copy, 1));
    for step in [one, same] {
        frontier.absorb(came(step, Ok(Outcome::Step(Step::Part(JOIN, 0, 10)))));
    }
    assert_eq!(frontier.steps().len(), 1, "the other branch");
}

#[test]
fn a_race_drops_the_others_when_it_is_won() {
    let mut frontier = forked(RACE, &[Step::Node(1), Step::Node(2)]);
    let (one, two) = (take(&mut frontier, 1), take(&mut frontier, 2));
    frontier.absorb(came(one, Ok(Outcome::Step(Step::Part(RACE, 0, 10)))));
    assert_eq!(frontier.steps().len(), 1, "what follows the race");
    frontier.absorb(came(two, Ok(Outcome::Step(Step::Part(RACE, 1, 20)))));
    end_all(&mut frontier);
    let outputs = frontier.finish().expect("outputs").into_iter();
    assert_eq!(
        outputs.map(|output| output.payload).collect::<Vec<_>>(),
        [10]
    );
}

#[test]
fn a_join_is_unjoined_when_nothing_can_feed_it_any_more() {
    let mut frontier = forked(JOIN, &[Step::Node(1), Step::Node(2)]);
    let (one, two) = (take(&mut frontier, 1), take(&mut frontier, 2));
    frontier.absorb(came(one, Ok(Outcome::Step(Step::Part(JOIN, 0, 10)))));
    assert!(!frontier.has_failed());
    frontier.absorb(came(two, Ok(Outcome::End)));
    assert!(frontier.has_failed());
    let error = frontier.finish().expect_err("`b` is missing");
    assert_eq!(error.kind(), ErrorKind::Unjoined);
}

#[test]
fn an_output_on_a_branch_ends_its_way_with_nothing() {
    let mut frontier = forked(RACE, &[Step::Node(1), Step::Node(2)]);
    let (one, two) = (take(&mut frontier, 1), take(&mut frontier, 2));
    frontier.absorb(came(one, Ok(Outcome::Output(5))));
    let error = failed(&two);
    frontier.absorb(came(two, Err(error)));
    let error = frontier.finish().expect_err("both are lost");
    assert_eq!(error.kind(), ErrorKind::Failed);
}

#[test]
fn no_more_items_run_than_may_and_a_stored_map_goes_on() {
    let mut frontier = map(5);
    let mut sum = 0;
    while let Some(step) = {
        frontier = again(&frontier);
        frontier.next_step()
    } {
        assert!(frontier.steps().len() <= 1);
        let outcome = match (&step.step, step.cursor.scopes.iter().next()) {
            (Step::Node(n), Some(_)) => Outcome::Step(Step::Part(ITEMS, 0, *n)),
            (Step::Node(n), None) => {
                sum = *n;
                Outcome::Output(*n)
            }
            other => panic!("{other:?} is not run"),
        };
        frontier.absorb(came(step, Ok(outcome)));
    }
    assert_eq!((sum, frontier.finish().expect("outputs").len()), (10, 1));
}

/// A host may run an item before it stores what made room for it, but not before it stores the list.
#[test]
fn the_items_that_a_step_made_room_for_are_known_until_the_next_one() {
    let mut frontier = map(5);
    assert_eq!(frontier.next_items(), []);
    let mut stored = again(&frontier);
    let mut journal = Vec::new();
    let item = |n| Ok(Outcome::Step(Step::Part(ITEMS, 0, n)));
    let mut step = frontier.next_step().expect("the first item");
    for n in 0..5 {
        let emits = came(step, item(n));
        journal.push(emits.clone());
        frontier.absorb(emits);
        let [next] = *frontier.next_items() else {
            break;
        };
        step = frontier.take_step(next).expect("it is to run");
    }
    // The first of the two that were to run at once, and the three that waited.
    assert_eq!(journal.len(), 4);
    // What they came to follows on what was stored before the second of them was to run.
    for emits in journal {
        stored.absorb(emits);
    }
    let stored_again = serde_json::to_string(&stored).expect("plain data");
    assert_eq!(
        stored_again,
        serde_json::to_string(&frontier).expect("plain data")
    );
}

#[tokio::test(start_paused = true)]
async fn a_parked_step_is_resumed_or_expires() {
    for (payload, gives) in [(1, Ok(1)), (0, Err(ErrorKind::TimedOut))] {
        let parked = forked(JOIN, &[Step::Parked(payload)]);
        let mut resumed = again(&parked);
        assert_eq!(resumed.resume(None, "no number"), Err("no number"));
        assert_eq!(resumed.resume(None, 7u32), Ok(()));
        end_all(&mut resumed);
        assert_eq!(resumed.outputs[0].payload, 7);
        let mut expired = again(&parked);
        let at = expired.next_expiry().expect("it waits a second");
        expired.expire(at - Duration::from_millis(1));
        assert_eq!(expired.parked().count(), 1);
        expired.expire(at);
        assert_eq!(expired.next_expiry(), None);
        end_all(&mut expired);
        let outputs = expired.finish().map(|outputs| outputs.len());
        assert_eq!(outputs.map_err(|error| error.kind()), gives);
    }
}

#[test]
fn tokens_of_a_dropped_branch_count() {
    let mut frontier = forked(RACE, &[Step::Node(1), Step::Node(2)]);
    let (one, mut two) = (take(&mut frontier, 1), take(&mut frontier, 2));
    frontier.absorb(came(one, Ok(Outcome::Step(Step::Part(RACE, 0, 10)))));
    let begun = StepStart::at(&two.cursor);
    two.cursor.spent = 9;
    let (cursor, at) = (two.cursor, Instant::now());
    let done = StepDone {
        begun,
        cursor,
        came: Ok(Outcome::End),
        at,
    };
    frontier.absorb(done.emits().expect("emits"));
    let next = frontier.next_step().expect("what follows the race");
    assert_eq!(next.cursor.spent, 9);
}

/// Protects the indexes: an event costs what it ends, not what there is.
#[test]
fn a_large_map_ends_in_time() {
    let mut frontier = map(80_000);
    let begun = std::time::Instant::now();
    while let Some(step) = frontier.next_step() {
        let Step::Node(n) = step.step else { continue };
        let outcome = match step.cursor.scopes.iter().count() {
            0 => Outcome::Output(n),
            _ => Outcome::Step(Step::Part(ITEMS, 0, 1)),
        };
        frontier.absorb(came(step, Ok(outcome)));
    }
    assert_eq!(frontier.finish().expect("outputs")[0].payload, 80_000);
    assert!(begun.elapsed() < Duration::from_secs(10));
}
