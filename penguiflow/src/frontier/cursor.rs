//! The position of a message in a flow. Plain data, without clock or task.

use serde::{Deserialize, Serialize};

use super::join_scope::{JoinScope, JoinScopes, ScopeKey};
use crate::error::{FlowError, NodeError};
use crate::graph::JoinInfo;
use crate::message::{Envelope, Message, StepId};
use crate::visit::{Budgets, NO_MORE, Usage};

/// The position of a message on its journey: its envelope, the step that it reaches, and how
/// often it has gone round a loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    pub(crate) envelope: Envelope,
    pub(crate) id: StepId,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) hops: u32,
    /// How many attempts of its visit have failed, of which the next one is left to the host.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) attempts: u32,
    /// How many tokens its trace has spent, as far as was known when the step began.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub(crate) spent: u64,
    /// The joins that wait for it, the outermost first.
    #[serde(default, skip_serializing_if = "JoinScopes::is_empty")]
    pub(crate) scopes: JoinScopes,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_nothing(spent: &u64) -> bool {
    *spent == 0
}

/// A message on its way to a node: the step to run, and its cursor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingStep<Step> {
    #[doc(hidden)]
    pub cursor: Cursor,
    /// The node to run, with its input.
    pub step: Step,
}

impl Cursor {
    /// Whether a join that can do without it waits for it.
    pub(crate) fn may_be_dropped(&self, joins: &[JoinInfo]) -> bool {
        self.innermost_tolerant(joins).is_some()
    }

    /// The innermost join that goes on without branches that fail.
    pub(super) fn innermost_tolerant(&self, joins: &[JoinInfo]) -> Option<JoinScope> {
        let tolerates = |scope: &&JoinScope| {
            let join = joins.get(scope.join as usize);
            join.is_some_and(JoinInfo::tolerates_failures)
        };
        self.scopes.iter().rev().find(tolerates).copied()
    }

    /// The scope that this message arrives in at an input of a join, or as the item that it is.
    /// Where the ways parted before the join was opened, it is one for the whole trace.
    pub(super) fn arriving(&self, join: u32, input: u32, joins: &[JoinInfo]) -> JoinScope {
        let mut scopes = self.scopes.iter().rev();
        let (since, input) = match scopes.find(|scope| scope.join == join) {
            Some(item) if joins[join as usize].items_at_once.is_some() => (item.since, item.input),
            Some(scope) => (scope.since, input),
            None => (StepId::ROOT, input),
        };
        JoinScope { join, since, input }
    }

    /// The cursor as it was before the join was opened.
    pub(super) fn outside(&self, key: ScopeKey) -> Option<Self> {
        let scopes = self.scopes.outside(key)?;
        Some(Self {
            envelope: self.envelope.clone(),
            scopes,
            ..*self
        })
    }

    /// The cursor after a join: in the scopes that were open before that join was.
    pub(super) fn behind(mut self, key: ScopeKey) -> Self {
        if let Some(scopes) = self.scopes.outside(key) {
            self.scopes = scopes;
        }
        self.id = key.since.child(u32::MAX - key.join);
        self
    }
}

/// The moves of a cursor, for the generated code.
#[doc(hidden)]
impl Cursor {
    /// The cursor of a message that begins its trace, beside its payload.
    pub(crate) fn start<T>(message: Message<T>) -> (T, Self) {
        let (payload, envelope) = Envelope::of(message);
        let cursor = Self {
            envelope,
            id: StepId::ROOT,
            hops: 0,
            attempts: 0,
            spent: 0,
            scopes: JoinScopes::default(),
        };
        (payload, cursor)
    }

    /// Goes on to the only next step.
    #[inline]
    pub fn follow(&mut self) {
        self.id = self.id.child(0);
    }

    /// Goes on to the only next step, round a loop that this node begins.
    ///
    /// # Errors
    ///
    /// Of kind `BudgetExhausted`.
    pub fn go_round(&mut self, budgets: Budgets, node: &'static str) -> Result<(), FlowError> {
        let used = Usage {
            hops: self.hops,
            tokens: self.spent,
        };
        used.check_round(budgets, &self.envelope, node)?;
        self.hops += 1;
        self.follow();
        Ok(())
    }

    /// The same, where a node with a fallback stands: that one takes over when a budget is used
    /// up, once.
    ///
    /// # Errors
    ///
    /// Of kind `BudgetExhausted`, if a fallback has taken over before.
    pub fn go_round_or_fall_back(
        &mut self,
        budgets: Budgets,
        node: &'static str,
    ) -> Result<Result<(), NodeError>, FlowError> {
        match self.go_round(budgets, node) {
            Err(error) if self.hops < NO_MORE => {
                self.hops = NO_MORE;
                self.follow();
                Ok(Err(NodeError::from(&error)))
            }
            round => round.map(Ok),
        }
    }

    /// Opens a join for the way that follows.
    pub fn open(&mut self, join: u32, input: u32) {
        let since = self.id;
        self.scopes.push(JoinScope { join, since, input });
    }
}
