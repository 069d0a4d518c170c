//! Boundaries of panics: a panic of the user's code is a fault, and what it leaves behind is
//! dropped and never looked at again.

use std::any::Any;
use std::future::Future;
use std::ops::DerefMut;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::context::TraceContext;
use super::cursor::Cursor;
use crate::error::FlowError;
use crate::node::Fault;

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

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        poll_guarded(self.0.as_mut(), cx)
    }
}

#[inline]
fn poll_guarded<F: Future>(
    call: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, Fault>> {
    match catch_unwind(AssertUnwindSafe(|| call.poll(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(panicked(&*panic))),
    }
}

/// A node's future that may be cut.
pub(super) struct Cuttable<P>(P);

impl<F, P: DerefMut<Target = Option<F>>> Cuttable<Pin<P>> {
    #[inline]
    pub(super) fn new(call: Pin<P>) -> Self {
        Self(call)
    }
}

impl<F: Future, P: DerefMut<Target = Option<F>>> Future for Cuttable<Pin<P>>
where
    Self: Unpin,
{
    type Output = Result<F::Output, Fault>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.as_mut().as_pin_mut() {
            Some(call) => poll_guarded(call, cx),
            None => Poll::Pending,
        }
    }
}

/// A visit of whatever type that can be cut.
pub(super) trait Cut: Future {
    /// Drops what still runs, and lets no panic out: a timeout, or an earlier failure, is what
    /// counts.
    fn cut(&mut self);
}

impl<F: Future, P: DerefMut<Target = Option<F>>> Cut for Cuttable<Pin<P>>
where
    Self: Unpin,
{
    fn cut(&mut self) {
        drop_caught(|| self.0.set(None));
    }
}

/// Drops something of the user's, whose panic hides nothing that was there before.
pub(crate) fn drop_caught(dropping: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(dropping));
}

/// Runs work that is no attempt, and turns its panic into a fault.
pub(super) fn caught<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(panicked(&*panic)))
}

#[cold]
pub(super) fn panicked(panic: &(dyn Any + Send)) -> Fault {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = text.or_else(|| panic.downcast_ref::<String>().cloned());
    Fault::Panicked(message.unwrap_or_else(|| "a value that is no text".to_owned()))
}

/// A trace, whose panics outside of nodes are its failure, at the node that they are about.
pub(crate) struct CatchPanics<'a, F> {
    run: Pin<&'a mut F>,
    trace: &'a TraceContext<'a>,
}

impl<'a, F> CatchPanics<'a, F> {
    #[inline]
    pub(crate) fn new(run: Pin<&'a mut F>, trace: &'a TraceContext<'a>) -> Self {
        Self { run, trace }
    }
}

impl<T, F: Future<Output = Result<T, FlowError>>> Future for CatchPanics<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        match catch_unwind(AssertUnwindSafe(|| this.run.as_mut().poll(cx))) {
            Ok(polled) => polled,
            Err(panic) => {
                let cursor = Cursor::start(this.trace);
                let fault = panicked(&*panic);
                Poll::Ready(Err(cursor.fail(this.trace.about(), fault)))
            }
        }
    }
}
