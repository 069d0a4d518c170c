//! What the handles and traces of a started flow share: the books under one lock, and the
//! capacity.
//!
//! A trace holds a permit of the capacity until its answer is in the books: whatever costs
//! memory is in flight, or an answer, and the backlog bounds those.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};

use super::books::{Answer, Books, Line};
use super::settings::Settings;
use crate::cover::Cover;
use crate::error::{ErrorKind, FlowError};
use crate::trace_id::TraceId;

pub(super) struct Shared<Out> {
    books: Mutex<Books<Out>>,
    pub(super) capacity: Arc<Semaphore>,
    /// Told when the last trace is gone.
    pub(super) idle: Notify,
    pub(super) tokio: Handle,
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

    /// Ends all traces of this id, or all, and says whether there was one.
    pub(super) fn cancel(&self, trace_id: Option<TraceId>) -> bool {
        self.books().cancel(trace_id)
    }

    pub(super) fn books(&self) -> Open<'_, Out> {
        Open(Some(
            self.books.lock().unwrap_or_else(PoisonError::into_inner),
        ))
    }

    /// A line for a message, unless the flow is closed.
    pub(super) fn open(&self, envelope: &Cover) -> Option<Line> {
        let mut books = self.books();
        (!books.is_shut()).then(|| books.open(envelope.clone()))
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
            self.cancel(None);
        }
    }

    /// Nobody can fetch any more.
    pub(super) fn rookery_is_gone(&self) {
        let unread = self.books().deafen();
        drop(unread);
        if self.books().is_shut() {
            self.cancel(None);
        }
    }

    /// Waits until no trace is left.
    pub(super) async fn until_idle(&self) {
        loop {
            let idle = self.idle.notified();
            if self.books().is_idle() {
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

/// The books, open. Whoever is to be woken is woken when they are free again.
pub(super) struct Open<'a, Out>(Option<MutexGuard<'a, Books<Out>>>);

const OPEN: &str = "the books are open until this is dropped";

impl<Out> Deref for Open<'_, Out> {
    type Target = Books<Out>;

    fn deref(&self) -> &Books<Out> {
        self.0.as_ref().expect(OPEN)
    }
}

impl<Out> DerefMut for Open<'_, Out> {
    fn deref_mut(&mut self) -> &mut Books<Out> {
        self.0.as_mut().expect(OPEN)
    }
}

impl<Out> Drop for Open<'_, Out> {
    fn drop(&mut self) {
        let woken = self.take_woken();
        if woken.is_empty() {
            return;
        }
        self.0 = None;
        woken.into_iter().for_each(|waker| waker.wake());
    }
}

/// The error of a message that came after the end.
pub(super) fn closed(envelope: &Cover) -> FlowError {
    let reason = "the flow was stopped and takes no more messages";
    FlowError::new(ErrorKind::Closed, envelope, reason)
}
