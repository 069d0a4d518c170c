use super::{Departure, JoinState};
use crate::error::{ErrorKind, NodeError};
use crate::frontier::cursor::{Cursor, PendingStep};
use crate::frontier::failed_input::FailedInput;
use crate::frontier::join_scope::{JoinScope, ScopeKey};
use crate::frontier::step_joins::StepJoins;
use crate::frontier::step_names::{FlowStepNames, StepNames};
use crate::frontier::step_slab::{StepOps, StepSlab};
use crate::graph::{AwaitInfo, Graph, JoinInfo, JoinKind};
use crate::message::{Message, StepId};

/// A step is a list of numbers, and a join's step has those of all inputs.
struct Numbers(Vec<u32>);

const PARTS: &[&str] = &["a", "b", "c"];

impl StepJoins for Numbers {
    const GRAPH: &'static Graph = &Graph::new("numbers", &[], &[], &[], &[]);
    const AWAITS: &'static [AwaitInfo] = &[];
    const JOINS: &'static [JoinInfo] = &[
        JoinInfo::new("join", JoinKind::Join, PARTS),
        JoinInfo::new("quorum", JoinKind::Quorum(2), PARTS),
        JoinInfo::new("race", JoinKind::Race, &["item"])
            .of_items(2)
            .at_most(3),
    ];

    fn names() -> &'static StepNames {
        static NAMES: FlowStepNames = FlowStepNames::new();
        NAMES.of(Self::GRAPH, Self::JOINS, Self::INPUTS)
    }

    fn number(&self) -> usize {
        usize::MAX
    }

    fn complete(_: u32, inputs: Vec<Self>) -> Self {
        Self(inputs.into_iter().flat_map(|numbers| numbers.0).collect())
    }
}

const SINCE: StepId = StepId::ROOT;

fn cursor(join: u32, input: u32) -> Cursor {
    let (_, mut cursor) = Cursor::start(Message::new(()));
    let since = SINCE;
    cursor.scopes.push(JoinScope { join, since, input });
    cursor.id = SINCE.child(input);
    cursor
}

fn open(join: u32) -> JoinState {
    let key = ScopeKey { join, since: SINCE };
    JoinState::new(key, cursor(join, 0))
}

/// What the join makes of an input, if that was the last one.
fn arrive(state: &mut JoinState, input: u32, slab: &mut StepSlab<Numbers>) -> Option<Vec<u32>> {
    let step = slab.insert(Numbers(vec![input]));
    let cursor = cursor(state.key.join, input);
    let next = state.arrive(input, PendingStep { cursor, step }, slab)?;
    assert_eq!(next.cursor.scopes.iter().count(), 0);
    Some(slab.take(next.step).0)
}

fn failed() -> FailedInput {
    let error = NodeError::at("b", ErrorKind::Failed, "failed");
    FailedInput::at(&cursor(1, 1), error)
}

#[test]
fn a_join_takes_all_inputs_in_their_order() {
    let (mut state, mut slab) = (open(0), StepSlab::new());
    assert_eq!(arrive(&mut state, 2, &mut slab), None);
    assert_eq!(arrive(&mut state, 2, &mut slab), None);
    assert_eq!(arrive(&mut state, 0, &mut slab), None);
    assert_eq!(arrive(&mut state, 1, &mut slab), Some(vec![0, 1, 2]));
    assert!(state.is_complete);
}

#[test]
fn a_quorum_takes_those_that_come_first() {
    let (mut state, mut slab) = (open(1), StepSlab::new());
    assert_eq!(arrive(&mut state, 2, &mut slab), None);
    assert_eq!(arrive(&mut state, 0, &mut slab), Some(vec![2, 0]));
}

#[test]
fn a_join_fails_when_it_cannot_fill_any_more() {
    let (mut state, slab) = (open(1), StepSlab::<Numbers>::new());
    state.lose(0, None);
    assert_eq!(state.failure(slab.joins()), None);
    let failed = failed();
    state.lose(1, Some(failed.clone()));
    assert_eq!(state.failure(slab.joins()), Some(failed));
}

#[test]
fn an_input_that_came_is_not_lost_by_what_follows_it() {
    let (mut state, mut slab) = (open(1), StepSlab::new());
    assert_eq!(arrive(&mut state, 0, &mut slab), None);
    state.lose(0, Some(failed()));
    state.lose(1, Some(failed()));
    assert_eq!(state.failure(slab.joins()), None);
    assert_eq!(arrive(&mut state, 2, &mut slab), Some(vec![0, 2]));
}

#[test]
fn a_join_left_waiting_names_what_is_missing() {
    let (mut state, mut slab) = (open(0), StepSlab::new());
    assert_eq!(state.left_waiting(slab.joins()), None, "nothing came");
    arrive(&mut state, 1, &mut slab);
    let failed = state.left_waiting(slab.joins()).expect("it waits");
    assert_eq!(
        failed.error.message,
        "node `join` was left waiting: nothing came from `a`, `c`"
    );
}

#[test]
fn the_last_step_that_leaves_is_known() {
    let mut state = open(0);
    let steps = [SINCE.child(7), SINCE.child(8)];
    steps.iter().for_each(|step| state.enter(1, *step));
    assert_eq!(state.leave(0, steps[0]), Departure::Stranger);
    assert_eq!(state.leave(1, steps[0]), Departure::OthersLeft);
    assert!(!state.is_deserted());
    assert_eq!(state.leave(1, steps[1]), Departure::InputOver);
    assert!(state.is_deserted());
}

#[test]
fn a_map_refuses_more_items_than_it_takes() {
    let mut slab = StepSlab::new();
    let items = (0..4).map(|n| slab.insert(Numbers(vec![n]))).collect();
    let state = JoinState::of_items(cursor(0, 0), 2, items);
    let refusal = state
        .refusal(slab.joins())
        .map(|refused| refused.error.kind);
    assert_eq!(refusal, Some(ErrorKind::Invalid));
}
