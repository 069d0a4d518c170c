//! A trace that was read to its end: its chunks, its outputs and its error.

use crate::error::FlowError;
use crate::message::Message;
use crate::trace::{Trace, TraceItem};
use crate::visit::{Chunk, StreamEnd};

/// What a trace sent: what [`read`] returns.
#[derive(Debug)]
#[non_exhaustive]
pub struct TraceRead<Out> {
    /// All chunks, in the order in which they came.
    pub chunks: Vec<Chunk>,
    /// The outputs.
    pub outputs: Vec<Message<Out>>,
    /// The error that it ended in.
    pub error: Option<FlowError>,
}

/// Reads a trace to its end.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow::testing::read;
///
/// #[node(retries = 1, backoff = "1ms")]
/// async fn answer(question: String, ctx: Ctx) -> Result<usize, std::io::Error> {
///     ctx.chunk(question).await;
///     ctx.chunk(" That is the question.").await;
///     Ok(2)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // The first attempt breaks off its stream.
/// let flow = flow! { answer }.script::<answer>(|node| {
///     node.breaks_after(["To be"], || std::io::Error::other("reset"))
/// });
/// let read = read(flow.trace("To be?".to_owned())).await;
/// assert_eq!(read.pieces("answer"), ["To be", "To be?", " That is the question."]);
/// assert_eq!(read.text("answer"), "To be? That is the question.");
/// assert_eq!(read.outputs[0].payload, 2);
/// # }
/// ```
pub async fn read<Out: Send + 'static>(mut trace: Trace<'_, Out>) -> TraceRead<Out> {
    let mut read = TraceRead {
        chunks: Vec::new(),
        outputs: Vec::new(),
        error: None,
    };
    while let Some(item) = trace.next().await {
        match item {
            Ok(TraceItem::Chunk(chunk)) => read.chunks.push(chunk),
            Ok(TraceItem::Output(output)) => read.outputs.push(output),
            Err(error) => read.error = Some(error),
        }
    }
    read
}

impl<Out> TraceRead<Out> {
    /// The chunks of a node that have a text, whatever became of their streams. A node in a playbook
    /// has the playbook's name before its own: `Support/answer`.
    pub fn pieces(&self, node: &str) -> Vec<&str> {
        let of_node = self.chunks.iter().filter(|chunk| chunk.node == node);
        let texts = of_node.map(|chunk| chunk.text.as_str());
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// The text of a node that counts: of its streams that came to their end, put together.
    pub fn text(&self, node: &str) -> String {
        let of_node = self.chunks.iter().filter(|chunk| chunk.node == node);
        let counts = of_node.filter(|chunk| self.end_of(chunk) == Some(StreamEnd::Complete));
        counts.map(|chunk| chunk.text.as_str()).collect()
    }

    /// How the stream of a chunk ended: as its last chunk says.
    fn end_of(&self, chunk: &Chunk) -> Option<StreamEnd> {
        let stream = |chunk: &Chunk| (chunk.step, chunk.attempt, chunk.stream.clone());
        let mut same = self
            .chunks
            .iter()
            .filter(|other| stream(other) == stream(chunk));
        same.rfind(|chunk| chunk.end.is_some())?.end
    }
}
