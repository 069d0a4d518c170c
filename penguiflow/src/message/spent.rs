//! What a trace has spent, as its results, its errors and its last event report it.

use serde::{Deserialize, Serialize};

/// What a trace has spent: [`Message::spent`](crate::Message::spent) of a result,
/// [`FlowError::spent`](crate::FlowError::spent) of an error, and
/// [`Ctx::spent`](crate::Ctx::spent) within a node.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn answer(question: String, ctx: Ctx) -> String {
///     ctx.spend_tokens(120);
///     format!("{question} Who knows.")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let answer = flow! { answer }.run_message("Why?").await?;
/// assert_eq!(answer.payload, "Why? Who knows.");
/// assert_eq!(answer.spent.tokens, 120);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spent {
    /// The tokens that its nodes spent by [`Ctx::spend_tokens`](crate::Ctx::spend_tokens), failed
    /// attempts and dropped branches included, in playbooks and called flows, too.
    pub tokens: u64,
}

impl Spent {
    pub(crate) const fn tokens(tokens: u64) -> Self {
        Self { tokens }
    }
}
