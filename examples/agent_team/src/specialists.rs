//! The specialists: each takes its own type of task, and outputs a finding.

use std::sync::Arc;

use handbook::{Hit, Index, calculator};
use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;

use crate::team::{Finding, Task};

/// How many passages are read for a question.
const PASSAGES: usize = 3;

/// What the handbook says about a question.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    question: String,
    hits: Vec<Hit>,
}

flow! {
    /// A specialist that is a flow: it searches, and a model sums up what it finds.
    pub(crate) struct Research(String) -> Finding;

    search -> sum_up;
}

/// Begins a task: what follows is its specialist.
#[node]
pub(crate) async fn begin_task(task: Task) -> Task {
    task
}

#[node(blocking, timeout = "5s")]
pub(crate) fn search(question: String, State(index): State<Index>) -> Sources {
    let hits = index.search(&question, PASSAGES);
    Sources { question, hits }
}

#[node(timeout = "60s", retries = 2)]
pub(crate) async fn sum_up(
    sources: Sources,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<Finding, ModelError> {
    let Sources { question, hits } = sources;
    let chat = hits.iter().fold(
        Chat::system("Sum up in two sentences what these passages say about a question."),
        |chat, hit| chat.user(format!("{}: {}", hit.passage.place(), hit.passage.text)),
    );
    let text = model.complete(&ctx, chat.user(&question)).quiet().await?;
    Ok(Finding {
        task: Task::Research { question },
        text,
    })
}

#[node]
pub(crate) async fn calculate(sum: String) -> Finding {
    let text = match calculator::evaluate(&sum) {
        Ok(number) => format!("{sum} = {number}"),
        Err(error) => format!("{sum} has no result: {error}"),
    };
    Finding {
        task: Task::Calculate { sum },
        text,
    }
}
