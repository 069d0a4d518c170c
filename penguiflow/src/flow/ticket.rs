//! A message of a started flow from its emit to its answer: its ticket, which its trace holds.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::books::{Ending, Line as Entry};
use super::runners::Sea;
use crate::cover::Cover;
use crate::line::{Line, Topology};
use crate::trace::Outputs;

/// A message's line in the books, held by its trace. Dropped before the trace is over, it
/// accounts for the message as cancelled.
pub(super) struct Ticket<F: Topology, S> {
    sea: Arc<Sea<F, S>>,
    pub(super) line: Entry,
    /// Whether it takes up a place of the capacity: not while its trace is parked.
    counts: bool,
    /// Whether what became of the message stands in the books.
    is_closed: bool,
}

impl<F: Topology, S> Ticket<F, S> {
    /// The ticket of a message that has a place of the capacity.
    pub(super) fn new(sea: Arc<Sea<F, S>>, line: Entry) -> Self {
        Self {
            sea,
            line,
            counts: true,
            is_closed: false,
        }
    }

    /// Whether it was not cancelled.
    pub(super) fn is_valid(&self) -> bool {
        self.sea.shared.books().is_in_flight(self.line)
    }

    fn free_place(&mut self) {
        if std::mem::take(&mut self.counts) {
            self.sea.shared.capacity.add_permits(1);
        }
    }

    /// Hands over what became of the message, once there is room for it.
    async fn close(&mut self, ending: Ending<F::Out>) {
        let mut ending = Some(ending);
        poll_fn(|cx| self.poll_close(&mut ending, cx)).await;
    }

    fn poll_close(
        &mut self,
        ending: &mut Option<Ending<F::Out>>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let mut books = self.sea.shared.books();
        books.has_come(self.line);
        *ending = ending
            .take()
            .and_then(|ending| books.close(self.line, ending));
        if ending.is_some() {
            books.wait_for_room(self.line, cx.waker());
            return Poll::Pending;
        }
        self.is_closed = true;
        let is_idle = books.one_is_gone();
        drop(books);
        self.leave(is_idle);
        Poll::Ready(())
    }

    fn leave(&mut self, is_idle: bool) {
        if is_idle {
            self.sea.shared.idle.notify_waiters();
        }
        self.free_place();
    }
}

impl<F, S> Ticket<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    /// Runs a message.
    pub(super) async fn redeem(mut self, input: F::In, envelope: Cover) {
        let outputs = Outputs::new();
        let ended = {
            let flow = &self.sea.flow;
            let trace = flow.trace_of(&flow.common, envelope);
            flow.run_into(&trace, input, &outputs).await
        };
        self.close(ended.map(|()| outputs.take_messages())).await;
    }
}

impl<F: Topology, S> Drop for Ticket<F, S> {
    fn drop(&mut self) {
        if self.is_closed {
            return;
        }
        let is_idle = {
            let mut books = self.sea.shared.books();
            books.lose(self.line, std::thread::panicking());
            books.one_is_gone()
        };
        self.leave(is_idle);
    }
}
