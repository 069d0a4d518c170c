//! One attempt of a node: inside its span, until its time is over, in its task or thread.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::coop::unconstrained;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, Sleep, sleep_until};
use tracing::{Instrument, Span};

use super::panics::panicked;
use super::silence::Silence;
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
    limit: Limit,
}

/// Why an attempt ends at the latest then.
#[derive(Clone, Copy)]
enum Limit {
    Deadline,
    Timeout(Duration),
    Idle(Duration),
}

impl End {
    pub(super) fn deadline(at: Instant) -> Self {
        let limit = Limit::Deadline;
        Self { at, limit }
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
                limit: Limit::Timeout(limit),
            }),
            (_, deadline) => deadline.map(Self::deadline),
        }
    }

    #[cold]
    fn no_timer(self) -> Fault {
        let what = match self.limit {
            Limit::Deadline => "the message's deadline",
            Limit::Timeout(_) => "its timeout",
            Limit::Idle(_) => "its `idle`",
        };
        Fault::NoRuntime(what.to_owned())
    }

    fn fault(self) -> Fault {
        match self.limit {
            Limit::Deadline => Fault::Expired,
            Limit::Timeout(limit) => Fault::TimedOut(limit, None),
            Limit::Idle(longest) => Fault::Silent(longest, None),
        }
    }

    /// The end of an attempt that is silent: this one, or that of the silence if it is sooner.
    fn of_silence(silence: &Silence, end: Option<Self>) -> Option<Self> {
        let limit = Limit::Idle(silence.longest);
        match silence.end() {
            Some(at) if end.is_none_or(|end| at < end.at) => Some(Self { at, limit }),
            _ => end,
        }
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

    /// The same attempt, which ends also where it is silent for too long.
    #[inline]
    pub(super) fn with_silence(self, silence: &'a Silence) -> IdleAttempt<'a, F> {
        let attempt = self;
        IdleAttempt { attempt, silence }
    }
}

impl<T, F: Future<Output = Result<T, Fault>> + ?Sized> Attempt<'_, F> {
    #[inline]
    fn poll_call(&mut self, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _inside = self.span.map(Span::enter);
        self.call.as_mut().poll(cx)
    }
}

impl<T, F: Future<Output = Result<T, Fault>> + ?Sized> Future for Attempt<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.poll_call(cx);
        match self.end.filter(|_| polled.is_pending()) {
            Some(end) => poll_end(end, &mut self.timer, cx).map(Err),
            None => polled,
        }
    }
}

/// An attempt of a node with `idle`.
pub(super) struct IdleAttempt<'a, F: ?Sized> {
    attempt: Attempt<'a, F>,
    silence: &'a Silence,
}

impl<T, F: Future<Output = Result<T, Fault>> + ?Sized> Future for IdleAttempt<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let attempt = &mut this.attempt;
        match attempt.poll_call(cx) {
            Poll::Pending => {
                poll_silence(this.silence, attempt.end, &mut attempt.timer, cx).map(Err)
            }
            polled => polled,
        }
    }
}

/// Whether it is time for an attempt to end that waits, and that may not be silent for long. Its
/// timer is set anew where it goes off, and not at each chunk.
#[cold]
fn poll_silence(
    silence: &Silence,
    end: Option<End>,
    timer: &mut Option<Pin<Box<Sleep>>>,
    cx: &mut Context<'_>,
) -> Poll<Fault> {
    loop {
        let Some(next) = End::of_silence(silence, end) else {
            return Poll::Pending;
        };
        match timer {
            Some(timer) if timer.is_elapsed() && next.at <= timer.deadline() => {
                return Poll::Ready(next.fault());
            }
            Some(timer) if timer.is_elapsed() => timer.as_mut().reset(next.at),
            _ => {}
        }
        ready!(poll_end(next, timer, cx));
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
    // The task is aborted here alone: a visit that is dropped does not wait for its task.
    error.try_into_panic().map_or(Fault::Cancelled, panicked)
}
