//! A message's way through a flow, step by step: its course. Plain data, without clock or task.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::awaiting::{Awaited, Awaiting};
use super::outcome::Branches;
use crate::cover::Cover;
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::{JoinInfo, Meeting};
use crate::message::Message;
use crate::runtime::Budgets;

/// The identity of a step within its trace: the hash of its parent's and of its place
/// among its parent's emits. The same on every attempt, host and machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(u64);

impl StepId {
    pub(super) const ROOT: Self = Self(0x9e37_79b9_7f4a_7c15);

    /// The id of the step that this one emits at `place`: one round of SplitMix64
    /// (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    #[inline]
    pub(super) fn child(self, place: u32) -> Self {
        let mut bits = self
            .0
            .wrapping_add(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(u64::from(place) + 1));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(bits ^ (bits >> 31))
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Where a message is on its journey: its envelope, the step that it comes to, and how
/// often it has gone round a loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    pub(crate) envelope: Cover,
    pub(crate) id: StepId,
    pub(crate) hops: u32,
    /// How many tokens its trace has spent, as far as was known when the step began.
    pub(crate) spent: u64,
    /// The joins that wait for it, the last one first to be met.
    pub(crate) awaited: Awaiting,
}

/// A message on its way to a node: the step to run, and its course.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Floe<Step> {
    #[doc(hidden)]
    pub course: Course,
    /// The node to run, with its input.
    pub step: Step,
}

impl Course {
    /// Whether a join waits for it that can do without it.
    pub(super) fn may_be_dropped(&self, joins: &[JoinInfo]) -> bool {
        self.awaited
            .iter()
            .any(|awaited| joins[awaited.join as usize].bears_failures())
    }

    /// The join that this message is awaited by, at this input, or as the item that it is; its
    /// own, if it set out before any join began to wait.
    pub(super) fn awaited_by(&self, join: u32, slot: u32, joins: &[JoinInfo]) -> Awaited {
        let mut awaited = self.awaited.iter().rev();
        match awaited.find(|awaited| awaited.join == join) {
            Some(item) if joins[join as usize].items_at_once.is_some() => *item,
            Some(Awaited { since, .. }) => Awaited {
                join,
                since: *since,
                slot,
            },
            None => Awaited {
                join,
                since: StepId::ROOT,
                slot,
            },
        }
    }

    /// The course as it was before the join began to wait.
    pub(super) fn before(&self, met: Awaited) -> Option<Self> {
        let awaited = self.awaited.before(met)?;
        Some(Self {
            envelope: self.envelope.clone(),
            awaited,
            ..*self
        })
    }

    /// The course behind a join: it is awaited by those that waited before that join did.
    pub(super) fn behind(mut self, met: Awaited) -> Self {
        if let Some(awaited) = self.awaited.before(met) {
            self.awaited = awaited;
        }
        self.id = met.since.child(u32::MAX - met.join);
        self
    }
}

/// The count of rounds of a message whose budget is used up.
const NO_MORE: u32 = u32::MAX;

/// What the generated `advance` writes down about where a message goes.
#[doc(hidden)]
impl Course {
    /// The course of a message that begins its trace, beside its payload.
    #[inline]
    pub(crate) fn start<T>(message: Message<T>) -> (T, Self) {
        let (payload, envelope) = Cover::of(message);
        (payload, Self::of(envelope))
    }

    #[inline]
    pub(crate) fn of(envelope: Cover) -> Self {
        Self {
            envelope,
            id: StepId::ROOT,
            hops: 0,
            spent: 0,
            awaited: Awaiting::default(),
        }
    }

    /// The course of the so many-th playbook within this step.
    pub(crate) fn inside(&self, call: u32) -> Self {
        Self {
            id: self.id.child(u32::MAX / 2 - call),
            spent: self.spent,
            ..Self::of(self.envelope.clone())
        }
    }

    /// Moves the course out; what stays has no headers.
    pub(super) fn take(&mut self) -> Self {
        Self {
            envelope: self.envelope.take(),
            awaited: std::mem::take(&mut self.awaited),
            ..*self
        }
    }

    /// Whether nothing of its trace has run.
    #[inline]
    pub(super) fn is_at_start(&self) -> bool {
        self.id == StepId::ROOT
    }

    /// How many tokens its trace may spend.
    pub(crate) fn token_budget(&self, budgets: Budgets) -> Option<u64> {
        self.envelope.tokens.or(budgets.tokens)
    }

    /// Whether its message has neither a deadline nor a budget of tokens.
    #[inline]
    pub(crate) fn is_free(&self) -> bool {
        self.envelope.deadline.is_none() && self.envelope.tokens.is_none()
    }

    /// So many tokens more are spent.
    #[inline]
    pub(super) fn spend(&mut self, tokens: u64) {
        self.spent = self.spent.saturating_add(tokens);
    }

    /// Whether a fallback has taken over because a budget was used up.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.hops == NO_MORE
    }

    /// Goes on to the only next step.
    #[inline]
    pub fn follow(&mut self) {
        self.id = self.id.child(0);
    }

    /// Goes on to the only next step, round a loop.
    ///
    /// The original's rules, kept: with a budget of n the loop's body runs at most n times,
    /// and once the tokens are used up there is no further round.
    pub fn go_round(&mut self, budgets: Budgets, node: &'static str) -> Result<(), FlowError> {
        let hops = self.envelope.hops.unwrap_or(budgets.hops);
        if self.hops.saturating_add(1) >= hops {
            let reason = format!(
                "wants another round, but the hop budget of {hops} is used up: raise it with \
                 `.hops(n)` on the flow or the message"
            );
            return Err(self.exhausted(reason, node));
        }
        if let Some(tokens) = self.token_budget(budgets)
            && self.spent >= tokens
        {
            let spent = self.spent;
            let reason = format!(
                "wants another round, but the token budget of {tokens} is used up: {spent} are \
                 spent"
            );
            return Err(self.exhausted(reason, node));
        }
        self.hops += 1;
        self.follow();
        Ok(())
    }

    /// The same, where a node with a fallback stands: that one takes over when a budget is used
    /// up, once.
    pub fn go_round_or_fall_back(
        &mut self,
        budgets: Budgets,
        node: &'static str,
    ) -> Result<Result<(), NodeError>, FlowError> {
        match self.go_round(budgets, node) {
            Err(error) if self.hops < NO_MORE => {
                self.exhaust();
                self.follow();
                Ok(Err(NodeError::from(&error)))
            }
            round => round.map(Ok),
        }
    }

    /// A budget is used up, and a fallback takes over: what follows runs, and goes no round.
    pub(super) fn exhaust(&mut self) {
        self.hops = NO_MORE;
    }

    fn exhausted(&self, reason: String, node: &'static str) -> FlowError {
        FlowError::new(ErrorKind::BudgetExhausted, &self.envelope, reason).at(node, 0)
    }

    /// Lets a join begin to wait.
    pub fn open(&mut self, join: u32, slot: u32) {
        let since = self.id;
        self.awaited.push(Awaited { join, since, slot });
    }

    /// Goes several ways.
    pub fn branches<Step: Meeting, Out>(&mut self) -> Branches<'_, Step, Out> {
        Branches::of(self)
    }
}
