//! What the handles and tasks of a started flow share: the books under one lock, the
//! capacity, and the count of tasks.
//!
//! A trace's task holds a capacity permit until its answer is in the books: whatever costs
//! memory is in flight, or an answer, and the backlog bounds those.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::Flow;
use super::books::{Answer, Books, Ending, Number};
use super::settings::Settings;
use crate::cover::Cover;
use crate::error::{ErrorKind, FlowError};
use crate::host::{Advance, Meeting};
use crate::message::Message;
use crate::trace::{Course, Halted, Left, Owner, Spot};
use crate::trace_id::TraceId;

pub(super) struct Shared<Out> {
    books: Mutex<Books<Out>>,
    pub(super) capacity: Arc<Semaphore>,
    /// Told when the last task is gone.
    idle: Notify,
    tokio: Handle,
    /// Drops traces that are parked.
    evict: Box<Evict>,
}

/// All traces of a started flow, or those of an id.
type Evict = dyn Fn(Owner, Option<TraceId>) + Send + Sync;

impl<Out> Shared<Out> {
    pub(super) fn new(
        settings: Settings,
        evict: impl Fn(Owner, Option<TraceId>) + Send + Sync + 'static,
    ) -> Self {
        let capacity = settings.capacity.min(Semaphore::MAX_PERMITS);
        Self {
            books: Mutex::new(Books::new(settings)),
            capacity: Arc::new(Semaphore::new(capacity)),
            idle: Notify::new(),
            tokio: Handle::current(),
            evict: Box::new(evict),
        }
    }

    /// Which of the parked traces are this started flow's.
    fn owner(&self) -> Owner {
        Some(std::ptr::from_ref(self).addr())
    }

    /// Ends all traces of this id, and says whether there was one.
    pub(super) fn cancel(&self, trace_id: TraceId) -> bool {
        let any = self.books().cancel(trace_id);
        (self.evict)(self.owner(), Some(trace_id));
        any
    }

    /// Ends all traces.
    pub(super) fn cancel_all(&self) {
        self.books().cancel_all();
        (self.evict)(self.owner(), None);
    }

    pub(super) fn books(&self) -> MutexGuard<'_, Books<Out>> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes no more messages.
    pub(super) fn close(&self) {
        self.books().shut();
        self.capacity.close();
    }

    /// Nobody can emit any more.
    pub(super) fn sea_is_gone(&self) {
        self.close();
        if self.books().is_deaf() {
            self.cancel_all();
        }
    }

    /// Nobody can fetch any more.
    pub(super) fn rookery_is_gone(&self) {
        let unread = self.books().deafen();
        drop(unread);
        if self.books().is_shut() {
            self.cancel_all();
        }
    }

    /// Waits until no task is left.
    pub(super) async fn until_idle(&self) {
        loop {
            let idle = self.idle.notified();
            if self.books().tasks == 0 {
                return;
            }
            idle.await;
        }
    }

    pub(super) fn poll_fetch(&self, cx: &mut Context<'_>) -> Poll<Option<Answer<Out>>> {
        let mut books = self.books();
        if let Some(answer) = books.take() {
            return Poll::Ready(Some(answer));
        }
        if books.is_over() {
            return Poll::Ready(None);
        }
        books.wait(cx.waker());
        Poll::Pending
    }

    pub(super) fn try_fetch(&self) -> Option<Answer<Out>> {
        self.books().take()
    }
}

impl<Out: Send + 'static> Shared<Out> {
    /// Runs a message in a task of its own.
    ///
    /// # Errors
    ///
    /// Gives the message back if the flow is closed.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    pub(super) fn launch<F, S>(
        self: &Arc<Self>,
        flow: &Flow<F, S>,
        message: Message<F::In>,
        permit: OwnedSemaphorePermit,
    ) -> Result<TraceId, Message<F::In>>
    where
        F: Advance<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        let trace_id = message.trace_id;
        let (payload, envelope) = Cover::of(message);
        let Some(number) = self.enrol(envelope.clone()) else {
            return Err(envelope.with(payload));
        };
        let message = envelope.with(payload);
        let ticket = Ticket {
            shared: Arc::clone(self),
            trace_id,
            number,
            permit: Some(permit),
        };
        let flow = flow.clone();
        // The lock is not held here: a runtime that is shutting down drops the task at once.
        let task = self
            .tokio
            .spawn(async move { ticket.redeem(flow, message).await });
        self.books().attach(trace_id, number, task.abort_handle());
        Ok(trace_id)
    }

    fn enrol(&self, envelope: Cover) -> Option<Number> {
        let mut books = self.books();
        if books.is_shut() {
            return None;
        }
        books.tasks += 1;
        Some(books.open(envelope))
    }
}

/// A message's place in the books, held by its task. Dropped before the trace is over, it
/// accounts for the message as cancelled.
struct Ticket<Out> {
    shared: Arc<Shared<Out>>,
    trace_id: TraceId,
    number: Number,
    /// None while the trace is parked.
    permit: Option<OwnedSemaphorePermit>,
}

impl<Out: Send + 'static> Ticket<Out> {
    async fn redeem<F, S>(self, flow: Flow<F, S>, message: Message<F::In>)
    where
        F: Advance<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        let mut outputs = Vec::new();
        let mut keep = |out, envelope: Cover| outputs.push(envelope.with(out));
        let spot = Spot::take(&flow.lot, F::Step::AWAITS, self.shared.owner());
        let (payload, mut course) = Course::start(message);
        let engine = flow.engine(&flow.common);
        let halted = engine
            .set_out(payload, &mut course, &mut keep, spot.as_ref())
            .await;
        self.halt(flow, halted, outputs, spot).await;
    }

    /// Goes on with a trace that was parked.
    async fn go_on<F, S>(
        mut self,
        flow: Flow<F, S>,
        left: Left<F::Step, Out>,
        mut outputs: Vec<Message<Out>>,
        spot: Spot,
    ) where
        F: Advance<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        // It was taken in before: to wait for those behind it could be for ever.
        self.permit = Arc::clone(&self.shared.capacity).try_acquire_owned().ok();
        let mut keep = |out, envelope: Cover| outputs.push(envelope.with(out));
        let engine = flow.engine(&flow.common);
        let halted = engine.go_on(left, &mut keep, Some(&spot)).await;
        self.halt(flow, halted, outputs, Some(spot)).await;
    }

    async fn halt<F, S>(
        self,
        flow: Flow<F, S>,
        halted: Halted<F::Step, Out>,
        outputs: Vec<Message<Out>>,
        spot: Option<Spot>,
    ) where
        F: Advance<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        match (halted, spot) {
            (Ok(Some(left)), Some(spot)) => self.park(flow, left, outputs, spot),
            (halted, _) => self.hand_over(halted.map(|_| outputs)).await,
        }
    }

    /// Leaves the trace in the lot: it holds no task, and no place among those in flight that
    /// the capacity bounds.
    fn park<F, S>(
        mut self,
        flow: Flow<F, S>,
        left: Left<F::Step, Out>,
        outputs: Vec<Message<Out>>,
        spot: Spot,
    ) where
        F: Advance<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        self.permit = None;
        let Left { frontier, events } = left;
        let (shared, trace_id, number) = (Arc::clone(&self.shared), self.trace_id, self.number);
        let left_at = spot.leave(frontier, move |spot, frontier| {
            let left = Left { frontier, events };
            let (shared, trace_id, number) = (Arc::clone(&self.shared), self.trace_id, self.number);
            let trace = async move { self.go_on(flow, left, outputs, spot).await };
            let task = shared.tokio.spawn(trace);
            shared.books().attach(trace_id, number, task.abort_handle());
        });
        // Cancelled by another thread before it was left, it was not there to be dropped.
        let is_wanted = shared.books().is_in_flight(trace_id, number);
        if !is_wanted {
            left_at.clear();
        }
    }

    async fn hand_over(&self, ending: Ending<Out>) {
        let mut ending = Some(ending);
        poll_fn(|cx| {
            let mut books = self.shared.books();
            books.poll_close(self.trace_id, self.number, &mut ending, cx)
        })
        .await;
    }
}

impl<Out> Drop for Ticket<Out> {
    fn drop(&mut self) {
        let mut books = self.shared.books();
        books.lose(self.trace_id, self.number, std::thread::panicking());
        books.tasks -= 1;
        if books.tasks == 0 {
            self.shared.idle.notify_waiters();
        }
    }
}

/// The error of a message that came after the end.
pub(super) fn closed(envelope: &Cover) -> FlowError {
    let reason = "the flow was stopped and takes no more messages";
    FlowError::new(ErrorKind::Closed, envelope, reason)
}
