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
use crate::error::{ErrorKind, FlowError};
use crate::host::Advance;
use crate::message::{Envelope, Message};
use crate::trace_id::TraceId;

pub(super) struct Shared<Out> {
    books: Mutex<Books<Out>>,
    pub(super) capacity: Arc<Semaphore>,
    /// Told when the last task is gone.
    idle: Notify,
    tokio: Handle,
}

impl<Out> Shared<Out> {
    pub(super) fn new(settings: Settings) -> Self {
        let capacity = settings.capacity.min(Semaphore::MAX_PERMITS);
        Self {
            books: Mutex::new(Books::new(settings)),
            capacity: Arc::new(Semaphore::new(capacity)),
            idle: Notify::new(),
            tokio: Handle::current(),
        }
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
            self.books().cancel_all();
        }
    }

    /// Nobody can fetch any more.
    pub(super) fn rookery_is_gone(&self) {
        let unread = self.books().deafen();
        drop(unread);
        if self.books().is_shut() {
            self.books().cancel_all();
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
        let envelope = message.envelope();
        let Some(number) = self.enrol(envelope) else {
            return Err(message);
        };
        let ticket = Ticket {
            shared: Arc::clone(self),
            trace_id,
            number,
            _permit: permit,
        };
        let flow = flow.clone();
        // The lock is not held here: a runtime that is shutting down drops the task at once.
        let task = self
            .tokio
            .spawn(async move { ticket.redeem(flow, message).await });
        self.books().attach(trace_id, number, task.abort_handle());
        Ok(trace_id)
    }

    fn enrol(&self, envelope: Envelope) -> Option<Number> {
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
    _permit: OwnedSemaphorePermit,
}

impl<Out: Send + 'static> Ticket<Out> {
    async fn redeem<F, S>(self, flow: Flow<F, S>, message: Message<F::In>)
    where
        F: Advance<S, Out = Out>,
        S: Send + Sync,
    {
        let mut outputs = Vec::new();
        let keep = |out, envelope: &mut Envelope| outputs.push(envelope.take().with(out));
        let end = flow.drive(message, keep).await;
        let ending: Ending<Out> = end.map(|()| outputs);
        self.hand_over(ending).await;
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
pub(super) fn closed(envelope: &Envelope) -> FlowError {
    let reason = "the flow was stopped and takes no more messages";
    FlowError::new(ErrorKind::Closed, envelope, reason)
}
