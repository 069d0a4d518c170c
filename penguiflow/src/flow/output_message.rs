//! Runs a message for its output's message, which reports what the trace has spent.

use super::{Flow, Run};
use crate::edge::{IntoMessage, SingleOutput};
use crate::graph::Topology;
use crate::message::Message;
use crate::trace::Line;

impl<F: Topology, S> Flow<F, S> {
    /// The same as [`run`](Self::run), but returns the output's message, with what its trace has spent and
    /// how long it took.
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
    /// println!("{} tokens, {:?}: {}", answer.spent.tokens, answer.elapsed, answer.payload);
    /// # assert_eq!(answer.spent.tokens, 120);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `run`.
    pub fn run_message(&self, input: impl IntoMessage<F::In>) -> Run<'_, Message<F::Out>>
    where
        F: Line<S> + SingleOutput,
        S: Send + Sync,
    {
        Self::output_of(self, input.into_message())
    }
}
