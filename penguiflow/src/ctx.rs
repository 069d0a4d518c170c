//! What a node can know of the visit that it runs in, as a value of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use crate::message::{Envelope, Headers};
use crate::trace::StepId;
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
}

impl Ctx {
    pub(crate) fn new(
        envelope: Envelope,
        number: u32,
        step: StepId,
        cancelled: Arc<AtomicBool>,
    ) -> Self {
        Self(Arc::new(Attempt {
            envelope,
            number,
            step,
            cancelled,
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
