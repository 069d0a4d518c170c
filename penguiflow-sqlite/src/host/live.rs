//! The traces that are taken up, and the orders that they are given from outside.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use penguiflow::host::DurableTrace;
use penguiflow::{FlowError, TraceId};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::error::Error;

/// What became of an order.
pub(crate) enum Obeyed {
    /// The trace was changed: the change is to be stored before it is answered.
    Changed,
    /// The trace is to end so.
    Cancelled,
    /// Nothing was changed, for this reason.
    Refused(Error),
    /// Nothing was changed.
    Unchanged,
}

/// What its task is to do with a trace.
pub(super) struct Order {
    pub(super) change: Box<dyn FnOnce(&mut DurableTrace) -> Obeyed + Send>,
    pub(super) reply: oneshot::Sender<Result<(), Error>>,
}

pub(super) type Orders = UnboundedReceiver<Order>;

/// One task per trace at most: whoever finds none begins one.
#[derive(Default)]
pub(super) struct Live {
    traces: Mutex<HashMap<TraceId, Task>>,
    left: Notify,
}

/// The task of a trace.
struct Task {
    orders: UnboundedSender<Order>,
    /// Whether somebody wanted to take the trace up meanwhile: its task may be about to leave.
    is_wanted: bool,
}

impl Task {
    fn new() -> (Self, Orders) {
        let (orders, received) = unbounded_channel();
        let is_wanted = false;
        (Self { orders, is_wanted }, received)
    }
}

impl Live {
    fn traces(&self) -> MutexGuard<'_, HashMap<TraceId, Task>> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A trace is taken up, unless it is: then it is again when its task has left it.
    pub(super) fn enter(&self, id: TraceId) -> Option<Orders> {
        let mut traces = self.traces();
        if let Some(task) = traces.get_mut(&id) {
            task.is_wanted = true;
            return None;
        }
        let (task, received) = Task::new();
        traces.insert(id, task);
        Some(received)
    }

    /// Gives an order to the task of a trace; if there is none, it is for a task that the caller begins.
    pub(super) fn give(&self, id: TraceId, order: Order) -> Option<Orders> {
        let mut traces = self.traces();
        if let Some(task) = traces.get(&id) {
            // Under the lock, under which the task leaves.
            let _ = task.orders.send(order);
            return None;
        }
        let (task, received) = Task::new();
        let _ = task.orders.send(order);
        traces.insert(id, task);
        Some(received)
    }

    /// A task leaves its trace, unless there is an order for it. Returns whether the trace is to be taken
    /// up again.
    pub(super) fn leave(&self, id: TraceId, orders: &mut Orders) -> Result<bool, Order> {
        let mut traces = self.traces();
        if let Ok(order) = orders.try_recv() {
            return Err(order);
        }
        let task = traces.remove(&id);
        drop(traces);
        self.left.notify_waiters();
        Ok(task.is_some_and(|task| task.is_wanted))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.traces().is_empty()
    }

    pub(super) async fn until_empty(&self) {
        loop {
            let left = self.left.notified();
            if self.traces().is_empty() {
                return;
            }
            left.await;
        }
    }
}

impl From<FlowError> for Obeyed {
    fn from(error: FlowError) -> Self {
        Self::Refused(error.into())
    }
}
