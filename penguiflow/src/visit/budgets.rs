//! The budgets of a message: rounds of loops, and tokens. The rule is the same for traces in memory
//! and for those that a host keeps.

use crate::error::{ErrorKind, FlowError};
use crate::message::Envelope;

/// The budgets of a trace, unless its message sets them.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Budgets {
    /// Rounds of loops.
    pub(crate) hops: u32,
    pub(crate) tokens: Option<u64>,
}

/// The count of rounds of a message whose budget is used up.
pub(crate) const NO_MORE: u32 = u32::MAX;

/// The rounds and tokens that a message has spent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) hops: u32,
    pub(crate) tokens: u64,
}

impl Usage {
    /// Whether one more round of a loop may begin, which this node leads to.
    ///
    /// The original's rules, kept: with a budget of n the loop's body runs at most n times,
    /// and once the tokens are used up there is no further round.
    ///
    /// # Errors
    ///
    /// Of kind `BudgetExhausted`.
    #[cold]
    pub(crate) fn check_round(
        self,
        budgets: Budgets,
        envelope: &Envelope,
        node: &'static str,
    ) -> Result<(), FlowError> {
        let hops = envelope.hops().unwrap_or(budgets.hops);
        if self.hops.saturating_add(1) >= hops {
            let reason = format!(
                "wants another round, but the hop budget of {hops} is used up: raise it with \
                 `.hops(n)` on the flow or the message"
            );
            return Err(exhausted(reason, envelope, node));
        }
        let spent = self.tokens;
        let tokens = envelope.tokens().or(budgets.tokens);
        match tokens.filter(|budget| spent >= *budget) {
            None => Ok(()),
            Some(budget) => {
                let reason = format!(
                    "wants another round, but the token budget of {budget} is used up: {spent} \
                     are spent"
                );
                Err(exhausted(reason, envelope, node))
            }
        }
    }
}

fn exhausted(reason: String, envelope: &Envelope, node: &'static str) -> FlowError {
    FlowError::new(ErrorKind::BudgetExhausted, envelope, reason).at(node, 0)
}
