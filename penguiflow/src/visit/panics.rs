//! Boundaries of panics around a node: a panic of the user's code is a fault, and the node's future
//! is dropped and never polled again.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::Fault;
use crate::message::clock::has_timers;

/// A node's future where it is, whose panic is a fault.
#[doc(hidden)]
#[must_use = "a visit does nothing unless it is awaited"]
#[derive(Debug)]
pub struct Guarded<'a, F>(Pin<&'a mut F>);

/// Guards a visit that nothing ends early.
#[doc(hidden)]
#[inline]
pub fn guarded<F>(visit: Pin<&mut F>) -> Guarded<'_, F> {
    Guarded(visit)
}

impl<F: Future> Future for Guarded<'_, F> {
    type Output = Result<F::Output, Fault>;

    // Always inlined: for a node of several flows the compiler would emit a call.
    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        poll_guarded(self.0.as_mut(), cx)
    }
}

#[inline(always)]
fn poll_guarded<F: Future + ?Sized>(
    call: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, Fault>> {
    match catch_unwind(AssertUnwindSafe(|| call.poll(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(panicked(panic))),
    }
}

/// A node's future where it is, which may be cut.
pub(super) struct CuttableHere<'a, F>(Pin<&'a mut Option<F>>);

impl<'a, F> CuttableHere<'a, F> {
    #[inline]
    pub(super) fn new(call: Pin<&'a mut Option<F>>) -> Self {
        Self(call)
    }

    /// Drops what still runs, and lets no panic out.
    #[inline]
    pub(super) fn cut(&mut self) {
        drop_caught(|| self.0.set(None));
    }
}

impl<F: Future> Future for CuttableHere<'_, F> {
    type Output = Result<F::Output, Fault>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.as_mut().as_pin_mut() {
            Some(call) => poll_guarded(call, cx),
            None => Poll::Pending,
        }
    }
}

/// A node's future that may be cut, and the verdict on what it returns. Boxed, it has no type of its
/// own: what watches it is compiled once for all nodes that return the same.
pub(super) struct Cuttable<'v, R, T> {
    call: Option<BoxedCall<'v, R>>,
    judge: fn(R) -> Result<T, Fault>,
}

type BoxedCall<'v, R> = Pin<Box<dyn Future<Output = R> + Send + 'v>>;

impl<'v, R, T> Cuttable<'v, R, T> {
    pub(super) fn new(call: BoxedCall<'v, R>, judge: fn(R) -> Result<T, Fault>) -> Self {
        let call = Some(call);
        Self { call, judge }
    }

    /// Drops what still runs, and lets no panic out: a timeout, or an earlier failure, is what
    /// counts.
    pub(super) fn cut(&mut self) {
        drop_caught(|| self.call = None);
    }
}

impl<R, T> Future for Cuttable<'_, R, T> {
    type Output = Result<T, Fault>;

    // The verdict is inside the boundary, so that what the node returns is moved once.
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(call) = &mut this.call else {
            return Poll::Pending;
        };
        match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx).map(this.judge))) {
            Ok(polled) => polled,
            Err(panic) => Poll::Ready(Err(panicked(panic))),
        }
    }
}

/// Drops something of the user's, whose panic hides nothing that was there before.
pub(crate) fn drop_caught(dropping: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(dropping));
}

/// Runs work that is not an attempt, and turns its panic into a fault.
#[doc(hidden)]
pub fn caught<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(panicked(panic)))
}

/// The payload of a panic.
pub(super) type Panic = Box<dyn Any + Send>;

/// Runs what makes the fault of an error that a node returned: conversions of the user's.
#[doc(hidden)]
#[cold]
pub fn fault(make: impl FnOnce() -> Fault) -> Fault {
    caught(|| Ok(make())).unwrap_or_else(|fault| fault)
}

#[cold]
pub(super) fn panicked(panic: Panic) -> Fault {
    let text = panic_text(panic);
    // tokio's own words, from wherever they come.
    match text.contains("Tokio 1.x") && !has_timers() {
        true => Fault::NoRuntime(format!("what it awaits ({text})")),
        false => Fault::Panicked(text),
    }
}

/// The message of a panic.
#[cold]
pub(crate) fn panic_text(panic: Panic) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = text.or_else(|| panic.downcast_ref::<String>().cloned());
    drop_caught(|| drop(panic));
    message.unwrap_or_else(|| "a value that is not text".to_owned())
}
