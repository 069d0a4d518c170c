//! A message of a started flow from its emit to its answer: its ticket, which its trace holds.

use std::future::poll_fn;
use std::sync::Arc;

use super::books::{Ending, Line};
use super::runners::Sea;
use super::shared::Shared;
use crate::cover::Cover;
use crate::host::{Advance, Meeting};
use crate::message::Message;
use crate::trace::{Course, Halted, Left, Spot};

/// A message's line in the books, held by its trace. Dropped before the trace is over, it
/// accounts for the message as cancelled.
pub(super) struct Ticket<Out> {
    shared: Arc<Shared<Out>>,
    pub(super) line: Line,
    /// Whether it takes up a place of the capacity: not while its trace is parked.
    counts: bool,
}

impl<Out> Ticket<Out> {
    /// The ticket of a message that has a place of the capacity.
    pub(super) fn new(shared: Arc<Shared<Out>>, line: Line) -> Self {
        Self {
            shared,
            line,
            counts: true,
        }
    }

    /// Whether it was not cancelled.
    pub(super) fn is_valid(&self) -> bool {
        self.shared.books().is_in_flight(self.line)
    }

    fn free_place(&mut self) {
        if std::mem::take(&mut self.counts) {
            self.shared.capacity.add_permits(1);
        }
    }
}

impl<Out: Send + 'static> Ticket<Out> {
    /// Runs a message.
    pub(super) async fn redeem<F, S>(self, sea: Arc<Sea<F, S>>, message: Message<F::In>)
    where
        F: Advance<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        let mut outputs = Vec::new();
        let mut keep = |out, envelope: Cover| outputs.push(envelope.with(out));
        let flow = &sea.flow;
        let spot = Spot::take(&flow.lot, F::Step::AWAITS, self.shared.owner());
        let (payload, mut course) = Course::start(message);
        let halted = flow
            .engine(&flow.common)
            .set_out(payload, &mut course, &mut keep, spot.as_ref())
            .await;
        self.halt(sea, halted, outputs, spot).await;
    }

    /// Goes on with a trace that was parked.
    async fn go_on<F, S>(
        mut self,
        sea: Arc<Sea<F, S>>,
        left: Left<F::Step, Out>,
        mut outputs: Vec<Message<Out>>,
        spot: Spot,
    ) where
        F: Advance<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        // It was taken in before: to wait for those behind it could be for ever.
        if let Ok(permit) = self.shared.capacity.try_acquire() {
            permit.forget();
            self.counts = true;
        }
        let mut keep = |out, envelope: Cover| outputs.push(envelope.with(out));
        let engine = sea.flow.engine(&sea.flow.common);
        let halted = engine.go_on(left, &mut keep, Some(&spot)).await;
        self.halt(sea, halted, outputs, Some(spot)).await;
    }

    async fn halt<F, S>(
        self,
        sea: Arc<Sea<F, S>>,
        halted: Halted<F::Step, Out>,
        outputs: Vec<Message<Out>>,
        spot: Option<Spot>,
    ) where
        F: Advance<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        match (halted, spot) {
            (Ok(Some(left)), Some(spot)) => self.park(sea, left, outputs, spot),
            (halted, _) => self.hand_over(halted.map(|_| outputs)).await,
        }
    }

    /// Leaves the trace in the lot: it holds no task, and no place among those in flight that
    /// the capacity bounds.
    fn park<F, S>(
        mut self,
        sea: Arc<Sea<F, S>>,
        left: Left<F::Step, Out>,
        outputs: Vec<Message<Out>>,
        spot: Spot,
    ) where
        F: Advance<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        self.free_place();
        let Left { frontier, events } = left;
        let (shared, line) = (Arc::clone(&self.shared), self.line);
        let left_at = spot.leave(frontier, move |spot, frontier| {
            let left = Left { frontier, events };
            let (shared, line) = (Arc::clone(&self.shared), self.line);
            let trace = async move { self.go_on(sea, left, outputs, spot).await };
            let task = shared.tokio.spawn(trace);
            shared.books().attach(line, task.abort_handle());
        });
        // Cancelled by another thread before it was left, it was not there to be dropped.
        let is_wanted = shared.books().is_in_flight(line);
        if !is_wanted {
            left_at.clear();
        }
    }

    async fn hand_over(&self, ending: Ending<Out>) {
        let mut ending = Some(ending);
        poll_fn(|cx| self.shared.books().poll_close(self.line, &mut ending, cx)).await;
    }
}

impl<Out> Drop for Ticket<Out> {
    fn drop(&mut self) {
        let is_idle = {
            let mut books = self.shared.books();
            books.lose(self.line, std::thread::panicking());
            books.traces == 0
        };
        self.free_place();
        if is_idle {
            self.shared.idle.notify_waiters();
        }
    }
}
