//! Who follows traces while workers and the engine are killed: the stream of each goes on until the trace is over.

use std::collections::HashMap;

use penguiflow::host::StepId;
use penguiflow::{Chunk, ErrorKind, TraceItem};
use penguiflow_restate::{Error, Trace};
use penguiflow_store_tests::{CANCELLED, message};
use tokio::time::sleep;

use crate::traffic::{PAUSE, Running};

/// Whether the trace of this number is followed.
pub(crate) fn is_followed(number: u64) -> bool {
    number % 4 == 1
}

/// The outputs of a trace that is followed, as they come.
pub(crate) async fn outputs_of(running: &Running, number: u64) -> Vec<u64> {
    let (mut trace, is_seen_whole) = followed(running, number).await;
    let (mut outputs, mut streams) = (Vec::new(), Streams::default());
    while let Some(item) = trace.next().await {
        match item {
            Ok(TraceItem::Chunk(chunk)) => streams.take(&chunk),
            Ok(TraceItem::Output(output)) => outputs.push(output.payload),
            Ok(_) => {}
            Err(Error::Flow(error)) if error.kind() == ErrorKind::Cancelled => {
                return vec![CANCELLED];
            }
            Err(error) => panic!("{number}: {error:#}"),
        }
    }
    if is_seen_whole {
        streams.check(number);
    }
    outputs
}

/// Follows a trace; and whether that is from its begin on. Sent again, it is the same trace.
async fn followed(running: &Running, number: u64) -> (Trace<u64>, bool) {
    let mut is_first = true;
    loop {
        match running.trace(message(number)).await {
            Ok(trace) => return (trace, is_first),
            Err(_) => sleep(PAUSE).await,
        }
        is_first = false;
    }
}

/// The streams of chunks of a trace: the number of the next chunk of each, and how it ended.
#[derive(Default)]
struct Streams(HashMap<(StepId, u32), (u64, bool)>);

impl Streams {
    /// No chunk is lost, and none comes twice. A step that was begun again begins its stream again.
    fn take(&mut self, chunk: &Chunk) {
        let stream = self.0.entry((chunk.step, chunk.attempt)).or_default();
        if chunk.seq == 0 {
            *stream = (0, false);
        }
        assert_eq!((chunk.seq, false), *stream, "{chunk:?}");
        *stream = (chunk.seq + 1, chunk.is_last);
    }

    /// Both nodes that tell something have told it to the end.
    fn check(&self, number: u64) {
        let lengths: Vec<_> = self.0.values().collect();
        assert!(
            self.0.values().all(|(_, is_over)| *is_over),
            "{number}: {lengths:?}"
        );
        let told = self.0.values().any(|(next, _)| *next == 3);
        assert!(
            told,
            "{number}: `report` sends two chunks and the end: {lengths:?}"
        );
    }
}
