//! One attempt of a node: inside its span, until its time is over, in its task or thread.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::coop::unconstrained;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, Sleep, sleep_until};
use tracing::{Instrument, Span};

use super::panics::panicked;
use crate::error::Fault;
use crate::message::clock::has_timers;

/// An attempt that runs inside its span and ends in time.
///
/// It borrows the node's future, which may be large, rather than moving it.
pub(super) struct Attempt<'a, F: ?Sized> {
    call: Pin<&'a mut F>,
    span: Option<&'a Span>,
    end: Option<End>,
    /// Made when the node waits: one that does not costs no timer.
    timer: Option<Pin<Box<Sleep>>>,
}

/// When an attempt ends at the latest.
#[derive(Clone, Copy)]
pub(super) struct End {
    at: Instant,
    /// The node's timeout, if it is that and not the message's deadline.
    limit: Option<Duration>,
}

impl End {
    pub(super) fn deadline(at: Instant) -> Self {
        Self { at, limit: None }
    }

    pub(super) fn at(self) -> Instant {
        self.at
    }

    /// The end of an attempt that begins now; `None` if it is farther off than the clock can
    /// say.
    #[inline]
    pub(super) fn sooner(limit: Duration, deadline: Option<Instant>) -> Option<Self> {
        let timeout = Instant::now().checked_add(limit);
        match (timeout, deadline) {
            (Some(at), deadline) if deadline.is_none_or(|deadline| at < deadline) => Some(Self {
                at,
                limit: Some(limit),
            }),
            (_, deadline) => deadline.map(Self::deadline),
        }
    }

    #[cold]
    fn no_timer(self) -> Fault {
        let what = match self.limit {
            Some(_) => "its timeout",
            None => "the message's deadline",
        };
        Fault::NoRuntime(what.to_owned())
    }

    fn fault(self) -> Fault {
        self.limit
            .map_or(Fault::Expired, |limit| Fault::TimedOut(limit, None))
    }
}

impl<'a, F: ?Sized> Attempt<'a, F> {
    #[inline]
    pub(super) fn new(call: Pin<&'a mut F>, span: Option<&'a Span>, end: Option<End>) -> Self {
        Self {
            call,
            span,
            end,
            timer: None,
        }
    }
}

impl<T, F: Future<Output = Result<T, Fault>> + ?Sized> Future for Attempt<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let polled = {
            let _inside = this.span.map(Span::enter);
            this.call.as_mut().poll(cx)
        };
        match (polled, this.end) {
            (Poll::Pending, Some(end)) => poll_end(end, &mut this.timer, cx).map(Err),
            (polled, _) => polled,
        }
    }
}

/// Whether it is time for an attempt that waits to end. Asked also where its task has used up
/// what tokio lets it do in one go, so that no node can keep its own timer from being seen.
fn poll_end(end: End, timer: &mut Option<Pin<Box<Sleep>>>, cx: &mut Context<'_>) -> Poll<Fault> {
    if timer.is_none() && !has_timers() {
        return Poll::Ready(end.no_timer());
    }
    let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(end.at)));
    let ended = pin!(unconstrained(timer.as_mut())).poll(cx);
    ended.map(|()| end.fault())
}

/// Runs a node's future in a task of its own, which is aborted if the visit is dropped.
pub async fn spawned<T: Send + 'static>(
    node: impl Future<Output = T> + Send + 'static,
) -> Result<T, Fault> {
    let Ok(tokio) = Handle::try_current() else {
        return Err(Fault::NoRuntime("its `spawn`".to_owned()));
    };
    let mut task = AbortOnDrop(tokio.spawn(node.in_current_span()));
    (&mut task.0).await.map_err(fault)
}

/// Runs a plain function on the pool of blocking threads. A function that has begun runs
/// to its end, also when its visit is dropped: `Ctx::is_cancelled` reports it.
pub async fn blocking<T: Send + 'static>(
    node: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    let Ok(tokio) = Handle::try_current() else {
        return Err(Fault::NoRuntime("its thread".to_owned()));
    };
    let span = Span::current();
    let mut task = AbortOnDrop(tokio.spawn_blocking(move || span.in_scope(node)));
    (&mut task.0).await.map_err(fault)
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn fault(error: JoinError) -> Fault {
    // Nobody else aborts the task: what drops the visit does not wait for it.
    error.try_into_panic().map_or(Fault::Cancelled, panicked)
}
