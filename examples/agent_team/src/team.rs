//! The flow of the team, and the types that travel in it.

use std::sync::Arc;

use handbook::Index;
use penguiflow::prelude::*;
use penguiflow_llm::Model;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::define::{Define, GlossaryServer};
use crate::specialists::{Research, begin_task, calculate};
use crate::writing::{Round, deliver, gather, keep, plan, tasks};

/// What the planner may hand to: each variant is a specialist, and takes what it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Task {
    /// Looks a question up in the handbook, and sums up what it says.
    Research { question: String },
    /// Calculates a sum such as `3 * 5 + 0.5`.
    Calculate { sum: String },
    /// Defines a term in one sentence.
    Define { term: String },
}

/// What the planner makes of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Plan {
    /// At most eight tasks, none of which needs another one's result.
    pub(crate) tasks: Vec<Task>,
}

/// What the critic may answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Review {
    /// The text answers the question.
    Accept,
    /// The text has to change.
    Revise { remarks: Vec<String> },
}

/// What a specialist has found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Finding {
    pub(crate) task: Task,
    pub(crate) text: String,
}

/// What the writer and the critic hand to each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) question: String,
    pub(crate) findings: Vec<Finding>,
    /// The text, and what the critic still wants to have changed in it.
    pub(crate) text: String,
    pub(crate) remarks: Vec<String>,
    pub(crate) revision: u32,
}

/// The team's answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    pub(crate) text: String,
    pub(crate) findings: Vec<Finding>,
    pub(crate) revisions: u32,
    /// Whether the critic has accepted it; otherwise the rounds were used up.
    pub(crate) is_accepted: bool,
}

/// What the nodes share.
#[derive(Clone, FromRef)]
pub(crate) struct App {
    pub(crate) model: Arc<dyn Model>,
    pub(crate) index: Index,
    pub(crate) glossary: GlossaryServer,
}

flow! {
    /// Answers a question: plans, has specialists work at once, writes, and revises.
    #[flow(hops = 3)]
    pub(crate) struct Team(String) -> Report;

    plan -> [tasks -> [begin_task -> match {
        Task::Research { question } => Research(question),
        Task::Calculate { sum } => calculate(sum),
        Task::Define { term } => Define(term),
    }; 4, max = 8] -> join, _] -> join -> gather;

    gather -> Round else keep;
    Round -> match {
        (Review::Accept, draft) => deliver(draft),
        (Review::Revise { remarks }, draft) => Round(draft.with(remarks)),
    };
}

impl Draft {
    /// The draft with what has to be changed in it.
    pub(crate) fn with(mut self, remarks: Vec<String>) -> Self {
        self.remarks = remarks;
        self.revision += 1;
        self
    }
}
