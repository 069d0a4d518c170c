//! The tasks that run the messages of a started flow. A worker runs one trace after the other,
//! inside its own future: while traces do not wait, they cost no task. At a trace's first wait the
//! worker becomes that trace's own task, and another worker goes on with the inbox.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::task::coop::has_budget_remaining;
use tokio::task::yield_now;

use super::afterwards::drop_quietly;
use super::in_flight::MessageKey;
use super::inbox::Inbox;
use super::results::Ending;
use super::run::{InFlightHook, run_message};
use super::started::{Locked, Started};
use crate::graph::{Graph, Topology};
use crate::message::{Envelope, TraceId};
use crate::trace::Line;
use crate::visit::VISITS_IN_ONE_GO;

/// How many traces a worker runs before it lets other tasks have their turn: about as many as
/// tokio's threads run tasks before they look for what else happened.
const IN_ONE_GO: u32 = 64;

/// The same for traces of such a flow, which may all be ready: no more than 2,048 visits. A loop or
/// a map counts its own, up to those that it had not counted when the trace was over.
const fn in_one_go(graph: &Graph) -> u32 {
    let visits = match graph.goes_round() {
        true => graph.visits + VISITS_IN_ONE_GO,
        false => graph.visits,
    };
    match visits {
        0..=32 => IN_ONE_GO,
        33..=2048 => 2048 / visits,
        _ => 1,
    }
}

impl<F, S> Started<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    /// Takes in a message that has a place of the capacity.
    #[inline]
    pub(super) fn launch(
        self: &Arc<Self>,
        mut accounts: Locked<'_, F::In, F::Out>,
        input: F::In,
        envelope: Envelope,
    ) -> TraceId {
        let trace_id = envelope.trace_id;
        accounts.emit(input, envelope);
        let calls = accounts.inbox.calls_for_each();
        drop(accounts);
        if calls {
            self.add_worker();
        }
        trace_id
    }

    /// Spawns a worker, with the lock free: a runtime that is shutting down drops it at once.
    #[cold]
    fn add_worker(self: &Arc<Self>) {
        let worker = Worker {
            started: Arc::clone(self),
            at: At {
                is_free: true,
                ..At::default()
            },
        };
        self.tokio.spawn(worker.run());
    }

    /// The same, by a worker that may keep its thread for long now: the second task pushes the
    /// first one out of the slot of the thread that no other thread takes tasks from.
    #[cold]
    fn add_worker_for_others(self: &Arc<Self>) {
        self.add_worker();
        if self.has_threads {
            self.tokio.spawn(async {});
        }
    }
}

/// A task that runs messages, until it leaves.
struct Worker<F: Topology, S> {
    started: Arc<Started<F, S>>,
    at: At<F::Out>,
}

/// The message that a worker runs, or none.
struct At<Out> {
    /// The message that it runs.
    key: Option<MessageKey>,
    next: Next,
    /// How many messages it has begun since its last rest.
    begun: u32,
    /// How often something had been cancelled when it was last seen that this was not.
    cancels: u32,
    /// Whether it is at no message, and about to look for one.
    is_free: bool,
    /// Whether this is the message's own task.
    has_waited: bool,
    /// An ending whose answers wait for room.
    unsettled: Option<Box<Ending<Out>>>,
}

/// The next action of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Run,
    WaitForRoom,
    Rest,
    Leave,
}

impl<F, S> Worker<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    /// Runs messages until there are none.
    ///
    /// Each waiting trace keeps this future, so there is nothing in it but the worker and the
    /// trace: what is large moves through calls, since a matched value is kept while the arm runs.
    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` would hold the worker twice"
    )]
    fn run(mut self) -> impl Future<Output = ()> + Send + 'static {
        async move {
            let mut ended = None;
            loop {
                let (started, at) = (&self.started, &mut self.at);
                let mut trace = pin!(at.settle_and_begin(started, ended));
                ended = match at.next {
                    Next::Run => poll_fn(move |cx| at.poll(started, trace.as_mut(), cx)).await,
                    Next::WaitForRoom => poll_fn(move |cx| at.poll_room(started, cx)).await,
                    Next::Rest => rest(started.has_threads).await,
                    Next::Leave => return,
                };
            }
        }
    }
}

impl<Out> Default for At<Out> {
    fn default() -> Self {
        Self {
            key: None,
            next: Next::Run,
            begun: 0,
            cancels: 0,
            is_free: false,
            has_waited: false,
            unsettled: None,
        }
    }
}

impl<Out> At<Out> {
    /// Accounts for the message that was run, and begins the next one, under one lock.
    #[inline]
    fn settle_and_begin<'f, F, S>(
        &mut self,
        started: &'f Arc<Started<F, S>>,
        ended: Option<Ending<Out>>,
    ) -> Option<impl Future<Output = Ending<Out>> + Send + use<'f, F, S, Out>>
    where
        F: Line<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        let mut accounts = started.accounts();
        if let Some(key) = self.key
            && let Some(ending) = ended
            && let Err(ending) = accounts.settle(key, ending)
        {
            self.next = Next::WaitForRoom;
            self.unsettled = Some(Box::new(ending));
            return None;
        }
        self.key = None;
        let had_its_turn = self.begun >= const { in_one_go(F::GRAPH) } || !has_budget_remaining();
        let emitted = match had_its_turn {
            true => None,
            false => accounts.next(),
        };
        let Some((key, input, envelope)) = emitted else {
            self.pause(&mut accounts.inbox);
            return None;
        };
        self.begin(key, started.cancels(), &mut accounts.inbox);
        let calls = accounts.inbox.calls_for_one();
        drop(accounts);
        if calls {
            started.add_worker_for_others();
        }
        Some(run_message(InFlightHook { started, key }, input, envelope))
    }

    #[inline]
    fn begin<In>(&mut self, key: MessageKey, cancels: u32, inbox: &mut Inbox<In>) {
        self.key = Some(key);
        self.next = Next::Run;
        self.begun += 1;
        self.cancels = cancels;
        self.has_waited = false;
        inbox.set_free(&mut self.is_free, false);
    }

    /// There is no message, or others have their turn. After a rest, a task that emits one message
    /// after the other has emitted the next one.
    fn pause<In>(&mut self, inbox: &mut Inbox<In>) {
        let rests = self.begun > 0 && !(self.has_waited && inbox.is_empty());
        self.next = match rests {
            true => Next::Rest,
            false => Next::Leave,
        };
        self.begun = 0;
        inbox.set_free(&mut self.is_free, rests);
    }

    /// Polls the trace of a message. `None` if there is nothing to account for any more. The trace
    /// is dropped in here, however it ends: a panic of a payload's `Drop` ends no worker.
    #[inline]
    fn poll<F, S, T>(
        &mut self,
        started: &Arc<Started<F, S>>,
        mut trace: Pin<&mut Option<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Ending<Out>>>
    where
        F: Line<S, Out = Out>,
        S: Send + Sync + 'static,
        T: Future<Output = Ending<Out>>,
    {
        let mut ended = None;
        if !self.is_cancelled(started) {
            let poll = || match trace.as_mut().as_pin_mut().map(|trace| trace.poll(cx)) {
                Some(Poll::Ready(ending)) => ended = Some(ending),
                Some(Poll::Pending) | None => {}
            };
            let polled = catch_unwind(AssertUnwindSafe(poll));
            if let Err(panic) = polled {
                self.lose(started, true);
                drop_quietly(panic);
            } else if ended.is_none() && self.waits(started, cx) {
                return Poll::Pending;
            }
        }
        let _ = catch_unwind(AssertUnwindSafe(|| trace.set(None)));
        Poll::Ready(ended)
    }

    /// Accounts for a message whose trace is gone.
    fn lose<F: Topology, S>(&mut self, started: &Started<F, S>, panicked: bool) {
        if let Some(key) = self.key.take() {
            started.accounts().lose(key, panicked);
        }
    }

    /// Whether the message was cancelled. Nobody asks for as long as nothing is.
    #[inline]
    fn is_cancelled<F: Topology, S>(&mut self, started: &Started<F, S>) -> bool {
        let cancels = started.cancels();
        let asks = std::mem::replace(&mut self.cancels, cancels) != cancels;
        asks && !self
            .key
            .is_some_and(|key| started.accounts().is_in_flight(key))
    }

    /// The message waits: from its first wait on, this is its own task, and other workers go on
    /// with the inbox. Says whether it is still in flight.
    #[inline]
    fn waits<F, S>(&mut self, started: &Arc<Started<F, S>>, cx: &Context<'_>) -> bool
    where
        F: Line<S>,
        S: Send + Sync + 'static,
    {
        let Some(key) = self.key.filter(|_| !self.has_waited) else {
            return true;
        };
        self.has_waited = true;
        let mut accounts = started.accounts();
        let is_in_flight = accounts.set_task(key, cx.waker());
        let calls = accounts.inbox.calls_for_each();
        drop(accounts);
        if calls {
            started.add_worker();
        }
        is_in_flight
    }

    /// Waits until there is room for the answers of a trace that is over, or it was cancelled, and
    /// returns its ending.
    fn poll_room<F, S>(
        &mut self,
        started: &Arc<Started<F, S>>,
        cx: &Context<'_>,
    ) -> Poll<Option<Ending<Out>>>
    where
        F: Line<S, Out = Out>,
        S: Send + Sync + 'static,
    {
        if let Some(key) = self.key
            && let Some(ending) = &self.unsettled
            && started.accounts().waits_for_room(key, ending, cx.waker())
        {
            self.waits(started, cx);
            return Poll::Pending;
        }
        Poll::Ready(self.unsettled.take().map(|ending| *ending))
    }
}

/// Lets other tasks have their turn.
///
/// tokio's own `yield_now` holds its task back from other threads until this one looks for events;
/// a worker that rests counts as free, and may not wait for a node that keeps this thread.
async fn rest<Nothing>(has_threads: bool) -> Option<Nothing> {
    if !has_threads {
        yield_now().await;
        return None;
    }
    let mut has_rested = false;
    poll_fn(|cx| match std::mem::replace(&mut has_rested, true) {
        true => Poll::Ready(None),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await
}

impl<F: Topology, S> Drop for Worker<F, S> {
    fn drop(&mut self) {
        let mut accounts = self.started.accounts();
        if let Some(key) = self.at.key {
            accounts.lose(key, std::thread::panicking());
        }
        if self.at.next != Next::Leave {
            // Its runtime is shutting down, so no other worker starts.
            accounts.inbox.set_free(&mut self.at.is_free, false);
            accounts.lose_inbox();
        }
        accounts.task_is_over();
    }
}
