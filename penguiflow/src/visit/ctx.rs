//! The context: a node's view of the visit that it runs in.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::flow_context::FlowContext;
use super::link::Link;
use super::send_chunk::SendChunk;
use crate::limits::Made;
use crate::message::{Envelope, Headers, Spent, StepId, TraceId};

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
pub struct Ctx(Arc<AttemptFacts>);

/// The parts of an attempt that its contexts know.
#[derive(Debug)]
pub(super) struct AttemptFacts {
    pub(super) envelope: Envelope,
    pub(super) step: StepId,
    pub(super) node: u32,
    pub(super) number: u32,
    pub(super) flow: Arc<FlowContext>,
    pub(super) link: Arc<Link>,
    /// The tokens that the trace had spent before.
    pub(super) spent: u64,
    /// When it ends at the latest by the node's policy.
    pub(super) until: Option<Instant>,
    /// Flow values that are made later are its own.
    pub(super) began: Made,
    /// Whether a host keeps the trace.
    pub(super) is_kept: bool,
}

impl AttemptFacts {
    fn end(&self) -> Option<Instant> {
        self.flow.end(self.until, self.envelope.deadline())
    }
}

impl Ctx {
    pub(super) fn of(attempt: AttemptFacts) -> Self {
        Self(Arc::new(attempt))
    }

    /// The trace that this visit is part of.
    pub fn trace_id(&self) -> TraceId {
        self.0.envelope.trace_id
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        self.0.envelope.headers()
    }

    /// The number of this attempt: 0 for the first one, 1 for its first retry.
    pub fn attempt(&self) -> u32 {
        self.0.number
    }

    /// The time left until this attempt is cut, zero once it is: until the message's deadline or
    /// the end of the node's timeout, whichever is nearer. `None` if it has neither.
    ///
    /// In a flow that a visit runs, a playbook or by `call`, the timeouts of the visits around it
    /// count, too.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use std::time::Duration;
    ///
    /// #[node(timeout = "2s")]
    /// async fn seconds(_: (), ctx: Ctx) -> u64 {
    ///     ctx.remaining().map_or(0, |left| left.as_millis().div_ceil(1000) as u64)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// assert_eq!(flow! { seconds }.run(()).await?, 2);
    /// let message = Message::new(()).deadline_in(Duration::from_secs(1));
    /// assert_eq!(flow! { seconds }.run(message).await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn remaining(&self) -> Option<Duration> {
        Some(self.0.end()?.saturating_duration_since(Instant::now()))
    }

    /// Whether the attempt was dropped before it ended: it took longer than its timeout, or
    /// its trace was cancelled or cut by the deadline. A node need not ask: it is dropped
    /// too; work that it handed to a thread or a task should.
    pub fn is_cancelled(&self) -> bool {
        self.0.link.is_cancelled()
    }

    /// A piece of text for the reader of the trace, sent when it is awaited.
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
    ///         TraceItem::Chunk(chunk) if chunk.stream.is_empty() => said += &chunk.text,
    ///         TraceItem::Chunk(chunk) => assert_eq!(chunk.stream, "thinking"),
    ///         TraceItem::Output(words) => assert_eq!(words.payload, 2),
    ///         _ => {}
    ///     }
    /// }
    /// assert_eq!(said, "not to be");
    /// # Ok(())
    /// # }
    /// ```
    pub fn chunk(&self, text: impl Into<String>) -> SendChunk {
        let link = &self.0.link;
        SendChunk::new(link.streams(), link.silence(), text)
    }

    /// A piece of JSON for the reader of the trace, of this kind, such as `progress` or `tool_call`. It is
    /// sent when it is awaited, as [`chunk`](Self::chunk) is; where nobody reads, nothing is serialised.
    /// By `ctx.chunk(text).kind(…).json(…)` it has a text, too.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct ToolCall {
    ///     tool: String,
    ///     arguments: Vec<i64>,
    /// }
    ///
    /// #[node]
    /// async fn work_out(question: String, ctx: Ctx) -> i64 {
    ///     let (tool, arguments) = ("add".to_owned(), vec![1, 2]);
    ///     let call = ToolCall { tool, arguments };
    ///     ctx.chunk_json("tool_call", &call).await;
    ///     ctx.chunk("It is ").await;
    ///     call.arguments.iter().sum()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flow = flow! { work_out };
    /// let mut trace = flow.trace("1 and 2?");
    /// let mut seen = Vec::new();
    /// while let Some(item) = trace.next().await {
    ///     if let TraceItem::Chunk(chunk) = item? {
    ///         match chunk.kind() {
    ///             Some("tool_call") => seen.push(chunk.json::<ToolCall>()?.tool),
    ///             _ => seen.push(chunk.text),
    ///         }
    ///     }
    /// }
    /// assert_eq!(seen, ["add", "It is ", ""]); // the last one ends the stream
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the value cannot be written as JSON, such as a map whose keys are no text.
    pub fn chunk_json(
        &self,
        kind: impl Into<Cow<'static, str>>,
        value: &(impl Serialize + ?Sized),
    ) -> SendChunk {
        self.chunk("").kind(kind).json(value)
    }

    /// Spends tokens of the trace's budget, such as those that a model was paid for. A trace
    /// that has spent more than its budget begins no further visit, and none that has spent
    /// all of it another round of a loop: it ends with the kind `BudgetExhausted`, or in the
    /// fallback of the node that it reaches.
    ///
    /// The budget is set by [`Flow::tokens`](crate::Flow::tokens) or
    /// [`Message::tokens`](crate::Message::tokens). What failed attempts spent counts, too.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn think(rounds: u32, ctx: Ctx) -> ControlFlow<u32, u32> {
    ///     ctx.spend_tokens(300);
    ///     ControlFlow::Continue(rounds + 1)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let flow = flow! { think -> think }.tokens(1000);
    /// let error = flow.run(0).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    /// # }
    /// ```
    pub fn spend_tokens(&self, tokens: u64) {
        self.0.link.spend(tokens);
    }

    /// The rest of the trace's token budget: it counts what this attempt spent, and all attempts
    /// that were over when this one began. `None` if there is no budget.
    pub fn tokens_left(&self) -> Option<u64> {
        let budget = self.0.envelope.tokens().or(self.0.flow.budgets.tokens)?;
        Some(budget.saturating_sub(self.spent().tokens))
    }

    /// What the trace has spent so far: by this attempt, and by all attempts that were over when this
    /// one began.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn ask(question: String, ctx: Ctx) -> String {
    ///     ctx.spend_tokens(120);
    ///     question
    /// }
    ///
    /// #[node]
    /// async fn report(_answer: String, ctx: Ctx) -> u64 {
    ///     ctx.spent().tokens
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// assert_eq!(flow! { ask -> report }.run("Why?").await?, 120);
    /// # Ok(())
    /// # }
    /// ```
    pub fn spent(&self) -> Spent {
        Spent::tokens(self.0.spent.saturating_add(self.0.link.spent()))
    }

    /// A key that is the same for all attempts of this visit, also after the trace was
    /// resumed elsewhere, and different for every other visit: a turn of a loop, a branch.
    pub fn idempotency_key(&self) -> String {
        format!("{}-{}", self.0.envelope.trace_id, self.0.step)
    }

    /// The caller, for a flow that is called here.
    pub(crate) fn caller(&self) -> Caller<'_> {
        let attempt = &*self.0;
        Caller {
            envelope: &attempt.envelope,
            step: attempt.step,
            node: attempt.node,
            flow: &attempt.flow,
            link: &attempt.link,
            spent: attempt.spent,
            end: attempt.end(),
            began: attempt.began,
            may_run_again: attempt.is_kept || attempt.flow.may_run_again,
        }
    }
}

/// The visit that calls a flow.
pub(crate) struct Caller<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) step: StepId,
    pub(crate) node: u32,
    pub(crate) flow: &'a Arc<FlowContext>,
    /// The visit that the tokens are spent for.
    pub(crate) link: &'a Arc<Link>,
    /// The tokens that the trace had spent before.
    pub(crate) spent: u64,
    /// When the visit ends at the latest.
    pub(crate) end: Option<Instant>,
    pub(crate) began: Made,
    pub(crate) may_run_again: bool,
}

impl Caller<'_> {
    /// The node that calls, after the playbooks that it runs in.
    pub(crate) fn name(&self) -> String {
        self.flow.called(self.node as usize)
    }
}
