//! How a flow is run: awaited, or streamed.

use futures_util::FutureExt;
use harness::{Figure, Prompt, Question, Sample};
use penguiflow::host::Line;
use penguiflow::{AnyFlow, Flow};

/// One message at a time, each made of its number.
pub(crate) async fn awaited<F: AnyFlow>(sample: Sample, flow: F, make: fn(u64) -> F::In) -> Figure {
    let flow = &flow;
    // As the yardsticks are called: no future around the call holds the input once more.
    let call = |input| flow.run(input).map(|ended| ended.expect("no node fails"));
    sample.awaited(make, call).await
}

/// A task emits, another one fetches; the capacity bounds the traces in flight.
pub(crate) async fn streamed<F>(sample: Sample, flow: Flow<F>, in_flight: usize) -> Figure
where
    F: Line<(), In = Question, Out = Prompt>,
{
    let flow = &flow.capacity(in_flight);
    let take = |count| async move {
        let (sea, rookery) = flow.start().split();
        tokio::spawn(async move {
            for id in 0..count {
                sea.emit(Question::new(id)).await.expect("it is open");
            }
        });
        let mut out = 0;
        while let Some(prompt) = rookery.fetch().await {
            prompt.expect("no node fails");
            out += 1;
        }
        out
    };
    sample.streamed(take).await
}
