//! Spends the tokens of one call, however it ends: by its answer, by an error, or as the attempt is
//! dropped.

use penguiflow::Ctx;

use crate::chat::estimated_tokens;
use crate::delta::{Delta, Usage};

/// The tokens of a call, which are spent when it is dropped.
pub(super) struct Charge<'a> {
    ctx: &'a Ctx,
    reported: Option<Usage>,
    /// Whether the model has begun to answer: before that, nothing is known to be paid.
    has_begun: bool,
    estimate: Usage,
}

impl<'a> Charge<'a> {
    pub(super) fn new(ctx: &'a Ctx, input: u64) -> Self {
        let estimate = Usage {
            is_estimated: true,
            ..Usage::new(input, 0)
        };
        Self {
            ctx,
            reported: None,
            has_begun: false,
            estimate,
        }
    }

    pub(super) fn count(&mut self, delta: &Delta) {
        self.has_begun = true;
        match delta {
            Delta::Text(text) | Delta::Thinking(text) | Delta::Refusal(text) => {
                self.estimate.output += estimated_tokens(text);
            }
            Delta::Usage(usage) => self.reported = Some(*usage),
            Delta::Finish(_) => {}
        }
    }

    /// The tokens that the server reported, or else an estimate.
    pub(super) fn usage(&self) -> Usage {
        match self.reported {
            Some(usage) => usage,
            None if self.has_begun => self.estimate,
            None => Usage::default(),
        }
    }
}

impl Drop for Charge<'_> {
    fn drop(&mut self) {
        self.ctx.spend_tokens(self.usage().total());
    }
}
