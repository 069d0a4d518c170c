//! The agent's working memory: a question, and the typed history of what was done and found.

use std::fmt;

use penguiflow_llm::Chat;
use serde::{Deserialize, Serialize};

use crate::action::Action;

/// How many steps are remembered in full.
const IN_FULL: usize = 3;

/// How many characters are kept of what an older step found.
const EXCERPT: usize = 120;

const INSTRUCTIONS: &str = "\
You answer a question with tools, one at a time. Search looks into the handbook of PenguiFlow, \
Calculate calculates a sum such as 3 * 5 + 0.5, Fetch reads a page of the web, and Send sends a mail. \
When you know enough, Finish with a short answer. Do not use a tool twice for the same thing.";

/// What travels round the loop. It is plain data, so that it can be stored, shown and compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    pub(crate) question: String,
    pub(crate) steps: Vec<Step>,
}

/// One use of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) action: Action,
    pub(crate) found: Found,
}

/// What a tool has found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Found {
    Passages(Vec<String>),
    Number(f64),
    Page(String),
    Sent,
    Refused(String),
    Failed(String),
}

impl Memory {
    pub(crate) fn of(question: impl Into<String>) -> Self {
        Self {
            question: question.into(),
            steps: Vec::new(),
        }
    }

    /// The memory with one more step.
    pub(crate) fn and(mut self, action: Action, found: Found) -> Self {
        self.steps.push(Step { action, found });
        self
    }

    /// The memory with long texts cut in all steps but the last few.
    pub(crate) fn trimmed(mut self) -> Self {
        let old = self.steps.len().saturating_sub(IN_FULL);
        for step in &mut self.steps[..old] {
            step.found.cut();
        }
        self
    }

    /// What the model is given: each choice as it has made it, and what came of it.
    pub(crate) fn chat(&self) -> Chat {
        let chat = Chat::system(INSTRUCTIONS).user(&self.question);
        self.steps
            .iter()
            .fold(chat, |chat, Step { action, found }| {
                chat.chose(action).found(action.tool(), found)
            })
    }
}

impl Found {
    fn cut(&mut self) {
        match self {
            Self::Passages(passages) => passages.iter_mut().for_each(cut),
            Self::Page(text) => cut(text),
            Self::Number(_) | Self::Sent | Self::Refused(_) | Self::Failed(_) => {}
        }
    }
}

fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(EXCERPT) {
        text.truncate(end);
        text.push('…');
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = (1..).zip(&self.steps);
        steps.try_for_each(|(number, Step { action, found })| {
            writeln!(f, "  {number}. {action}: {found}")
        })
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passages(passages) if passages.is_empty() => f.write_str("nothing"),
            Self::Passages(passages) => write!(f, "{}", passages.join(" / ")),
            Self::Number(number) => write!(f, "{number}"),
            Self::Page(text) => write!(f, "{}", text.trim()),
            Self::Sent => f.write_str("sent"),
            Self::Refused(why) => write!(f, "refused, {why}"),
            Self::Failed(why) => write!(f, "failed, {why}"),
        }
    }
}
