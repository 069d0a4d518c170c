//! Bounded channels, and a task per stage.

use harness::{Docs, Figure, IN_FLIGHT, Prompt, Question, Sample, Subject, Triaged, Work};
use tokio::sync::mpsc::{Receiver, channel};

use super::locked;
use crate::nodes;

const ONE_AT_A_TIME: &str = "a stage runs one message at a time";

pub(crate) fn subject() -> Subject {
    Subject::new("channels", &locked("tokio"))
        .can(Work::Line, |sample| stream(sample, nodes::retrieve))
        .cannot(Work::Waits, ONE_AT_A_TIME)
        .cannot(Work::Memory, ONE_AT_A_TIME)
        .can(Work::Cores(2), |sample| {
            stream(sample, nodes::retrieve_computing)
        })
}

async fn stream<F>(
    sample: Sample,
    retrieve: impl Fn(Triaged) -> F + Send + Copy + 'static,
) -> Figure
where
    F: Future<Output = Docs> + Send + 'static,
{
    let take = |count| async move {
        let mut prompts = pipeline(count, retrieve);
        let mut out = 0;
        while prompts.recv().await.is_some() {
            out += 1;
        }
        out
    };
    sample.streamed(take).await
}

fn pipeline<F>(count: u64, retrieve: impl Fn(Triaged) -> F + Send + 'static) -> Receiver<Prompt>
where
    F: Future<Output = Docs> + Send + 'static,
{
    let (sender, questions) = channel(IN_FLIGHT);
    tokio::spawn(async move {
        for id in 0..count {
            if sender.send(Question::new(id)).await.is_err() {
                return;
            }
        }
    });
    let triaged = stage(questions, nodes::triage);
    let docs = stage(triaged, retrieve);
    stage(docs, nodes::pack)
}

/// A task that runs `node` on each message.
fn stage<I, O, F>(mut inputs: Receiver<I>, node: impl Fn(I) -> F + Send + 'static) -> Receiver<O>
where
    I: Send + 'static,
    O: Send + 'static,
    F: Future<Output = O> + Send + 'static,
{
    let (sender, outputs) = channel(IN_FLIGHT);
    tokio::spawn(async move {
        while let Some(input) = inputs.recv().await {
            if sender.send(node(input).await).await.is_err() {
                return;
            }
        }
    });
    outputs
}
