//! A reply of a fake model: a text in pieces, or an error, and how it comes.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde::Serialize;

use crate::chat::estimated_tokens;
use crate::delta::{Delta, DeltaStream, Finish, Usage};
use crate::error::ModelError;

/// A reply of a [`FakeModel`](crate::FakeModel). A `&str` and a `String` are one, in one piece.
#[derive(Debug, Clone)]
#[must_use = "a reply is given by a `FakeModel`"]
pub struct Reply {
    content: Content,
    pieces: usize,
    pause: Duration,
    breaks_after: Option<usize>,
    usage: ReportedUsage,
    finish: Finish,
    thoughts: String,
}

#[derive(Debug, Clone)]
enum Content {
    Text(String),
    Refusal(String),
    Error(ModelError),
}

#[derive(Debug, Clone, Copy)]
enum ReportedUsage {
    /// That of the texts' lengths.
    ByLength,
    These(Usage),
    Nothing,
}

impl Reply {
    fn of(content: Content) -> Self {
        Self {
            content,
            pieces: 1,
            pause: Duration::ZERO,
            breaks_after: None,
            usage: ReportedUsage::ByLength,
            finish: Finish::Stop,
            thoughts: String::new(),
        }
    }

    /// Answers with a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Content::Text(text.into()))
    }

    /// Answers with a value, as JSON.
    ///
    /// # Panics
    ///
    /// If the value cannot be written as JSON, such as a map whose keys are no text.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_string(value) {
            Ok(json) => Self::text(json),
            Err(error) => panic!("a reply cannot be written as JSON: {error}"),
        }
    }

    /// Refuses to answer.
    pub fn refusal(said: impl Into<String>) -> Self {
        Self::of(Content::Refusal(said.into()))
    }

    /// Fails before it has answered anything.
    pub fn error(error: ModelError) -> Self {
        Self::of(Content::Error(error))
    }

    /// Sends the text in so many pieces, of about the same length.
    pub fn pieces(mut self, count: usize) -> Self {
        self.pieces = count.max(1);
        self
    }

    /// Waits for so long before each piece.
    pub fn slow(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Breaks after so many pieces, as where the connection is lost.
    pub fn breaks_after(mut self, pieces: usize) -> Self {
        self.breaks_after = Some(pieces);
        self
    }

    /// Thinks before it answers.
    pub fn thinks(mut self, thoughts: impl Into<String>) -> Self {
        self.thoughts = thoughts.into();
        self
    }

    /// Ends for this reason.
    pub fn finish(mut self, finish: Finish) -> Self {
        self.finish = finish;
        self
    }

    /// Takes these tokens. Unless set, it takes one for every four bytes.
    pub fn usage(mut self, input: u64, output: u64) -> Self {
        self.usage = ReportedUsage::These(Usage::new(input, output));
        self
    }

    /// Does not report the tokens that it takes.
    pub fn without_usage(mut self) -> Self {
        self.usage = ReportedUsage::Nothing;
        self
    }

    /// The reply to a request of `input` tokens, whose answer may have `max_tokens`.
    pub(super) fn into_stream(mut self, input: u64, max_tokens: Option<u64>) -> DeltaStream {
        self.cut(max_tokens);
        let pause = self.pause;
        let deltas = stream::iter(self.deltas(input)).then(move |delta| async move {
            let is_piece = matches!(delta, Ok(Delta::Text(_) | Delta::Refusal(_)) | Err(_));
            if is_piece && !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            delta
        });
        Box::pin(deltas)
    }

    /// Cuts a text that has more tokens than it may have, as a server does.
    fn cut(&mut self, max_tokens: Option<u64>) {
        if let (Content::Text(text), Some(most)) = (&mut self.content, max_tokens)
            && estimated_tokens(text) > most
        {
            let end = |at: &usize| estimated_tokens(&text[..*at]) <= most;
            let ends = text.char_indices().map(|(at, _)| at);
            text.truncate(ends.take_while(end).last().unwrap_or(0));
            self.finish = Finish::Length;
        }
    }

    fn deltas(self, input: u64) -> Vec<Result<Delta, ModelError>> {
        let (text, piece): (_, fn(String) -> Delta) = match self.content {
            Content::Error(error) => return vec![Err(error)],
            Content::Refusal(said) => (said, Delta::Refusal),
            Content::Text(text) => (text, Delta::Text),
        };
        let usage = match self.usage {
            ReportedUsage::ByLength => Some(Usage::new(input, estimated_tokens(&text))),
            ReportedUsage::These(usage) => Some(usage),
            ReportedUsage::Nothing => None,
        };
        let thoughts = (!self.thoughts.is_empty()).then_some(Delta::Thinking(self.thoughts));
        let pieces = split(&text, self.pieces).into_iter().map(piece);
        if let Some(count) = self.breaks_after {
            let sent = thoughts.into_iter().chain(pieces.take(count)).map(Ok);
            return sent.chain([Err(broken())]).collect();
        }
        let end = usage.map(Delta::Usage).into_iter();
        let deltas = thoughts.into_iter().chain(pieces).chain(end);
        deltas.chain([Delta::Finish(self.finish)]).map(Ok).collect()
    }
}

fn broken() -> ModelError {
    ModelError::Broken {
        said: "the connection was lost".to_owned(),
    }
}

/// The text in so many pieces; fewer, if it has fewer characters.
fn split(text: &str, count: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let length = chars.len().div_ceil(count).max(1);
    chars
        .chunks(length)
        .map(|piece| piece.iter().collect())
        .collect()
}

impl From<&str> for Reply {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<ModelError> for Reply {
    fn from(error: ModelError) -> Self {
        Self::error(error)
    }
}
