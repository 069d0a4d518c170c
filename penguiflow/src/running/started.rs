//! The state that the handles and the workers of a started flow share: the flow itself, and its
//! accounts under one lock.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;

use super::accounts::Accounts;
use super::ledger::Ledger;
use super::results::Answer;
use crate::error::{ErrorKind, FlowError};
use crate::flow::Flow;
use crate::graph::Topology;
use crate::message::{Envelope, TraceId};
use crate::parking::FlowId;
use crate::policy::Retry;

pub(super) struct Started<F: Topology, S> {
    pub(super) flow: Flow<F, S>,
    accounts: Mutex<Accounts<F::In, F::Out>>,
    /// How often something was cancelled: traces read it at each poll, to ask for themselves only
    /// if it has changed.
    cancels: AtomicU32,
    /// Notified when the last task is over.
    idle: Notify,
    pub(super) tokio: Handle,
    /// Whether a task that one thread has spawned could run on another.
    pub(super) has_threads: bool,
}

impl<F: Topology, S> Started<F, S> {
    pub(super) fn new(flow: Flow<F, S>) -> Self {
        let tokio = Handle::current();
        let threads = tokio.metrics().num_workers();
        Self {
            accounts: Mutex::new(Accounts::new(flow.settings(), threads)),
            flow,
            cancels: AtomicU32::new(0),
            idle: Notify::new(),
            has_threads: tokio.runtime_flavor() != RuntimeFlavor::CurrentThread,
            tokio,
        }
    }

    #[inline]
    pub(super) fn accounts(&self) -> Locked<'_, F::In, F::Out> {
        let accounts = self.accounts.lock();
        Locked {
            accounts: Some(accounts.unwrap_or_else(PoisonError::into_inner)),
            idle: &self.idle,
        }
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.accounts().ledger
    }

    /// Which of the parked traces are this started flow's.
    pub(super) fn id(&self) -> FlowId {
        FlowId::of(self)
    }

    /// How often something was cancelled.
    #[inline]
    pub(super) fn cancels(&self) -> u32 {
        self.cancels.load(Ordering::Relaxed)
    }

    /// Ends all traces of this id, or all, and returns whether there was one.
    ///
    /// A trace is dropped by its own task, and knows by the count that it has to ask: whatever
    /// wakes it after this orders its reading after the adding.
    pub(super) fn cancel(&self, trace_id: Option<TraceId>) -> bool {
        let (ended, is_parked) = {
            let mut accounts = self.accounts();
            self.cancels.fetch_add(1, Ordering::Relaxed);
            accounts.cancel(trace_id)
        };
        if is_parked {
            // From here on the trace cannot be resumed.
            self.flow.parking_lot().withdraw(self.id(), trace_id);
        }
        ended > 0
    }

    /// Takes no more messages.
    pub(super) fn close(&self) {
        self.accounts().close();
    }

    /// Nobody can emit any more.
    pub(super) fn sea_is_gone(&self) {
        self.close();
        if self.accounts().results.is_closed() {
            self.cancel(None);
        }
    }
}

/// A started flow as its Rookery sees it, which does not know the type of inputs.
pub(super) trait Output<Out>: Send + Sync {
    fn poll_fetch(&self, cx: &mut Context<'_>) -> Poll<Option<Answer<Out>>>;

    fn try_fetch(&self) -> Option<Answer<Out>>;

    fn ledger(&self) -> Ledger;

    /// Whether no task is left.
    fn is_idle(&self) -> bool;

    /// Notified when the last task is over.
    fn idle(&self) -> &Notify;

    /// Nobody can fetch any more.
    fn is_gone(&self);
}

/// Waits until no task is left.
pub(super) async fn until_idle<Out>(output: &dyn Output<Out>) {
    loop {
        let idle = output.idle().notified();
        if output.is_idle() {
            return;
        }
        idle.await;
    }
}

impl<F: Topology, S: Send + Sync> Output<F::Out> for Started<F, S> {
    fn poll_fetch(&self, cx: &mut Context<'_>) -> Poll<Option<Answer<F::Out>>> {
        if let Some(answer) = self.try_fetch() {
            return Poll::Ready(Some(answer));
        }
        // Cloned and dropped without the lock: a waker's code is the user's.
        let waker = cx.waker().clone();
        let mut accounts = self.accounts();
        if let Some(answer) = accounts.take() {
            return Poll::Ready(Some(answer));
        }
        if accounts.is_over() {
            return Poll::Ready(None);
        }
        let known = accounts.results.wait(waker);
        drop(accounts);
        drop(known);
        Poll::Pending
    }

    #[inline]
    fn try_fetch(&self) -> Option<Answer<F::Out>> {
        self.accounts().take()
    }

    fn ledger(&self) -> Ledger {
        self.ledger()
    }

    fn is_idle(&self) -> bool {
        self.accounts().is_idle()
    }

    fn idle(&self) -> &Notify {
        &self.idle
    }

    fn is_gone(&self) {
        self.accounts().close_output();
        if self.accounts().is_closed() {
            self.cancel(None);
        }
    }
}

/// The accounts, locked. What is to be done afterwards is done when they are free again.
pub(super) struct Locked<'a, In, Out> {
    accounts: Option<MutexGuard<'a, Accounts<In, Out>>>,
    idle: &'a Notify,
}

const LOCKED: &str = "the accounts are locked until this is dropped";

impl<In, Out> Deref for Locked<'_, In, Out> {
    type Target = Accounts<In, Out>;

    #[inline]
    fn deref(&self) -> &Accounts<In, Out> {
        self.accounts.as_ref().expect(LOCKED)
    }
}

impl<In, Out> DerefMut for Locked<'_, In, Out> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Accounts<In, Out> {
        self.accounts.as_mut().expect(LOCKED)
    }
}

impl<In, Out> Drop for Locked<'_, In, Out> {
    #[inline]
    fn drop(&mut self) {
        let afterwards = self.afterwards.take();
        self.accounts = None;
        if let Some(afterwards) = afterwards {
            if afterwards.is_idle {
                self.idle.notify_waiters();
            }
            afterwards.run();
        }
    }
}

/// The error of a message that waits for a place which only its own trace could free.
#[cold]
pub(super) fn waits_for_itself(envelope: &Envelope) -> FlowError {
    let reason = "would wait for itself: it is emitted by a visit of the flow, whose trace holds the \
                  only place of its `capacity`. Use `try_emit`, emit it in a task of its own, or \
                  raise `capacity`";
    FlowError::new(ErrorKind::Failed, envelope, reason).judged(Retry::Never)
}

/// The error of a message that came after the end.
pub(super) fn closed(envelope: &Envelope) -> FlowError {
    let reason = "the flow was stopped and takes no more messages";
    FlowError::new(ErrorKind::Closed, envelope, reason)
}
