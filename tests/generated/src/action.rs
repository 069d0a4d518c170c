//! What a node does with a load: drawn from the load, the node and the attempt alone, so
//! that the nodes and the reference draw the same.

use std::time::Duration;

use crate::generator::{NodeKind, NodeTraits, Rng};
use crate::load::{Load, Mood};

/// What one attempt does, and how long it takes: less than any timeout.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Action {
    pub(crate) effect: Effect,
    pub(crate) time: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The load goes on.
    Pass,
    /// The path ends in `None`.
    End,
    /// The load leaves the flow with `Break`.
    Leave,
    /// An error; `again` says whether trying again can help.
    Fail { again: bool },
    /// A panic.
    Panic,
    /// Nothing, until its timeout.
    Stall,
}

/// How likely something is, in percent.
struct Odds {
    fail: usize,
    stall: usize,
    panic: usize,
    end: usize,
    leave: usize,
}

impl Odds {
    const CALM: Self = Self {
        fail: 0,
        stall: 0,
        panic: 0,
        end: 15,
        leave: 30,
    };

    fn of(mood: Mood) -> Self {
        let calm = Self::CALM;
        match mood {
            Mood::Calm => calm,
            Mood::Flaky => Self {
                fail: 25,
                stall: 20,
                ..calm
            },
            Mood::Stormy => Self {
                fail: 50,
                stall: 40,
                panic: 5,
                ..calm
            },
            Mood::Sparse => Self { end: 70, ..calm },
            Mood::Stubborn => Self {
                end: 0,
                leave: 0,
                ..calm
            },
            Mood::Brief => Self {
                end: 100,
                leave: 100,
                ..calm
            },
        }
    }
}

/// What a node does in this attempt.
pub(crate) fn action_of(kind: NodeKind, node: u16, load: &Load, attempt: u32) -> Action {
    let mut rng = load.rng(&[u64::from(node), u64::from(attempt)]);
    let effect = effect_of(&mut rng, &kind.traits(), &Odds::of(load.mood));
    let time = Duration::from_millis(rng.pick(&[0, 0, 1, 2, 5, 7, 11, 17, 30]));
    Action { effect, time }
}

fn effect_of(rng: &mut Rng, traits: &NodeTraits, odds: &Odds) -> Effect {
    if rng.chance(odds.panic) {
        Effect::Panic
    } else if traits.fails && rng.chance(odds.fail) {
        Effect::Fail {
            again: rng.chance(75),
        }
    } else if traits.timed && rng.chance(odds.stall) {
        Effect::Stall
    } else if traits.ends && rng.chance(odds.end) {
        Effect::End
    } else if traits.leaves && rng.chance(odds.leave) {
        Effect::Leave
    } else {
        Effect::Pass
    }
}
