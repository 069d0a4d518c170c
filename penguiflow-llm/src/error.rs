//! Why a model did not answer, and whether asking again can help.

use std::time::Duration;

use penguiflow::{BoxError, Retryable};
use serde::{Deserialize, Serialize};

/// Why there is no answer. Each kind decides whether a node's `retries` ask again: [`Retryable`].
///
/// It is plain data and has no key in it, so it can be shown, stored and compared.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_llm::prelude::*;
/// use std::sync::Arc;
///
/// #[node(retries = 2, fallback_if = ModelError::is_context_too_long)]
/// async fn answer(chat: &Chat, State(model): State<Arc<dyn Model>>, ctx: Ctx) -> Result<String, ModelError> {
///     model.complete(&ctx, chat).await
/// }
///
/// #[node(retries = 2)]
/// async fn answer_shortened(chat: &Chat, State(model): State<Arc<dyn Model>>, ctx: Ctx) -> Result<String, ModelError> {
///     model.complete(&ctx, chat.shortened(1000)).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let model = FakeModel::rule(|request| match request.chat.estimated_tokens() {
///     0..2000 => Reply::text("brief"),
///     _ => Reply::error(ModelError::ContextTooLong { said: "too long".into() }),
/// });
/// let chat = (0..200).fold(Chat::system("Sum up."), |chat, _| chat.user("word ".repeat(20)));
/// let flow = flow! { answer else answer_shortened }.with_state(model.shared());
/// assert_eq!(flow.run(chat).await?, "brief");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, Retryable)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ModelError {
    /// The server takes no more requests for now: 429. It is asked again when it said so, or after
    /// the node's backoff.
    #[error("the server takes no more requests for now (429): {said}")]
    #[after(wait)]
    Throttled {
        /// The wait that the server asks for.
        wait: Option<Duration>,
        /// The server's words.
        said: String,
    },

    /// The server fails or is overloaded: 5xx.
    #[error("the server failed ({status}): {said}")]
    #[after(wait)]
    ServerFailed {
        /// The status of the response.
        status: u16,
        /// The wait that the server asks for.
        wait: Option<Duration>,
        /// The server's words.
        said: String,
    },

    /// The server could not be reached, or the connection was lost.
    #[error("no connection to the server: {said}")]
    #[retry]
    Connection {
        /// What failed.
        said: String,
    },

    /// The server sent nothing for too long.
    #[error("the server sent nothing for {after:?}")]
    #[retry]
    Silent {
        /// The longest silence that it may keep.
        after: Duration,
    },

    /// The answer ended before its end, or cannot be read.
    #[error("the answer is broken: {said}")]
    #[retry]
    Broken {
        /// What is wrong with it.
        said: String,
    },

    /// The server refuses the request: 4xx. Asking again would be refused again.
    #[error("the server refuses the request ({status}): {said}")]
    #[fatal]
    Rejected {
        /// The status of the response.
        status: u16,
        /// The server's words.
        said: String,
    },

    /// The messages are longer than the model can read. A fallback can shorten them:
    /// [`is_context_too_long`](Self::is_context_too_long).
    #[error("the messages are too long for the model: {said}")]
    #[fatal]
    ContextTooLong {
        /// The server's words.
        said: String,
    },

    /// The answer was cut, since it has as many tokens as it may have.
    #[error("the answer was cut at {}", limit_text(*limit, *is_budget))]
    #[fatal]
    CutByLength {
        /// What there is of it.
        text: String,
        /// The most tokens that it was allowed; none if the model has its own limit.
        limit: Option<u64>,
        /// Whether that was all that was left of the trace's token budget.
        is_budget: bool,
    },

    /// The model does not want to answer.
    #[error("the model refuses to answer: {said}")]
    #[fatal]
    Refused {
        /// The model's words.
        said: String,
    },

    /// The server withheld the answer for its content.
    #[error("the server withheld the answer for its content")]
    #[fatal]
    Withheld,

    /// No answer had the shape that was asked for, although the model was shown what is wrong with it.
    #[error("the model gave no answer of the right shape in {tries} tries: {said}")]
    #[fatal]
    WrongShape {
        /// How often it was asked.
        tries: u32,
        /// What is wrong with the last answer.
        said: String,
        /// The last answer.
        text: String,
    },

    /// The trace has no tokens left to ask a model.
    #[error("the trace has no tokens left to ask a model")]
    #[fatal]
    NoTokensLeft,

    /// A fake or recorded model was asked for what it does not have.
    #[error("{said}")]
    #[fatal]
    Unscripted {
        /// What it does not have.
        said: String,
    },

    /// The client cannot be made: an address or a key is missing or cannot be read.
    #[error("the model's client cannot be made: {said}")]
    #[fatal]
    Setup {
        /// What is missing.
        said: String,
    },

    /// Another error of a model that is made of a closure.
    #[error("the model failed: {said}")]
    #[retry]
    Failed {
        /// The error and its causes.
        said: String,
    },
}

impl ModelError {
    /// Whether the messages are too long, for `fallback_if = ModelError::is_context_too_long`.
    pub fn is_context_too_long(&self) -> bool {
        matches!(self, Self::ContextTooLong { .. })
    }

    /// The error with what others said in it changed.
    pub(crate) fn with_texts(mut self, change: impl Fn(String) -> String) -> Self {
        match &mut self {
            Self::Throttled { said, .. }
            | Self::ServerFailed { said, .. }
            | Self::Connection { said }
            | Self::Broken { said }
            | Self::Rejected { said, .. }
            | Self::ContextTooLong { said }
            | Self::Refused { said }
            | Self::Unscripted { said }
            | Self::Setup { said }
            | Self::Failed { said } => *said = change(std::mem::take(said)),
            Self::CutByLength { text, .. } => *text = change(std::mem::take(text)),
            Self::WrongShape { said, text, .. } => {
                *said = change(std::mem::take(said));
                *text = change(std::mem::take(text));
            }
            Self::Silent { .. } | Self::Withheld | Self::NoTokensLeft => {}
        }
        self
    }

    /// The error of a closure: its own `ModelError`, or [`Failed`](Self::Failed) with its text and those of
    /// its causes.
    pub fn of(error: impl Into<BoxError>) -> Self {
        match error.into().downcast::<Self>() {
            Ok(error) => *error,
            Err(error) => Self::Failed {
                said: chain(&*error),
            },
        }
    }
}

/// The text of an error and of its causes, each once.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

fn limit_text(limit: Option<u64>, is_budget: bool) -> String {
    match (limit, is_budget) {
        (None, _) => "the model's own limit of tokens".to_owned(),
        (Some(limit), false) => format!("{limit} tokens"),
        (Some(limit), true) => {
            format!("{limit} tokens, which were all that the trace had left of its budget")
        }
    }
}
