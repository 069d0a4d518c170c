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

use super::accounts::drop_quietly;
use super::in_flight::MessageKey;
use super::results::Ending;
use super::run::{InFlightHook, run_message};
use super::started::{Locked, Started};
use crate::cover::Cover;
use crate::host::{Advance, Topology};
use crate::trace::Course;
use crate::trace_id::TraceId;

/// How many traces a worker runs before it lets other tasks have their turn: about as many as
/// tokio's threads run tasks before they look for what else happened.
const IN_ONE_GO: u32 = 64;

impl<F, S> Started<F, S>
where
    F: Advance<S>,
    S: Send + Sync + 'static,
{
    /// Takes in a message that has a place of the capacity.
    #[inline]
    pub(super) fn launch(
        self: &Arc<Self>,
        mut accounts: Locked<'_, F::In, F::Out>,
        input: F::In,
        envelope: Cover,
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
                key: None,
                cancels: 0,
                is_free: true,
                has_waited: false,
            },
            is_over: false,
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
    at: At,
    is_over: bool,
}

/// What a worker is at.
struct At {
    key: Option<MessageKey>,
    /// How often something had been cancelled when it was last seen that this was not.
    cancels: u32,
    /// Whether it is at no message, and about to look for one.
    is_free: bool,
    /// Whether this is the message's own task.
    has_waited: bool,
}

/// What a worker does next.
enum Next<F: Topology> {
    Run(MessageKey, F::In, Cover),
    /// There is no room for the answers of the message that it has run.
    Wait(Ending<F::Out>),
    Rest,
    Leave,
}

impl<F, S> Worker<F, S>
where
    F: Advance<S>,
    S: Send + Sync + 'static,
{
    async fn run(mut self) {
        let (mut ended, mut begun) = (None, 0);
        loop {
            match self.next(ended.take(), begun) {
                Next::Run(key, input, envelope) => {
                    begun += 1;
                    let Self { started, at, .. } = &mut self;
                    let hook = InFlightHook { started, key };
                    let trace = run_message(&started.flow, input, Course::of(envelope), &hook);
                    let mut trace = pin!(Some(trace));
                    ended = poll_fn(|cx| at.poll(started, key, trace.as_mut(), cx)).await;
                }
                Next::Wait(mut ending) => {
                    let Self { started, at, .. } = &mut self;
                    poll_fn(|cx| at.poll_room(started, &mut ending, cx)).await;
                    ended = Some(ending);
                }
                Next::Rest => {
                    begun = 0;
                    rest(self.started.has_threads).await;
                }
                Next::Leave => return,
            }
        }
    }

    /// Accounts for the message that was run, and takes the next one, under one lock.
    #[inline]
    fn next(&mut self, ended: Option<Ending<F::Out>>, begun: u32) -> Next<F> {
        let mut accounts = self.started.accounts();
        if let Some(key) = self.at.key
            && let Some(ending) = ended
            && let Err(ending) = accounts.settle(key, ending)
        {
            return Next::Wait(ending);
        }
        self.at.key = None;
        let had_its_turn = begun >= IN_ONE_GO || !has_budget_remaining();
        let next = match had_its_turn {
            true => None,
            false => accounts.next(),
        };
        let Some((key, input, envelope)) = next else {
            // After a rest, who emits one message after the other has emitted the next one.
            let rests = begun > 0 && !(self.at.has_waited && accounts.inbox.is_empty());
            accounts.inbox.set_free(&mut self.at.is_free, rests);
            self.is_over = !rests;
            return match rests {
                true => Next::Rest,
                false => Next::Leave,
            };
        };
        self.at.key = Some(key);
        self.at.has_waited = false;
        self.at.cancels = self.started.cancels();
        accounts.inbox.set_free(&mut self.at.is_free, false);
        let calls = accounts.inbox.calls_for_one();
        drop(accounts);
        if calls {
            self.started.add_worker_for_others();
        }
        Next::Run(key, input, envelope)
    }
}

impl At {
    /// Polls the trace of a message. `None` if there is nothing to account for any more. The trace
    /// is dropped in here, however it ends: a panic of a payload's `Drop` ends no worker.
    #[inline]
    fn poll<F, S, T>(
        &mut self,
        started: &Arc<Started<F, S>>,
        key: MessageKey,
        mut trace: Pin<&mut Option<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Ending<F::Out>>>
    where
        F: Advance<S>,
        S: Send + Sync + 'static,
        T: Future<Output = Ending<F::Out>>,
    {
        let ended = match self.is_cancelled(started, key) {
            true => None,
            false => {
                let poll = || trace.as_mut().as_pin_mut().map(|trace| trace.poll(cx));
                match catch_unwind(AssertUnwindSafe(poll)) {
                    Ok(Some(Poll::Ready(ending))) => Some(ending),
                    Ok(_) if self.waits(started, cx) => return Poll::Pending,
                    Ok(_) => None,
                    Err(panic) => {
                        started.accounts().lose(key, true);
                        drop_quietly(panic);
                        None
                    }
                }
            }
        };
        let _ = catch_unwind(AssertUnwindSafe(|| trace.set(None)));
        Poll::Ready(ended)
    }

    /// Whether the message was cancelled. Nobody asks for as long as nothing is.
    #[inline]
    fn is_cancelled<F: Topology, S>(&mut self, started: &Started<F, S>, key: MessageKey) -> bool {
        let cancels = started.cancels();
        let asks = std::mem::replace(&mut self.cancels, cancels) != cancels;
        asks && !started.accounts().is_in_flight(key)
    }

    /// The message waits: from its first wait on, this is its own task, and other workers go on
    /// with the inbox. Says whether it is still in flight.
    #[inline]
    fn waits<F, S>(&mut self, started: &Arc<Started<F, S>>, cx: &Context<'_>) -> bool
    where
        F: Advance<S>,
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

    /// Waits until there is room for the answers of a trace that is over, or it was cancelled.
    fn poll_room<F, S>(
        &mut self,
        started: &Arc<Started<F, S>>,
        ending: &mut Ending<F::Out>,
        cx: &Context<'_>,
    ) -> Poll<()>
    where
        F: Advance<S>,
        S: Send + Sync + 'static,
    {
        let Some(key) = self.key else {
            return Poll::Ready(());
        };
        let mut accounts = started.accounts();
        accounts.results.leave(key.number);
        if accounts.results.has_room(key.number, ending) || !accounts.wait_for_room(key, cx.waker())
        {
            return Poll::Ready(());
        }
        drop(accounts);
        self.waits(started, cx);
        Poll::Pending
    }
}

/// Lets other tasks have their turn.
///
/// tokio's own `yield_now` holds its task back from other threads until this one looks for events;
/// a worker that rests counts as free, and may not wait for a node that keeps this thread.
async fn rest(has_threads: bool) {
    if !has_threads {
        return yield_now().await;
    }
    let mut has_rested = false;
    poll_fn(|cx| match std::mem::replace(&mut has_rested, true) {
        true => Poll::Ready(()),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

impl<F: Topology, S> Drop for Worker<F, S> {
    fn drop(&mut self) {
        let mut accounts = self.started.accounts();
        if let Some(key) = self.at.key {
            accounts.lose(key, std::thread::panicking());
        }
        if !self.is_over {
            // Its runtime is shutting down, and no other worker comes.
            accounts.inbox.set_free(&mut self.at.is_free, false);
            accounts.lose_inbox();
        }
        accounts.task_is_over();
    }
}
