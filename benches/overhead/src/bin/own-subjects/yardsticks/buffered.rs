//! `buffer_unordered` of the crate `futures`: many at once, in one task.

use futures_util::StreamExt;
use futures_util::stream;
use harness::{AT_ONCE, Docs, Figure, IN_FLIGHT, Question, Sample, Subject, Triaged, Work};

use super::hand::line;
use super::locked;
use crate::nodes;

pub(crate) fn subject() -> Subject {
    Subject::new("buffered", &locked("futures-util"))
        .can(Work::Line, |sample| {
            streamed(sample, IN_FLIGHT, nodes::retrieve)
        })
        .can(Work::Waits, |sample| {
            streamed(sample, sample.count as usize, nodes::retrieve_slowly)
        })
        .can(Work::Memory, memory)
        .can(Work::Map, |sample| map(sample, nodes::item))
        .note(Work::Map, "`buffered`, which keeps the order")
        .can(Work::MapWaits, |sample| map(sample, nodes::item_slowly))
        .can(Work::Cores(2), |sample| {
            streamed(sample, IN_FLIGHT, nodes::retrieve_computing)
        })
}

async fn streamed<F>(
    sample: Sample,
    in_flight: usize,
    retrieve: impl Fn(Triaged) -> F + Copy,
) -> Figure
where
    F: Future<Output = Docs>,
{
    let take = |count| async move {
        let questions = stream::iter((0..count).map(Question::new));
        let prompts = questions.map(move |question| line(question, retrieve));
        prompts.buffer_unordered(in_flight).count().await as u64
    };
    sample.streamed(take).await
}

async fn memory(sample: Sample) -> Figure {
    let start = |count| async move {
        let questions = stream::iter((0..count).map(Question::new));
        let prompts = questions.map(|question| line(question, nodes::retrieve_never));
        let prompts = prompts.buffer_unordered(count as usize);
        tokio::spawn(prompts.count());
    };
    sample.waiting(start).await
}

async fn map<F>(sample: Sample, node: impl Fn(u64) -> F + Copy) -> Figure
where
    F: Future<Output = u64>,
{
    let call = |first| async move {
        let items = stream::iter(nodes::list(first).await);
        items.map(node).buffered(AT_ONCE).collect::<Vec<_>>().await
    };
    sample.awaited(|id| id, call).await
}
