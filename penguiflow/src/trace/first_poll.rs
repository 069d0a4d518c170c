//! A place where futures of one type begin, one after the other: each is polled once there, and is
//! moved to a place of its own only if it waits. One that does not costs no allocation.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Where the next future begins.
pub(crate) struct FirstPoll<F>(Option<Waits<F>>);

/// A future that was polled, and waits.
pub(crate) struct Waits<F>(Pin<Box<Option<F>>>);

impl<F: Future> FirstPoll<F> {
    pub(crate) fn new() -> Self {
        Self(None)
    }

    /// Puts a future there.
    #[inline]
    pub(crate) fn set(&mut self, future: F) {
        match &mut self.0 {
            Some(place) => place.0.set(Some(future)),
            none => *none = Some(Waits(Box::pin(Some(future)))),
        }
    }

    /// Polls the future that was put there, for the first time. Returns its output, if it is ready.
    ///
    /// # Errors
    ///
    /// The future, if it waits.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Result<Option<F::Output>, Waits<F>> {
        let Some(mut place) = self.0.take() else {
            return Ok(None);
        };
        match Pin::new(&mut place).poll(cx) {
            Poll::Pending => Err(place),
            // A future that is over is dropped when the next one takes its place.
            Poll::Ready(output) => {
                self.0 = Some(place);
                Ok(Some(output))
            }
        }
    }
}

impl<F: Future> Future for Waits<F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.0.as_mut().as_pin_mut() {
            Some(future) => future.poll(cx),
            None => Poll::Pending,
        }
    }
}
