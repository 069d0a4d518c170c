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
pub use expected_outcome::{Attempt, Failure, Fate, Fates, Output};
use step_id::Step;

use crate::generator::{Dice, Joining, Plan};
use crate::load::{Load, Mood};

/// The most attempts that a foretold message takes, whatever it meets.
pub const MOST_ATTEMPTS: usize = 300;
/// The most ways in which it may come out.
const MOST_FATES: usize = 500;

/// What is known of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
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
    fn in_branches<T>(&mut self, joining: Joining, walk: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.is_borne;
        self.is_borne |= joining.drops();
        let walked = walk(self);
        self.is_borne = before;
        walked
    }

    fn chains(&mut self, token: &Token) -> Vec<Event> {
        match self.plan.tree() {
            [] => self.web(token),
            chains => self.branches(chains, token).into_iter().flatten().collect(),
        }
    }
}

/// What may become of this load in this flow; `None` if it takes too long. Open, if it may end in
/// more ways than are worth working out.
pub fn foretell(plan: &Plan, load: &Load, hops: Hops, pace: Pace) -> Option<Fates> {
    let mut fates = Fates::default();
    let mut choices = Choices::default();
    for _ in 0..MOST_FATES {
        let attempts = 0;
        let mut walk = Walk {
            plan,
            hops,
            choices,
            attempts,
            is_borne: false,
        };
        let mut token = Token::new(load, pace);
        token.step = Step::root(walk.entries(&token));
        let events = walk.chains(&token);
        if walk.is_too_long() {
            return None;
        }
        fates.add(Fate::of(events));
        choices = walk.choices;
        if !choices.turn() {
            return Some(fates);
        }
    }
    Some(fates.open())
}

/// A random load, and what may become of it.
pub fn throw(dice: &mut Dice, plan: &Plan, hops: Hops, pace: Pace) -> (Load, Fates) {
    let mut open = None;
    for tries in 0..100 {
        let load = match tries {
            0..4 => Load::thrown(dice),
            _ => Load::new(dice.bits(), Mood::Brief),
        };
        match foretell(plan, &load, hops, pace) {
            Some(fates) if fates.are_open() => open = Some((load, fates)),
            Some(fates) => return (load, fates),
            None => {}
        }
    }
    open.expect("some load is soon done in this flow")
}
