//! What a node can know of the visit that it runs in, as a value of its own.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use crate::edge::SingleOutput;
use crate::flow::{Flow, Run};
use crate::host::Advance;
use crate::message::Headers;
use crate::runtime::Common;
use crate::trace::{Course, Record, SendChunk, Streams};
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
    course: Course,
    node: usize,
    number: u32,
    common: Common,
    link: Arc<Link>,
    streams: Option<Arc<Streams>>,
    /// How many playbooks were called.
    calls: AtomicU32,
}

impl Ctx {
    pub(crate) fn of(record: &Record<'_>) -> Self {
        Self(Arc::new(Attempt {
            course: record.course.clone(),
            node: record.index,
            number: record.attempt,
            common: record.common.clone(),
            link: record.link(),
            streams: record.streams(),
            calls: AtomicU32::new(0),
        }))
    }

    /// The trace that this visit is part of.
    pub fn trace_id(&self) -> TraceId {
        self.0.course.envelope.trace_id
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        self.0.course.envelope.headers()
    }

    /// The number of this attempt: 0 for the first one, 1 for its first retry.
    pub fn attempt(&self) -> u32 {
        self.0.number
    }

    /// The time left until the message's deadline, zero once it has passed; `None` if it
    /// has no deadline.
    pub fn remaining(&self) -> Option<Duration> {
        let deadline = self.0.course.envelope.deadline?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }

    /// Whether the attempt was dropped before it ended: it took longer than its timeout, or
    /// its trace was cancelled or cut by the deadline. A node need not ask, for it is dropped
    /// too; work that it handed to a thread or a task should.
    pub fn is_cancelled(&self) -> bool {
        self.0.link.cancelled.load(Ordering::Acquire)
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

    /// Spends tokens of the trace's budget, such as those that a model was paid for. A trace
    /// that has spent more than its budget begins no further visit, and none that has spent
    /// all of it another round of a loop: it ends with the kind `BudgetExhausted`, or in the
    /// fallback of the node that it comes to.
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

    /// What is left of the trace's token budget, as far as this visit knows: branches that run
    /// at the same time are counted when they are over. `None` if it has no budget.
    pub fn tokens_left(&self) -> Option<u64> {
        let Attempt {
            course,
            common,
            link,
            ..
        } = &*self.0;
        let budget = course.token_budget(common.budgets)?;
        let spent = link.tokens.load(Ordering::Acquire);
        Some(budget.saturating_sub(course.spent.saturating_add(spent)))
    }

    /// Runs another flow in this visit: a playbook, in the same trace, with the same headers,
    /// deadline and budgets. Its events reach the observers of both flows, its chunks the
    /// reader of this trace, and it stops with this visit.
    ///
    /// A flow with a name can also stand in `flow!` as a node, `triage -> Support -> notify`.
    ///
    /// # Errors
    ///
    /// The error that ended the playbook. Passed on by `?`, it says what failed in which node
    /// of which flow.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn length(text: String) -> usize {
    ///     text.len()
    /// }
    ///
    /// flow! {
    ///     struct Measure(String) -> usize;
    ///
    ///     length;
    /// }
    ///
    /// #[node]
    /// async fn total(texts: Vec<String>, ctx: Ctx) -> Result<usize, FlowError> {
    ///     let measure = Measure::flow();
    ///     let lengths = map_concurrent(texts, |text| ctx.call(&measure, text), 8).await?;
    ///     Ok(lengths.iter().sum())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let texts = vec!["king".to_owned(), "emperor".to_owned()];
    /// assert_eq!(flow! { total }.run(texts).await?, 11);
    /// # Ok(())
    /// # }
    /// ```
    pub fn call<'a, F, S>(&self, flow: &'a Flow<F, S>, payload: F::In) -> Run<'a, F::Out>
    where
        F: Advance<S> + SingleOutput,
        S: Send + Sync,
    {
        let Attempt {
            course,
            common,
            link,
            calls,
            ..
        } = &*self.0;
        let call = calls.fetch_add(1, Ordering::Relaxed);
        let path = format!("{}/{}", common.called(self.0.node), F::GRAPH.name);
        let common = flow.common_in(common, path.into(), Arc::clone(link));
        flow.play(payload, course.inside(call), common)
    }

    /// A key that is the same for all attempts of this visit, also after the trace was
    /// resumed elsewhere, and different for every other visit: a turn of a loop, a branch.
    pub fn idempotency_key(&self) -> String {
        format!("{}-{}", self.0.course.envelope.trace_id, self.0.course.id)
    }
}

/// What a visit shares with its contexts, which may outlive it. Made when first asked for.
#[derive(Debug, Default)]
pub(crate) struct Shared(OnceLock<Arc<Link>>);

/// Tells contexts that their visit was dropped, and the visit what they spent.
#[derive(Debug, Default)]
pub(crate) struct Link {
    cancelled: AtomicBool,
    tokens: AtomicU64,
}

impl Link {
    pub(crate) fn spend(&self, tokens: u64) {
        let add = |spent: u64| Some(spent.saturating_add(tokens));
        let _ = self
            .tokens
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, add);
    }
}

impl Shared {
    #[inline]
    pub(crate) fn link(&self) -> Arc<Link> {
        Arc::clone(self.0.get_or_init(Arc::default))
    }

    /// The visit is dropped.
    pub(crate) fn cancel(&self) {
        if let Some(link) = self.0.get() {
            link.cancelled.store(true, Ordering::Release);
        }
    }

    /// The tokens spent since this was last asked.
    #[inline]
    pub(crate) fn take_tokens(&self) -> u64 {
        self.0
            .get()
            .map_or(0, |link| link.tokens.swap(0, Ordering::AcqRel))
    }
}
