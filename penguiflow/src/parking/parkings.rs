//! The stream of traces that park. It queues nothing: it is a position in the lot's own order, so that a
//! reader that is slow or stops costs nothing and holds up nobody.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};

use futures_util::Stream;

use super::parked::Parked;
use super::parking_lot::{Number, ParkingLot, Reader};

/// The stream that [`Flow::parkings`](crate::Flow::parkings) returns: the steps that wait
/// and those that park from then on, in the order in which they begin to wait. It ends when nothing is
/// left of the flow.
#[must_use = "a stream gives nothing unless it is polled"]
pub struct Parkings {
    /// Weak: a reader does not keep the flow alive, and learns when it is gone.
    lot: Weak<ParkingLot>,
    reader: Reader,
    next: Number,
}

impl Parkings {
    pub(crate) fn new(lot: &Arc<ParkingLot>) -> Self {
        let (reader, lot) = (lot.read(), Arc::downgrade(lot));
        // From the first slot, so that no trace parks unseen before its reader comes.
        let next = 0;
        Self { lot, reader, next }
    }

    /// The next step that waits; `None` when nothing is left of the flow. What `StreamExt::next` is, for
    /// those who need no other stream.
    pub async fn next(&mut self) -> Option<Parked> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Parkings {
    type Item = Parked;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Parked>> {
        let Some(lot) = self.lot.upgrade() else {
            return Poll::Ready(None);
        };
        let (number, parked) = ready!(lot.poll_read(self.reader, self.next, cx));
        self.next = number + 1;
        Poll::Ready(Some(parked))
    }
}

impl Drop for Parkings {
    fn drop(&mut self) {
        if let Some(lot) = self.lot.upgrade() {
            lot.forget(self.reader);
        }
    }
}

impl fmt::Debug for Parkings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parkings").finish_non_exhaustive()
    }
}
