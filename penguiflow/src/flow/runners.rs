//! The tasks that run the messages of a started flow. A runner begins one trace after the other;
//! only a trace that waits for something is given a task of its own. There are as many runners as
//! the runtime has workers, while there is work for them.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::task::coop::has_budget_remaining;
use tokio::task::yield_now;

use super::Flow;
use super::books::Line as Entry;
use super::shared::Shared;
use super::ticket::Ticket;
use crate::line::{Line, Topology};
use crate::message::Message;
use crate::cover::Cover;
use crate::trace::FirstPoll;
use crate::trace_id::TraceId;

/// How many traces a runner begins before it lets other tasks have their turn: about as many as
/// tokio's workers run tasks before they look for what else happened.
const IN_ONE_GO: usize = 64;

/// A started flow, as its OpenSeas and runners share it.
pub(super) struct Sea<F: Topology, S> {
    pub(super) flow: Flow<F, S>,
    pub(super) shared: Arc<Shared<F::Out>>,
    queue: Mutex<Queue<F, S>>,
    /// The most runners at once.
    workers: usize,
}

/// The messages that no runner has taken yet.
struct Queue<F: Topology, S> {
    waiting: VecDeque<Emitted<F, S>>,
    runners: usize,
    /// How many of them are at a message.
    busy: usize,
}

impl<F: Topology, S> Queue<F, S> {
    /// Whether more messages wait than runners are free: nobody knows how long the others will
    /// take.
    fn needs_runner(&self, workers: usize) -> bool {
        self.runners < workers && self.waiting.len() > self.runners - self.busy
    }
}

type Emitted<F, S> = (Ticket<F, S>, <F as Topology>::In, Cover);

impl<F: Topology, S> Sea<F, S> {
    pub(super) fn new(flow: Flow<F, S>, shared: Arc<Shared<F::Out>>) -> Self {
        let workers = shared.tokio.metrics().num_workers();
        Self {
            flow,
            shared,
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                runners: 0,
                busy: 0,
            }),
            workers,
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue<F, S>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F, S> Sea<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    /// Takes in a message that has a place of the capacity.
    ///
    /// # Errors
    ///
    /// Gives the message back if the flow is closed.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    pub(super) fn launch(
        self: &Arc<Self>,
        message: Message<F::In>,
    ) -> Result<TraceId, Message<F::In>> {
        let (input, course) = Cover::of(message);
        let trace_id = course.trace_id;
        let Some(line) = self.shared.open(&course) else {
            self.shared.capacity.add_permits(1);
            return Err(course.with(input));
        };
        let ticket = Ticket::new(Arc::clone(self), line);
        let mut queue = self.queue();
        queue.waiting.push_back((ticket, input, course));
        if queue.needs_runner(self.workers) {
            self.add_runner(queue);
        }
        Ok(trace_id)
    }

    /// The lock is not held while the task is spawned: a runtime that is shutting down drops it
    /// at once.
    fn add_runner(self: &Arc<Self>, mut queue: MutexGuard<'_, Queue<F, S>>) {
        queue.runners += 1;
        drop(queue);
        self.shared.books().runner_comes();
        let runner = Runner {
            sea: Arc::clone(self),
            is_busy: false,
            has_left: false,
        };
        self.shared.tokio.spawn(runner.run());
    }
}

/// One of the runners of a flow, until it leaves.
struct Runner<F: Topology, S> {
    sea: Arc<Sea<F, S>>,
    /// Whether it is at a message.
    is_busy: bool,
    has_left: bool,
}

impl<F, S> Runner<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    async fn run(mut self) {
        let mut first = FirstPoll::new();
        while !self.has_left {
            for _ in 0..IN_ONE_GO {
                let Some((ticket, input, course)) = self.next() else {
                    break;
                };
                if ticket.is_valid() {
                    let line = ticket.line;
                    first.set(ticket.redeem(input, course));
                    self.begin(line, &mut first).await;
                }
                if !has_budget_remaining() {
                    break;
                }
            }
            // Who emits one message after the other has emitted the next one then.
            yield_now().await;
            self.leave_if_idle();
        }
    }

    /// The next message.
    fn next(&mut self) -> Option<Emitted<F, S>> {
        let mut queue = self.sea.queue();
        let next = queue.waiting.pop_front();
        queue.busy -= usize::from(self.is_busy);
        self.is_busy = next.is_some();
        queue.busy += usize::from(self.is_busy);
        if queue.needs_runner(self.sea.workers) {
            self.sea.add_runner(queue);
        }
        next
    }

    /// Begins a trace. One that panics outside a node has accounted for itself.
    async fn begin<Trace>(&self, line: Entry, first: &mut FirstPoll<Trace>)
    where
        Trace: Future<Output = ()> + Send + 'static,
    {
        let begun = poll_fn(|cx| {
            let poll = AssertUnwindSafe(|| first.poll(cx));
            Poll::Ready(catch_unwind(poll))
        });
        if let Ok(Err(waits)) = begun.await {
            let task = self.sea.shared.tokio.spawn(waits);
            self.sea.shared.books().attach(line, task.abort_handle());
        }
    }

    fn leave_if_idle(&mut self) {
        let mut queue = self.sea.queue();
        self.has_left = queue.waiting.is_empty();
        if self.has_left {
            queue.busy -= usize::from(self.is_busy);
            queue.runners -= 1;
        }
    }
}

/// Dropped before it left, its runtime is shutting down.
impl<F: Topology, S> Drop for Runner<F, S> {
    fn drop(&mut self) {
        if !self.has_left {
            let mut queue = self.sea.queue();
            queue.busy -= usize::from(self.is_busy);
            queue.runners -= 1;
            let lost = match queue.runners {
                0 => std::mem::take(&mut queue.waiting),
                _ => VecDeque::new(),
            };
            // Not under the lock: a message that is dropped accounts for itself.
            drop(queue);
            drop(lost);
        }
        if self.sea.shared.books().one_is_gone() {
            self.sea.shared.idle.notify_waiters();
        }
    }
}
