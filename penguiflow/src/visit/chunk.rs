//! Chunks: what a node sends to the reader of its trace while it runs. Sending them is in `send_chunk`,
//! their way to the reader in `streams`.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::message::{StepId, TraceId};

/// A piece of text, or of JSON, that a node sent by [`Ctx::chunk`](crate::Ctx::chunk) or
/// [`Ctx::chunk_json`](crate::Ctx::chunk_json) while it ran.
///
/// The chunks of one stream have the same `step`, `attempt` and `stream`. They come in the order in
/// which they were sent, and exactly one of them, the final one, `is_last`: its `end` reports
/// whether what the stream brought counts. Only where a node ends a stream itself and fails
/// afterwards is there one more, empty and last, which takes that end back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Chunk {
    /// The trace that it is part of.
    pub trace_id: TraceId,
    /// The node that sent it, after the playbooks that it runs in: `generate`, or
    /// `Support/generate`.
    pub node: String,
    /// The visit that sent it: each visit of a node is another step.
    pub step: StepId,
    /// The number of the attempt: 0 for the first one, 1 for its first retry.
    pub attempt: u32,
    /// The name of the stream; empty for the one that has no name.
    pub stream: String,
    /// The number of the chunk in its stream, counted from 0.
    pub seq: u64,
    /// The piece of text. Empty where the engine ended the stream.
    pub text: String,
    /// What it is, in the node's own words, such as `progress` or `tool_call`; none unless the node
    /// says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Cow<'static, str>>,
    /// The JSON that it carries, if it does. [`json`](Self::json) reads it as a type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Whether its stream ends here.
    pub is_last: bool,
    /// How its stream ended, if it ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<StreamEnd>,
}

impl Chunk {
    /// What all chunks of an attempt have in common.
    pub(super) fn blank(trace_id: TraceId, node: String, step: StepId, attempt: u32) -> Self {
        Self {
            trace_id,
            node,
            step,
            attempt,
            stream: String::new(),
            seq: 0,
            text: String::new(),
            kind: None,
            data: None,
            is_last: false,
            end: None,
        }
    }

    /// What it is, such as `progress` or `tool_call`, for a `match`.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// The JSON that it carries, as a `T`. That of a chunk without any is `null`.
    ///
    /// # Errors
    ///
    /// That of serde, if it is no `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(self.data.as_ref().unwrap_or(&Value::Null))
    }
}

/// How a stream of chunks ended: [`Chunk::end`].
///
/// It is the end of one attempt of one visit. That the attempt succeeded does not mean that its
/// branch or its playbook will.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node(retries = 1, backoff = "1ms")]
/// async fn answer(_: (), ctx: Ctx) -> Result<usize, &'static str> {
///     ctx.chunk("To be or").await;
///     if ctx.attempt() == 0 {
///         return Err("the connection was lost");
///     }
///     ctx.chunk(" not to be").await;
///     Ok(2)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let flow = flow! { answer };
/// let mut trace = flow.trace(());
/// let mut said = String::new();
/// while let Some(item) = trace.next().await {
///     if let TraceItem::Chunk(chunk) = item? {
///         said += &chunk.text;
///         if let Some(StreamEnd::Failed | StreamEnd::Dropped) = chunk.end {
///             said.clear(); // another attempt begins anew
///         }
///     }
/// }
/// assert_eq!(said, "To be or not to be");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StreamEnd {
    /// The attempt succeeded, or the node ended the stream itself: it is whole.
    Complete,
    /// The attempt failed, panicked, or was cut by its timeout or the deadline: what the stream
    /// brought is void. Another attempt, or a fallback, may follow.
    Failed,
    /// The attempt was dropped, since nobody waits for it any more: its branch lost a race, its
    /// trace failed elsewhere or was cancelled.
    Dropped,
}
