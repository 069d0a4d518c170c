//! A whole answer.

use serde::{Deserialize, Serialize};

use crate::delta::{Delta, Finish, Usage};

/// A whole answer of a model: what the closure of a [`ModelFn`](crate::ModelFn) returns.
///
/// ```
/// use penguiflow_llm::{Answer, Finish};
///
/// let answer = Answer::from("42").usage(12, 1).finish(Finish::Stop);
/// assert_eq!(answer.text, "42");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// Why the model does not answer, if it refuses to.
    pub refusal: Option<String>,
    /// The tokens that it took, if the server reports them.
    pub usage: Option<Usage>,
    /// Why it ends, if the server reports it.
    pub finish: Option<Finish>,
}

impl Answer {
    /// No answer: the model refuses, in these words.
    pub fn refused(said: impl Into<String>) -> Self {
        Self {
            refusal: Some(said.into()),
            ..Self::default()
        }
    }

    /// Sets the tokens that it took.
    #[must_use]
    pub fn usage(mut self, input: u64, output: u64) -> Self {
        self.usage = Some(Usage::new(input, output));
        self
    }

    /// Sets why it ends.
    #[must_use]
    pub fn finish(mut self, finish: Finish) -> Self {
        self.finish = Some(finish);
        self
    }

    pub(crate) fn into_deltas(self) -> Vec<Delta> {
        let mut deltas = vec![Delta::Text(self.text)];
        deltas.extend(self.refusal.map(Delta::Refusal));
        deltas.extend(self.usage.map(Delta::Usage));
        deltas.push(Delta::Finish(self.finish.unwrap_or(Finish::Stop)));
        deltas
    }
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

impl From<&str> for Answer {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}
