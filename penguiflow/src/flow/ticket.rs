//! A message of a started flow from its emit to its answer: its ticket, which its trace holds.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::{Context, Poll};

use super::books::{Ending, Line};
use super::runners::Sea;
use crate::cover::Cover;
use crate::few::Few;
use crate::host::{Advance, Meeting, Topology};
use crate::message::Message;
use crate::trace::{Course, Left, Spot};

/// A message's line in the books, held by its trace. Dropped before the trace is over, it
/// accounts for the message as cancelled.
pub(super) struct Ticket<F: Topology, S> {
    sea: Arc<Sea<F, S>>,
    pub(super) line: Line,
    /// Whether it takes up a place of the capacity: not while its trace is parked.
    counts: bool,
    /// Whether what became of the message stands in the books.
    is_closed: bool,
}

impl<F: Topology, S> Ticket<F, S> {
    /// The ticket of a message that has a place of the capacity.
    pub(super) fn new(sea: Arc<Sea<F, S>>, line: Line) -> Self {
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

/// The outputs of a trace that may not be over.
type Outputs<F> = Few<Message<<F as Topology>::Out>>;

impl<F, S> Ticket<F, S>
where
    F: Advance<S>,
    S: Send + Sync + 'static,
{
    /// Runs a message.
    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` would hold what it is given twice"
    )]
    pub(super) fn redeem(
        mut self,
        input: F::In,
        mut course: Course,
    ) -> impl Future<Output = ()> + Send + 'static {
        async move {
            let (sea, mut outputs) = (&*self.sea, Few::new());
            let spot = Spot::take(&sea.flow.lot, F::Step::AWAITS, sea.shared.owner());
            let mut keep = |out, envelope: Cover| outputs.push(envelope.with(out));
            let engine = sea.flow.engine(&sea.flow.common);
            let halted = engine.set_out(input, &mut course, &mut keep, spot.as_ref());
            let halted = halted.await;
            match (halted, spot) {
                (Ok(Some(left)), Some(spot)) => self.park(left, outputs, spot),
                (halted, _) => self.close(halted.map(|_| outputs)).await,
            }
        }
    }

    /// Goes on with a trace that was parked.
    async fn go_on(mut self, left: Left<F::Step, F::Out>, mut outputs: Outputs<F>, spot: Spot) {
        // It was taken in before: to wait for those behind it could be for ever.
        if let Ok(permit) = self.sea.shared.capacity.try_acquire() {
            permit.forget();
            self.counts = true;
        }
        let flow = &self.sea.flow;
        let mut keep = |out, envelope: Cover| outputs.push(envelope.with(out));
        let engine = flow.engine(&flow.common);
        match engine.go_on(left, &mut keep, Some(&spot)).await {
            Ok(Some(left)) => self.park(left, outputs, spot),
            halted => self.close(halted.map(|_| outputs)).await,
        }
    }

    /// Leaves the trace in the lot: it holds no task, and no place among those in flight that
    /// the capacity bounds.
    fn park(mut self, left: Left<F::Step, F::Out>, outputs: Outputs<F>, spot: Spot) {
        self.free_place();
        let Left { frontier, events } = left;
        let (sea, line) = (Arc::clone(&self.sea), self.line);
        let left_at = spot.leave(frontier, move |spot, frontier| {
            let left = Left { frontier, events };
            let (sea, line) = (Arc::clone(&self.sea), self.line);
            let trace = async move { self.go_on(left, outputs, spot).await };
            let task = sea.shared.tokio.spawn(trace);
            sea.shared.books().attach(line, task.abort_handle());
        });
        // Cancelled by another thread before it was left, it was not there to be dropped.
        let is_wanted = sea.shared.books().is_in_flight(line);
        if !is_wanted {
            left_at.clear();
        }
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
