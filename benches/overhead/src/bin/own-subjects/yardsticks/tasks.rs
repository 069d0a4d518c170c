//! A task per message, a semaphore that bounds them, and a channel for what comes out.

use std::sync::Arc;

use futures_util::future::join_all;
use harness::{
    AT_ONCE, BRANCHES, Docs, Figure, IN_FLIGHT, Prompt, Question, Sample, Subject, Triaged, Work,
};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{Receiver, channel};

use super::hand::line;
use super::locked;
use crate::nodes;

pub(crate) fn subject() -> Subject {
    Subject::new("tasks", &locked("tokio"))
        .can(Work::Line, |sample| {
            stream(sample, IN_FLIGHT, nodes::retrieve)
        })
        .can(Work::Broadcast, broadcast)
        .note(Work::Broadcast, "a task per branch")
        .can(Work::Waits, |sample| {
            stream(sample, sample.count as usize, nodes::retrieve_slowly)
        })
        .can(Work::Memory, memory)
        .can(Work::Map, |sample| map(sample, nodes::item))
        .note(Work::Map, "a task per item, with a semaphore")
        .can(Work::MapWaits, |sample| map(sample, nodes::item_slowly))
        .can(Work::Cores(2), |sample| {
            stream(sample, IN_FLIGHT, nodes::retrieve_computing)
        })
}

async fn stream<F>(
    sample: Sample,
    in_flight: usize,
    retrieve: impl Fn(Triaged) -> F + Send + Sync + Copy + 'static,
) -> Figure
where
    F: Future<Output = Docs> + Send + 'static,
{
    let take = |count| async move {
        let mut prompts = started(count, in_flight, retrieve);
        let mut out = 0;
        while prompts.recv().await.is_some() {
            out += 1;
        }
        out
    };
    sample.streamed(take).await
}

/// The outputs of that many messages, as they come.
fn started<F>(
    count: u64,
    in_flight: usize,
    retrieve: impl Fn(Triaged) -> F + Send + Sync + Copy + 'static,
) -> Receiver<Prompt>
where
    F: Future<Output = Docs> + Send + 'static,
{
    let (sender, prompts) = channel(in_flight);
    let permits = Arc::new(Semaphore::new(in_flight));
    tokio::spawn(async move {
        for id in 0..count {
            let permit = Arc::clone(&permits).acquire_owned().await;
            let sender = sender.clone();
            tokio::spawn(async move {
                let prompt = line(Question::new(id), retrieve).await;
                drop(permit);
                // Whoever does not want it any more has gone.
                let _ = sender.send(prompt).await;
            });
        }
    });
    prompts
}

async fn broadcast(sample: Sample) -> Figure {
    let call = |question| async {
        let triaged = nodes::triage(question).await;
        let branches = [(); BRANCHES].map(|()| tokio::spawn(nodes::branch(triaged.clone())));
        let mut results = [0; BRANCHES];
        for (result, branch) in results.iter_mut().zip(branches) {
            *result = branch.await.expect("no branch panics");
        }
        nodes::sum(results.into()).await
    };
    sample.awaited(Question::new, call).await
}

async fn memory(sample: Sample) -> Figure {
    let start = |count| async move { started(count, count as usize, nodes::retrieve_never) };
    sample.waiting(start).await
}

async fn map<F>(sample: Sample, node: fn(u64) -> F) -> Figure
where
    F: Future<Output = u64> + Send + 'static,
{
    let call = |first| async move {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        let mut tasks = Vec::new();
        for item in nodes::list(first).await {
            let permit = Arc::clone(&permits).acquire_owned().await;
            tasks.push(tokio::spawn(async move {
                let result = node(item).await;
                drop(permit);
                result
            }));
        }
        join_all(tasks).await
    };
    sample.awaited(|id| id, call).await
}
