//! A flow's outcome, worked out from its plan by walking every way through it, one after the
//! other: no tasks, no engine. Time is a number that each event carries (`event`), and where a
//! flow goes on with what is first, all that may be first are tried (`choices`).

mod choices;
mod event;
mod expected_outcome;
mod graph;
mod join;
mod map;
mod playbook;
mod step_id;
mod tree;
mod value;
mod visit;

use choices::Choices;
use event::{Event, Token};
pub use expected_outcome::{Attempt, ExpectedOutcome, ExpectedOutcomes, Failure, Output};
use step_id::Step;
pub use step_id::child;

use crate::generator::{JoinKind, Plan, Rng};
use crate::load::{Load, Mood};

/// The most attempts that a predicted message takes, whatever it meets.
pub const MOST_ATTEMPTS: usize = 300;
/// The most ways in which it may come out.
const MOST_OUTCOMES: usize = 500;

/// What is known of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// The clock is paused, and nobody else runs: what takes longer comes later.
    Exact,
    /// Anything may be first.
    Any,
}

/// How many rounds of loops there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hops {
    /// As the flow says. Those that it plays have their own.
    Flow(u32),
    /// As the message says, also to flows that are played.
    Message(u32),
}

impl Hops {
    /// A budget of 0 counts as 1.
    fn count(self) -> u32 {
        let (Self::Flow(hops) | Self::Message(hops)) = self;
        hops.max(1)
    }
}

/// What a walk through a flow knows.
struct Walk<'a> {
    plan: &'a Plan,
    hops: Hops,
    timing: Timing,
    choices: Choices,
    /// How many attempts there were so far.
    attempts: usize,
    /// Whether a join around this goes on without it.
    is_borne: bool,
}

impl Walk<'_> {
    fn is_too_long(&self) -> bool {
        self.attempts > MOST_ATTEMPTS
    }

    /// Walks through branches of a join.
    fn in_branches<T>(&mut self, kind: JoinKind, walk: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.is_borne;
        self.is_borne |= kind.drops();
        let walked = walk(self);
        self.is_borne = before;
        walked
    }

    fn chains(&mut self, token: &Token) -> Vec<Event> {
        match self.plan.tree() {
            [] => self.graph(token),
            chains => self.branches(chains, token).into_iter().flatten().collect(),
        }
    }
}

/// What may become of this load in this flow; `None` if it takes too long. Open, if it may end in
/// more ways than are worth working out.
pub fn predict(plan: &Plan, load: &Load, hops: Hops, timing: Timing) -> Option<ExpectedOutcomes> {
    let mut expected = ExpectedOutcomes::default();
    let mut choices = Choices::default();
    for _ in 0..MOST_OUTCOMES {
        let attempts = 0;
        let mut walk = Walk {
            plan,
            hops,
            timing,
            choices,
            attempts,
            is_borne: false,
        };
        let mut token = Token::new(load, timing);
        token.step = Step::root(walk.entries(&token));
        let events = walk.chains(&token);
        if walk.is_too_long() {
            return None;
        }
        expected.add(ExpectedOutcome::of(events));
        choices = walk.choices;
        if !choices.turn() {
            return Some(expected);
        }
    }
    Some(expected.open())
}

/// A random load, and what may become of it.
pub fn random_case(
    rng: &mut Rng,
    plan: &Plan,
    hops: Hops,
    timing: Timing,
) -> (Load, ExpectedOutcomes) {
    let mut open = None;
    for tries in 0..100 {
        let load = match tries {
            0..4 => Load::random(rng),
            _ => Load::new(rng.bits(), Mood::Brief),
        };
        match predict(plan, &load, hops, timing) {
            Some(expected) if expected.are_open() => open = Some((load, expected)),
            Some(expected) => return (load, expected),
            None => {}
        }
    }
    open.expect("some load is soon done in this flow")
}
