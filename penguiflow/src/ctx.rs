//! What a node can know of the visit that it runs in, as a value of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use crate::message::{Envelope, Headers};
use crate::trace::{SendChunk, StepId, Streams};
use crate::trace_id::TraceId;

/// The context of one attempt. Cheap to clone, and free to outlive the attempt: a task
/// of your own can ask it whether the trace still wants its result.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node(retries = 1, backoff = "1ms")]
/// async fn second_time_lucky(_: (), ctx: Ctx) -> Result<u32, &'static str> {
///     if ctx.attempt() == 0 { Err("not yet") } else { Ok(ctx.attempt()) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// assert_eq!(flow! { second_time_lucky }.run(()).await?, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Ctx(Arc<Attempt>);

#[derive(Debug)]
struct Attempt {
    envelope: Envelope,
    number: u32,
    step: StepId,
    cancelled: Arc<AtomicBool>,
    streams: Option<Arc<Streams>>,
}

impl Ctx {
    pub(crate) fn new(
        envelope: Envelope,
        number: u32,
        step: StepId,
        cancelled: Arc<AtomicBool>,
        streams: Option<Arc<Streams>>,
    ) -> Self {
        Self(Arc::new(Attempt {
            envelope,
            number,
            step,
            cancelled,
            streams,
        }))
    }

    /// The trace that this visit is part of.
    pub fn trace_id(&self) -> TraceId {
        self.0.envelope.trace_id
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        &self.0.envelope.headers
    }

    /// The number of this attempt: 0 for the first one, 1 for its first retry.
    pub fn attempt(&self) -> u32 {
        self.0.number
    }

    /// The time left until the message's deadline, zero once it has passed; `None` if it
    /// has no deadline.
    pub fn remaining(&self) -> Option<Duration> {
        let deadline = self.0.envelope.deadline?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }

    /// Whether the attempt was dropped before it ended: it took longer than its timeout, or
    /// its trace was cancelled or cut by the deadline. A node need not ask, for it is dropped
    /// too; work that it handed to a thread or a task should.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    /// A piece of text for whoever reads the trace, sent when it is awaited.
    ///
    /// Only [`Flow::trace`](crate::Flow::trace) has a reader. At most 16 chunks of a trace
    /// wait for it; then this one waits until one is read, within the node's timeout. Where
    /// nobody reads, or after the attempt has ended, the text is dropped.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn answer(question: String, ctx: Ctx) -> usize {
    ///     ctx.chunk(format!("{question} is")).stream("thinking").await;
    ///     for word in ["not ", "to be"] {
    ///         ctx.chunk(word).await;
    ///     }
    ///     2
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let flow = flow! { answer };
    /// let mut trace = flow.trace("To be".to_owned());
    /// let mut said = String::new();
    /// while let Some(item) = trace.next().await {
    ///     match item? {
    ///         Item::Chunk(chunk) if chunk.stream.is_empty() => said += &chunk.text,
    ///         Item::Chunk(chunk) => assert_eq!(chunk.stream, "thinking"),
    ///         Item::Output(words) => assert_eq!(words.payload, 2),
    ///         _ => {}
    ///     }
    /// }
    /// assert_eq!(said, "not to be");
    /// # Ok(())
    /// # }
    /// ```
    pub fn chunk(&self, text: impl Into<String>) -> SendChunk {
        SendChunk::new(self.0.streams.as_ref(), text)
    }

    /// A key that is the same for all attempts of this visit, also after the trace was
    /// resumed elsewhere, and different for every other visit: a turn of a loop, a branch.
    pub fn idempotency_key(&self) -> String {
        format!("{}-{}", self.0.envelope.trace_id, self.0.step)
    }
}

/// Tells contexts that outlive their visit that it was dropped. Made when first asked for.
#[derive(Debug, Default)]
pub(crate) struct CancelFlag(OnceLock<Arc<AtomicBool>>);

impl CancelFlag {
    pub(crate) fn share(&self) -> Arc<AtomicBool> {
        Arc::clone(self.0.get_or_init(Arc::default))
    }

    pub(crate) fn raise(&self) {
        if let Some(flag) = self.0.get() {
            flag.store(true, Ordering::Release);
        }
    }
}
