//! Bounded channels, and a task per stage.

use contest::{Contestant, Figure, IN_FLIGHT, Question, Sample, Work, nodes};
use tokio::sync::mpsc::{Receiver, channel};

pub(crate) fn contestant() -> Contestant {
    Contestant::new("channels", env!("CARGO_PKG_VERSION")).can(Work::Line, line)
}

async fn line(sample: Sample) -> Figure {
    sample
        .streamed(|count| async move {
            let (sender, questions) = channel(IN_FLIGHT);
            let triaged = stage(questions, nodes::triage);
            let docs = stage(triaged, nodes::retrieve);
            let mut prompts = stage(docs, nodes::pack);
            tokio::spawn(async move {
                for id in 0..count {
                    if sender.send(Question::new(id)).await.is_err() {
                        return;
                    }
                }
            });
            let mut out = 0;
            while prompts.recv().await.is_some() {
                out += 1;
            }
            out
        })
        .await
}

/// A task that runs `node` on each message, in order.
fn stage<I, O, F>(mut inputs: Receiver<I>, node: fn(I) -> F) -> Receiver<O>
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
