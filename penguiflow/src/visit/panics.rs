//! Boundaries of panics: a panic of the user's code is a fault, and what it leaves behind is
//! dropped and never looked at again.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::context::TraceContext;
use super::cursor::Cursor;
use crate::error::FlowError;
use crate::node::Fault;

pin_project! {
    /// A node's future, whose panic is a fault. Dropped before its end, it lets no panic out: an
    /// earlier failure, or a timeout, is what counts.
    #[doc(hidden)]
    #[must_use = "a visit does nothing unless it is awaited"]
    pub struct Guarded<F> {
        #[pin]
        run: Option<F>,
    }

    impl<F> PinnedDrop for Guarded<F> {
        fn drop(this: Pin<&mut Self>) {
            this.cut();
        }
    }
}

impl<F> Guarded<F> {
    /// Guards a visit.
    #[inline]
    pub fn of(run: F) -> Self {
        Self { run: Some(run) }
    }

    #[inline]
    fn cut(self: Pin<&mut Self>) {
        let mut run = self.project().run;
        if run.is_some() {
            drop_caught(|| run.set(None));
        }
    }
}

impl<F: Future> Future for Guarded<F> {
    type Output = Result<F::Output, Fault>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut run = self.project().run;
        let Some(call) = run.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        match catch_unwind(AssertUnwindSafe(|| call.poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(returned)) => {
                run.set(None);
                Poll::Ready(Ok(returned))
            }
            Err(panic) => {
                drop_caught(|| run.set(None));
                Poll::Ready(Err(panicked(&*panic)))
            }
        }
    }
}

/// A future that can be dropped where it is.
pub(super) trait Cut: Future {
    /// Drops what still runs, and lets no panic out.
    fn cut(self: Pin<&mut Self>);
}

impl<F: Future> Cut for Guarded<F> {
    fn cut(self: Pin<&mut Self>) {
        Self::cut(self);
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

pin_project! {
    /// A trace, whose panics outside of nodes are its failure, at the node that they are about.
    pub(crate) struct CatchPanics<'a, F> {
        #[pin]
        run: Guarded<F>,
        trace: &'a TraceContext<'a>,
    }
}

impl<'a, F> CatchPanics<'a, F> {
    #[inline]
    pub(crate) fn new(run: F, trace: &'a TraceContext<'a>) -> Self {
        Self {
            run: Guarded::of(run),
            trace,
        }
    }
}

impl<T, F: Future<Output = Result<T, FlowError>>> Future for CatchPanics<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        match this.run.poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(ended)) => Poll::Ready(ended),
            Poll::Ready(Err(fault)) => {
                let cursor = Cursor::start(this.trace);
                Poll::Ready(Err(cursor.fail(this.trace.about(), fault)))
            }
        }
    }
}
