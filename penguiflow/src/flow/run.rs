//! One trace as a future.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::boxed::boxed;
use super::stack;
use crate::error::FlowError;
use crate::visit::drop_caught;

/// The future that [`Flow::run`](crate::Flow::run), [`Flow::run_all`](crate::Flow::run_all)
/// and the methods that take JSON return: dropping it cancels the trace. That of
/// [`Flow::resume`](crate::Flow::resume), too.
///
/// A panic of what is dropped with a trace that is not over is reported by the panic hook and goes
/// no further: nobody waits for the trace any more.
///
/// It has a name, and is boxed, so that a flow that cannot run is one compile error: an
/// `async fn` repeats its bounds, and the error, wherever its future is used.
#[must_use = "a trace does nothing unless its future is awaited"]
pub struct Run<'a, T, E = FlowError>(Option<Running<'a, T, E>>);

/// A trace in its box.
type Running<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

impl<'a, T, E> Run<'a, T, E> {
    #[inline]
    pub(crate) fn new<F>(make: impl FnOnce() -> F) -> Self
    where
        F: Future<Output = Result<T, E>> + Send + 'a,
    {
        Self(Some(boxed(make)))
    }
}

impl<T, E> Future for Run<'_, T, E> {
    type Output = Result<T, E>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let _counted = stack::Counted::begin();
        match &mut self.0 {
            Some(running) => running.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<T, E> Drop for Run<'_, T, E> {
    fn drop(&mut self) {
        drop_caught(|| self.0 = None);
    }
}

impl<T, E> fmt::Debug for Run<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Run")
    }
}
