//! Where futures of one type begin, one after the other: each is polled once where it is, and is
//! given a place of its own only if it waits. One that does not costs no allocation.

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

    /// Polls it for the first time.
    ///
    /// # Errors
    ///
    /// The future, if it waits.
    pub(crate) fn poll(&mut self, future: F, cx: &mut Context<'_>) -> Result<F::Output, Waits<F>> {
        let mut place = self.0.take().unwrap_or_else(|| Waits(Box::pin(None)));
        place.0.set(Some(future));
        match Pin::new(&mut place).poll(cx) {
            Poll::Pending => Err(place),
            Poll::Ready(output) => {
                place.0.set(None);
                self.0 = Some(place);
                Ok(output)
            }
        }
    }
}

impl<F: Future> Future for Waits<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.0.as_mut().as_pin_mut() {
            Some(future) => future.poll(cx),
            None => Poll::Pending,
        }
    }
}
