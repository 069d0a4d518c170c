//! Streaming: chunks that nodes send while they run, beside the outputs of their trace.

mod elsewhere;
mod ends;
mod idle;
mod kinds;
mod order;
mod others;
mod room;

use std::fmt::Debug;

use futures_util::StreamExt;
use penguiflow::Trace;
use penguiflow::prelude::*;

type Items<Out> = Vec<Result<TraceItem<Out>, FlowError>>;

/// The next item of a trace, as a chunk.
async fn chunk<Out: Debug>(trace: &mut Trace<'_, Out>) -> Result<Chunk, FlowError> {
    match trace.next().await.expect("one more item")? {
        TraceItem::Chunk(chunk) => Ok(chunk),
        other => panic!("{other:?} is no chunk"),
    }
}

/// Items as short lines: `node#attempt/stream 0: text`, with a `.` after the last chunk of a
/// stream; outputs as `= payload`, errors as `! kind`.
fn lines<Out: Debug>(items: &Items<Out>) -> Vec<String> {
    items.iter().map(line).collect()
}

fn line<Out: Debug>(item: &Result<TraceItem<Out>, FlowError>) -> String {
    match item {
        Ok(TraceItem::Chunk(chunk)) => {
            let end = if chunk.is_last { "." } else { "" };
            let from = format!("{}#{}/{}", chunk.node, chunk.attempt, chunk.stream);
            format!("{from} {}: {}{end}", chunk.seq, chunk.text)
        }
        Ok(TraceItem::Output(message)) => format!("= {:?}", message.payload),
        Ok(other) => panic!("{other:?}"),
        Err(error) => format!("! {:?}", error.kind()),
    }
}

/// Runs a message to its end, reading all the while.
async fn read<F, S>(flow: &Flow<F, S>, input: F::In) -> Vec<String>
where
    F: penguiflow::host::Line<S>,
    F::Out: Debug,
    S: Send + Sync,
{
    lines(&flow.trace(input).collect().await)
}
