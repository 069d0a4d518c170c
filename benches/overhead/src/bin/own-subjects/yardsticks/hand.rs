//! The functions awaited one after the other: the floor.

use std::ops::ControlFlow;

use harness::{
    Docs, Figure, Prompt, Question, RETRIES, Sample, Subject, TIMEOUT, Triaged, Walk, Work,
};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::locked;
use crate::nodes;
use crate::nodes::persistent;

pub(crate) fn subject() -> Subject {
    Subject::new("hand", &locked("tokio"))
        .can(Work::Request, request)
        .can(Work::Policies, policies)
        .note(
            Work::Policies,
            "a `timeout` around each attempt, in a loop of attempts",
        )
        .can(Work::Broadcast, broadcast)
        .note(Work::Broadcast, "`join!` of eight calls, in one task")
        .can(Work::Rounds, rounds)
        .can(Work::MemoryHeld, memory_held)
        .can(Work::Map, map)
        .note(Work::Map, "one item after the other")
        .can(Work::Nodes(10), nodes_10)
        .can(Work::Nodes(100), nodes_100)
}

/// The line, with this function in the middle.
pub(crate) async fn line<F>(question: Question, retrieve: impl Fn(Triaged) -> F) -> Prompt
where
    F: Future<Output = Docs>,
{
    let triaged = nodes::triage(question).await;
    let docs = retrieve(triaged).await;
    nodes::pack(docs).await
}

async fn request(sample: Sample) -> Figure {
    let call = |question| line(question, nodes::retrieve);
    sample.awaited(Question::new, call).await
}

async fn policies(sample: Sample) -> Figure {
    let call = |question| async {
        let prompt = persistent_line(question).await;
        prompt.expect("nothing takes that long")
    };
    sample.awaited(Question::new, call).await
}

async fn persistent_line(question: Question) -> Result<Prompt, Elapsed> {
    let triaged = persistently(persistent::triage, question).await?;
    let docs = persistently(persistent::retrieve, triaged).await?;
    persistently(persistent::pack, docs).await
}

/// As many attempts as it takes; each but the last is given a copy.
async fn persistently<I: Clone, F: Future>(
    node: impl Fn(I) -> F,
    input: I,
) -> Result<F::Output, Elapsed> {
    for _ in 0..RETRIES {
        if let Ok(output) = timeout(TIMEOUT, node(input.clone())).await {
            return Ok(output);
        }
    }
    timeout(TIMEOUT, node(input)).await
}

async fn broadcast(sample: Sample) -> Figure {
    let call = |question| async {
        let triaged = nodes::triage(question).await;
        let one = || nodes::branch(triaged.clone());
        let branches = tokio::join!(one(), one(), one(), one(), one(), one(), one(), one());
        nodes::sum(branches).await
    };
    sample.awaited(Question::new, call).await
}

async fn rounds(sample: Sample) -> Figure {
    let call = |mut walk| async move {
        loop {
            match nodes::hop(walk).await {
                ControlFlow::Continue(next) => walk = next,
                ControlFlow::Break(end) => return end,
            }
        }
    };
    sample.awaited(Walk::new, call).await
}

async fn memory_held(sample: Sample) -> Figure {
    let call = |question| line(question, nodes::retrieve_never);
    sample.held(call).await
}

async fn map(sample: Sample) -> Figure {
    let call = |first| async move {
        let mut results = Vec::new();
        for item in nodes::list(first).await {
            results.push(nodes::item(item).await);
        }
        results
    };
    sample.awaited(|id| id, call).await
}

/// A line of as many steps as there are points.
macro_rules! steps {
    ($name:ident: $($step:tt)*) => {
        async fn $name(sample: Sample) -> Figure {
            let call = |mut number| async move {
                $( number = steps!(@ $step number); )*
                number
            };
            sample.awaited(|id| id, call).await
        }
    };
    (@ . $number:ident) => { nodes::s00($number).await };
}

steps!(nodes_10: . . . . . . . . . .);
steps!(nodes_100:
    . . . . . . . . . .  . . . . . . . . . .  . . . . . . . . . .  . . . . . . . . . .
    . . . . . . . . . .  . . . . . . . . . .  . . . . . . . . . .  . . . . . . . . . .
    . . . . . . . . . .  . . . . . . . . . .
);
