//! Streaming: chunks that nodes send while they run, beside the outputs of their trace.

mod elsewhere;
mod ends;
mod order;
mod others;
mod room;

use std::pin::Pin;

use futures_util::{Stream, StreamExt};
use penguiflow::prelude::*;

type Items<Out> = Vec<Result<Item<Out>, FlowError>>;

/// The next item of a trace, as a chunk.
async fn chunk<Out>(
    trace: &mut (impl Stream<Item = Result<Item<Out>, FlowError>> + Unpin),
) -> Result<Chunk, FlowError>
where
    Out: std::fmt::Debug,
{
    match Pin::new(trace).next().await.expect("one more item")? {
        Item::Chunk(chunk) => Ok(chunk),
        other => panic!("{other:?} is no chunk"),
    }
}

/// Items as short lines: `node#attempt/stream 0: text`, with a `.` behind the last chunk of a
/// stream; outputs as `= payload`, errors as `! kind`.
fn lines<Out: std::fmt::Debug>(items: &Items<Out>) -> Vec<String> {
    items.iter().map(line).collect()
}

fn line<Out: std::fmt::Debug>(item: &Result<Item<Out>, FlowError>) -> String {
    match item {
        Ok(Item::Chunk(chunk)) => {
            let end = if chunk.is_last { "." } else { "" };
            let from = format!("{}#{}/{}", chunk.node, chunk.attempt, chunk.stream);
            format!("{from} {}: {}{end}", chunk.seq, chunk.text)
        }
        Ok(Item::Output(message)) => format!("= {:?}", message.payload),
        Ok(other) => panic!("{other:?}"),
        Err(error) => format!("! {:?}", error.kind()),
    }
}

/// Runs a message to its end, reading all the while.
async fn read<F, S>(flow: &Flow<F, S>, input: F::In) -> Vec<String>
where
    F: penguiflow::host::Advance<S>,
    F::Out: std::fmt::Debug,
    S: Send + Sync,
{
    lines(&flow.trace(input).collect().await)
}
