//! The functions awaited one after the other: the floor.

use std::ops::ControlFlow;

use contest::{
    Contestant, Docs, Figure, Prompt, Question, RETRIES, Sample, TIMEOUT, Walk, Work, nodes,
};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

pub(crate) fn contestant() -> Contestant {
    Contestant::new("hand", env!("CARGO_PKG_VERSION"))
        .can(Work::Request, request)
        .can(Work::Policies, policies)
        .note(
            Work::Policies,
            "a `timeout` around each attempt, and a loop of attempts",
        )
        .can(Work::Broadcast, broadcast)
        .note(Work::Broadcast, "`join!` of eight calls, in one task")
        .can(Work::Rounds, rounds)
        .can(Work::MemoryHeld, memory_held)
        .can(Work::Map, map)
        .note(Work::Map, "one item after the other")
        .can(Work::Nodes(1), nodes_1)
        .can(Work::Nodes(3), nodes_3)
        .can(Work::Nodes(10), nodes_10)
        .can(Work::Nodes(30), nodes_30)
        .can(Work::Nodes(100), nodes_100)
}

/// The line.
pub(crate) async fn answer(question: Question) -> Prompt {
    let triaged = nodes::triage(question).await;
    let docs = nodes::retrieve(triaged).await;
    nodes::pack(docs).await
}

async fn request(sample: Sample) -> Figure {
    sample.awaited(Question::new, answer).await
}

async fn policies(sample: Sample) -> Figure {
    let answer = |question| async move {
        let triaged = persistently(nodes::triage, question).await?;
        let docs: Docs = persistently(nodes::retrieve, triaged).await?;
        persistently(nodes::pack, docs).await
    };
    let call = |question| async { answer(question).await.expect("nothing takes that long") };
    sample.awaited(Question::new, call).await
}

/// As many attempts as it takes.
async fn persistently<I: Clone, O>(node: impl AsyncFn(I) -> O, input: I) -> Result<O, Elapsed> {
    for _ in 0..RETRIES {
        if let Ok(output) = timeout(TIMEOUT, node(input.clone())).await {
            return Ok(output);
        }
    }
    timeout(TIMEOUT, node(input)).await
}

async fn broadcast(sample: Sample) -> Figure {
    sample
        .awaited(Question::new, |question| async move {
            let triaged = nodes::triage(question).await;
            let one = || nodes::branch(triaged.clone());
            let branches = tokio::join!(one(), one(), one(), one(), one(), one(), one(), one());
            nodes::sum(branches.into()).await
        })
        .await
}

async fn rounds(sample: Sample) -> Figure {
    sample
        .awaited(Walk::new, |mut walk| async move {
            loop {
                match nodes::hop(walk).await {
                    ControlFlow::Continue(next) => walk = next,
                    ControlFlow::Break(end) => return end,
                }
            }
        })
        .await
}

async fn memory_held(sample: Sample) -> Figure {
    sample
        .held(|question| async move {
            let triaged = nodes::triage(question).await;
            let docs = nodes::retrieve_never(triaged).await;
            nodes::pack(docs).await
        })
        .await
}

async fn map(sample: Sample) -> Figure {
    sample
        .awaited(
            |id| id,
            |first| async move {
                let mut results = Vec::new();
                for item in nodes::list(first).await {
                    results.push(nodes::item(item).await);
                }
                results
            },
        )
        .await
}

/// A line of as many steps as there are points.
macro_rules! steps {
    ($name:ident: $($step:tt)*) => {
        async fn $name(sample: Sample) -> Figure {
            sample
                .awaited(
                    |id| id,
                    |mut number| async move {
                        $( number = steps!(@ $step number); )*
                        number
                    },
                )
                .await
        }
    };
    (@ . $number:ident) => { nodes::step($number).await };
}

steps!(nodes_1: .);
steps!(nodes_3: . . .);
steps!(nodes_10: . . . . . . . . . .);
steps!(nodes_30: . . . . . . . . . .  . . . . . . . . . .  . . . . . . . . . .);
steps!(nodes_100:
    . . . . . . . . . .  . . . . . . . . . .  . . . . . . . . . .  . . . . . . . . . .
    . . . . . . . . . .  . . . . . . . . . .  . . . . . . . . . .  . . . . . . . . . .
    . . . . . . . . . .  . . . . . . . . . .
);
