//! Traces that wait: in a node, emitted or held, and parked.

use harness::{Figure, Prompt, Question, Sample};
use penguiflow::prelude::*;

use crate::nodes::{pack, pack_approved, retrieve, retrieve_never, triage};

flow! {
    struct Never(Question) -> Prompt;

    triage -> retrieve_never -> pack;
}

flow! {
    struct Parked(Question) -> Prompt;

    triage -> retrieve -> await u64 -> pack_approved;
}

pub(crate) async fn emitted(sample: Sample) -> Figure {
    let start = |count| async move {
        let running = Never::flow().capacity(count as usize).start();
        for id in 0..count {
            running.emit(Question::new(id)).await.expect("it is open");
        }
        running
    };
    sample.waiting(start).await
}

pub(crate) async fn held(sample: Sample) -> Figure {
    let flow = Never::flow();
    sample.held(|question| flow.run(question)).await
}

/// A parked trace holds no permit, so the capacity says only how many are on their way there.
pub(crate) async fn parked(sample: Sample) -> Figure {
    let start = |count| async move {
        let running = Parked::flow().capacity(1).start();
        for id in 0..=count {
            running.emit(Question::new(id)).await.expect("it is open");
        }
        running
    };
    sample.grown(start).await
}
