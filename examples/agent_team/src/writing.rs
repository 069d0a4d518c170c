//! The planner, the writer and the critic.

use std::sync::Arc;

use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;

use crate::team::{Draft, Finding, Plan, Report, Review, Task};

/// Splits the question into tasks for specialists.
#[node(timeout = "60s", retries = 2)]
pub(crate) async fn plan(
    question: String,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<(String, Plan), ModelError> {
    let chat = Chat::system(
        "You plan. Split a question into tasks: Research looks something up in the handbook of PenguiFlow, \
         Calculate calculates a sum such as 3 * 5 + 0.5, and Define defines a term.",
    );
    let plan = model.ask(&ctx, chat.user(&question)).quiet().await?;
    Ok((question, plan))
}

/// The tasks, which a map hands to their specialists.
#[node]
pub(crate) async fn tasks((_, plan): (String, Plan)) -> Vec<Task> {
    plan.tasks
}

/// Brings the question and the findings together.
#[node]
pub(crate) async fn gather((findings, (question, _)): (Vec<Finding>, (String, Plan))) -> Draft {
    Draft {
        question,
        findings,
        text: String::new(),
        remarks: Vec::new(),
        revision: 0,
    }
}

flow! {
    /// A round of the writer and the critic.
    pub(crate) struct Round(Draft) -> (Review, Draft);

    compose -> criticize;
}

/// Writes the text, or changes it as the critic wants.
#[node(timeout = "60s", retries = 2)]
pub(crate) async fn compose(
    mut draft: Draft,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<Draft, ModelError> {
    let chat =
        Chat::system("You write. Answer a question in a few sentences, from the findings alone.");
    let mut chat = chat.user(&draft.question);
    for finding in &draft.findings {
        chat = chat.user(format!("Finding: {}", finding.text));
    }
    if !draft.remarks.is_empty() {
        let remarks = std::mem::take(&mut draft.remarks).join("; ");
        chat = chat
            .assistant(&draft.text)
            .user(format!("Change this: {remarks}"));
    }
    let stream = format!("draft-{}", draft.revision);
    draft.text = model.complete(&ctx, chat).stream(stream).await?;
    Ok(draft)
}

/// Takes over when the rounds are used up: the text stays as it is.
#[node]
pub(crate) async fn keep(failed: Failed<Draft>) -> Result<Report, NodeError> {
    match failed.error.kind {
        ErrorKind::BudgetExhausted => Ok(Report::of(failed.input)),
        _ => Err(failed.error),
    }
}

/// Says whether the text may go out.
#[node(timeout = "60s", retries = 2)]
pub(crate) async fn criticize(
    draft: Draft,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<(Review, Draft), ModelError> {
    let chat = Chat::system(
        "You criticize. Accept a text that answers the question, or say in a few words what to change.",
    );
    let chat = chat.user(format!("Question: {}", draft.question));
    let chat = chat.user(format!("Text: {}", draft.text));
    let review = model.ask(&ctx, chat).quiet().await?;
    Ok((review, draft))
}

/// Leaves the loop.
#[node]
pub(crate) async fn deliver(draft: Draft) -> Report {
    Report::of(draft)
}

impl Report {
    /// A draft that still has remarks was not accepted.
    fn of(draft: Draft) -> Self {
        Self {
            text: draft.text,
            findings: draft.findings,
            revisions: draft.revision,
            is_accepted: draft.remarks.is_empty(),
        }
    }
}
