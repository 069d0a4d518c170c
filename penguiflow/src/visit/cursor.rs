//! The position of one branch of a trace: its step, its rounds, and its envelope if a node changed
//! it.

use std::sync::Arc;

use tokio::task::coop::consume_budget;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::budgets::{NO_MORE, Usage};
use super::trace_context::TraceContext;
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::message::{Envelope, Headers, StepId};
use crate::node::{Node, Visits};
use crate::policy::Policy;

/// Where one branch of a trace is. The code that `flow!` writes moves it from step to step.
#[doc(hidden)]
#[derive(Debug)]
pub struct Cursor<'t> {
    pub(crate) trace: &'t TraceContext<'t>,
    /// Its own envelope, where a node has changed it.
    pub(super) own: Option<Arc<Envelope>>,
    pub(crate) id: StepId,
    pub(super) hops: u32,
    pub(super) is_quiet: bool,
}

/// After how many visits a trace asks whether others are to run.
pub(crate) const VISITS_IN_ONE_GO: u32 = 64;
/// How many visits use up a unit of tokio's budget.
const VISITS_OF_A_UNIT: u32 = 16;
/// How many units a task of tokio may use up in one go.
const BUDGET: u32 = 128;

/// Moving on.
impl<'t> Cursor<'t> {
    /// The only branch of a trace that begins.
    #[inline]
    pub(crate) fn start(trace: &'t TraceContext<'t>) -> Self {
        Self::at(trace, StepId::ROOT, 0)
    }

    /// A branch that is at this step.
    #[inline]
    pub(crate) fn at(trace: &'t TraceContext<'t>, id: StepId, hops: u32) -> Self {
        Self {
            trace,
            own: None,
            id,
            hops,
            is_quiet: trace.is_quiet,
        }
    }

    /// Another branch at the same step.
    #[inline]
    pub fn copy(&self) -> Self {
        Self {
            own: self.own.clone(),
            ..*self
        }
    }

    /// One of several branches that set out from this step.
    #[inline]
    pub fn branch(&self, place: u32) -> Self {
        Self {
            own: self.own.clone(),
            id: self.id.child(place),
            ..*self
        }
    }

    /// Goes on to the only next step.
    #[inline]
    pub fn follow(&mut self) {
        self.step_to(0);
    }

    /// Goes on to the next step that is emitted at this place.
    #[inline]
    pub fn step_to(&mut self, place: u32) {
        self.id = self.id.child(place);
    }

    /// Counts one more round of a loop, which this node begins.
    ///
    /// # Errors
    ///
    /// Of kind `BudgetExhausted`.
    #[inline]
    pub fn go_round(&mut self, node: u32) -> Result<(), FlowError> {
        let hops = self
            .envelope()
            .hops()
            .unwrap_or(self.trace.flow.budgets.hops);
        if self.hops.saturating_add(1) >= hops || self.token_budget().is_some() {
            self.check_budgets(node)?;
        }
        self.hops += 1;
        Ok(())
    }

    /// The same, where a node with a fallback stands: that one takes over when a budget is used
    /// up, once.
    ///
    /// # Errors
    ///
    /// Of kind `BudgetExhausted`, if a fallback has taken over before.
    pub fn go_round_or_fall_back(&mut self, node: u32) -> Result<Result<(), NodeError>, FlowError> {
        match self.go_round(node) {
            Err(error) if !self.is_exhausted() => {
                drop(self.trace.take_failing());
                self.exhaust();
                Ok(Err(NodeError::from(&error)))
            }
            round => round.map(Ok),
        }
    }

    /// Counts visits, none of which may have waited, and returns whether it is time to let others
    /// run. Visits that never wait use up none of tokio's budget by themselves.
    #[inline]
    pub fn has_visited(&self, visits: u32) -> bool {
        self.trace.count_visits(visits) >= VISITS_IN_ONE_GO
    }

    /// Lets others run once tokio's budget is used up: by a unit of it for every 16 of the visits
    /// that were counted, so that there are some 2,048 in one go. Visits stay counted until their
    /// unit is used up, so that other branches of the trace wait, too.
    pub async fn let_others_run(&self) {
        if self.trace.visits() >= BUDGET * VISITS_OF_A_UNIT {
            // The whole budget: to use it up one by one yields once, too.
            yield_now().await;
            self.trace.take_visits(u32::MAX);
        }
        while self.trace.visits() >= VISITS_OF_A_UNIT {
            consume_budget().await;
            self.trace.take_visits(VISITS_OF_A_UNIT);
        }
    }

    #[cold]
    fn check_budgets(&self, node: u32) -> Result<(), FlowError> {
        let used = Usage {
            hops: self.hops,
            tokens: self.trace.spent(),
        };
        let budgets = self.trace.flow.budgets;
        let round = used.check_round(budgets, self.envelope(), self.name(node));
        round.map_err(|error| self.fails(error.after_hops(self.hops)))
    }

    /// A budget is used up, and a fallback takes over: what follows runs, and goes no round.
    pub(crate) fn exhaust(&mut self) {
        self.hops = NO_MORE;
    }

    /// Whether a fallback has taken over because a budget was used up.
    pub(super) fn is_exhausted(&self) -> bool {
        self.hops == NO_MORE
    }

    #[cfg(feature = "durable")]
    pub(crate) fn hops(&self) -> u32 {
        self.hops
    }
}

/// The envelope.
impl Cursor<'_> {
    #[inline]
    pub(crate) fn envelope(&self) -> &Envelope {
        self.own.as_deref().unwrap_or(self.trace.envelope)
    }

    /// A copy of the envelope.
    pub(crate) fn copy_envelope(&self) -> Envelope {
        self.envelope().clone()
    }

    /// Goes on as the message that failed, which may have parted from this branch since.
    #[cold]
    pub(crate) fn set_failed(&mut self, error: &FlowError) {
        self.hops = error.hops();
        if self.envelope() != error.envelope() {
            *self.own_envelope() = error.envelope().clone();
        }
    }

    pub(super) fn own_envelope(&mut self) -> &mut Envelope {
        let trace = self.trace;
        Arc::make_mut(
            self.own
                .get_or_insert_with(|| Arc::new(trace.envelope.clone())),
        )
    }

    /// Takes over what a node made of the envelope: its headers, and its deadline if that is
    /// earlier.
    pub(super) fn set_envelope(&mut self, headers: Headers, deadline: Option<Instant>) {
        let before = self.envelope();
        let deadline = match (before.deadline(), deadline) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        if deadline == before.deadline() && headers == *before.headers() {
            return;
        }
        let own = self.own_envelope();
        own.set_headers(headers);
        own.set_deadline(deadline);
        self.is_quiet &= deadline.is_none();
    }

    /// How many tokens the trace may spend.
    pub(super) fn token_budget(&self) -> Option<u64> {
        self.envelope().tokens().or(self.trace.flow.budgets.tokens)
    }
}

/// Visits.
impl<'t> Cursor<'t> {
    /// Whether a visit of this node is nothing but the node's own future.
    #[inline]
    pub fn is_quiet<N: Node>(&self) -> bool {
        self.is_quiet || N::Visits::ARE_BOUNDED
    }

    /// The policy of a node for the message's tenant, if it was set at run time.
    #[inline]
    pub(super) fn set_policy(&self, node: u32) -> Option<&'t Policy> {
        let policies = self.trace.flow.policies.as_ref()?;
        let tenant = &self.envelope().headers().tenant;
        Some(policies.at_for(node as usize, tenant))
    }

    /// Whether a node may be tried again for the message's tenant.
    pub(crate) fn may_retry(&self, node: u32) -> bool {
        let own = &self.trace.flow.graph.nodes[node as usize].policy;
        self.set_policy(node).unwrap_or(own).retries > 0
    }

    #[inline]
    pub(super) fn is_unwatched(&self) -> bool {
        self.is_quiet
    }

    /// Goes on with what takes over from a node that failed, with the input that was kept.
    ///
    /// # Errors
    ///
    /// The node's, if nothing was kept or nothing can mend it.
    pub fn fall_back<T>(
        &mut self,
        input: Option<T>,
        error: FlowError,
    ) -> Result<(T, NodeError), FlowError> {
        if error.kind() == ErrorKind::BudgetExhausted {
            self.exhaust();
        }
        match input {
            Some(input) if error.may_fall_back() => {
                drop(self.trace.take_failing());
                Ok((input, NodeError::from(&error)))
            }
            _ => Err(error),
        }
    }

    /// Records which node the user's code that comes next is about: it runs outside of nodes, and
    /// may panic.
    #[inline]
    pub fn about(&self, node: u32) {
        self.trace.set_about(node);
    }

    /// The name of a node in the graph, which `#[node(name = "…")]` may have set.
    pub(crate) fn name(&self, node: u32) -> &'static str {
        self.trace.flow.graph.nodes[node as usize].name
    }

    /// The branch fails with this.
    #[cold]
    #[must_use]
    pub fn fails(&self, error: FlowError) -> FlowError {
        self.trace.set_failing(&error);
        error
    }

    pub(crate) fn error(&self, kind: ErrorKind, reason: impl Into<String>) -> FlowError {
        FlowError::new(kind, self.envelope(), reason).after_hops(self.hops)
    }
}
