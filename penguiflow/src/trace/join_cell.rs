//! A join that branches reach in the middle of their ways: its inputs wait in a cell for the branch
//! after the join.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::error::FlowError;
use crate::graph::JoinInfo;
use crate::visit::Cursor;

/// The inputs of a join that have arrived since its branches parted.
#[doc(hidden)]
pub struct JoinCell<'t>(Arc<Shared<'t>>);

/// Shared by the cell and each branch that may still fill an input: once the cell is alone,
/// nothing more will come.
struct Shared<'t>(Mutex<State<'t>>);

struct State<'t> {
    /// Where each of its inputs came from, once it has.
    cursors: Vec<Option<Cursor<'t>>>,
    waker: Option<Waker>,
}

/// An input of a join, held by each branch that may fill it.
#[doc(hidden)]
pub struct JoinInput<'t, T> {
    value: Arc<Mutex<Option<T>>>,
    slot: usize,
    /// `None` once it is dropped.
    join: Option<Arc<Shared<'t>>>,
}

impl<'t> Shared<'t> {
    fn state(&self) -> MutexGuard<'_, State<'t>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        let waker = self.state().waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<'t> JoinCell<'t> {
    /// A join of this number of inputs.
    #[must_use]
    pub fn new(inputs: usize) -> Self {
        let mut cursors = Vec::new();
        cursors.resize_with(inputs, || None);
        let waker = None;
        Self(Arc::new(Shared(Mutex::new(State { cursors, waker }))))
    }

    /// One of its inputs.
    #[must_use]
    pub fn input<T>(&self, slot: usize) -> JoinInput<'t, T> {
        JoinInput {
            value: Arc::default(),
            slot,
            join: Some(Arc::clone(&self.0)),
        }
    }

    /// Waits until all inputs have come, and goes on from there. Returns whether there is a
    /// value to go on with: if no input has arrived, there is not.
    ///
    /// # Errors
    ///
    /// Of kind `Unjoined`, as soon as the last branch that could fill a missing input is over.
    pub async fn complete(
        self,
        cursor: &mut Cursor<'t>,
        number: u32,
        join: &JoinInfo,
    ) -> Result<bool, FlowError> {
        let is_full = poll_fn(|cx| self.poll_full(cx)).await;
        let cursors = std::mem::take(&mut self.0.state().cursors);
        if is_full {
            cursor.merge_all(number, cursors.into_iter().flatten().collect());
            return Ok(true);
        }
        let have_come: Vec<_> = cursors.iter().map(Option::is_some).collect();
        match have_come.contains(&true) {
            true => Err(cursor.unjoined(join, &have_come)),
            false => Ok(false),
        }
    }

    /// Whether it is full, once it is or nothing more will come.
    fn poll_full(&self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut state = self.0.state();
        if state.cursors.iter().all(Option::is_some) {
            return Poll::Ready(true);
        }
        state.waker = Some(cx.waker().clone());
        drop(state);
        // After the waker is registered: the last branch to end wakes it.
        match Arc::strong_count(&self.0) {
            1 => Poll::Ready(false),
            _ => Poll::Pending,
        }
    }
}

impl<'t, T> JoinInput<'t, T> {
    /// An input has arrived, along this branch.
    pub fn put(&self, value: T, cursor: &Cursor<'t>) {
        let before = lock(&self.value).replace(value);
        // Dropped without the lock: the input is the user's.
        drop(before);
        if let Some(join) = &self.join {
            join.state().cursors[self.slot] = Some(cursor.copy());
            join.wake();
        }
    }

    /// A handle that fills nothing: for what follows the join.
    #[must_use]
    pub fn to_take(&self) -> JoinValue<T> {
        JoinValue(Arc::clone(&self.value))
    }
}

/// An input of a join, for the branch after it.
#[doc(hidden)]
pub struct JoinValue<T>(Arc<Mutex<Option<T>>>);

impl<T> JoinValue<T> {
    /// Takes the value; `None` if none arrived.
    #[must_use]
    pub fn take(&self) -> Option<T> {
        lock(&self.0).take()
    }
}

fn lock<T>(value: &Mutex<Option<T>>) -> MutexGuard<'_, Option<T>> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Clone for JoinInput<'_, T> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            slot: self.slot,
            join: self.join.clone(),
        }
    }
}

impl<T> Drop for JoinInput<'_, T> {
    fn drop(&mut self) {
        let Some(join) = self.join.take() else { return };
        let waker = join.state().waker.take();
        // The count falls before the cell is polled again.
        drop(join);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Runs a branch that must have one value, and all that it detaches, until it has.
///
/// # Errors
///
/// The first failure of one of them.
#[doc(hidden)]
pub async fn run_to_input<'t, T: Send>(
    value: JoinValue<T>,
    cell: JoinCell<'t>,
    cursor: &mut Cursor<'t>,
    run: impl Future<Output = super::branch::BranchResult<()>> + Send,
) -> super::branch::BranchResult<T> {
    let mut run = std::pin::pin!(run);
    let mut is_over = false;
    let came = poll_fn(|cx| {
        if !is_over && let Poll::Ready(ended) = run.as_mut().poll(cx) {
            ended?;
            is_over = true;
        }
        match cell.poll_full(cx) {
            Poll::Ready(came) => Poll::Ready(Ok(came)),
            Poll::Pending if is_over => Poll::Ready(Ok(false)),
            Poll::Pending => Poll::Pending,
        }
    });
    if !came.await? {
        return Ok(None);
    }
    let came = cell.0.state().cursors[0].take();
    if let Some(came) = came {
        *cursor = came;
    }
    Ok(value.take())
}

impl fmt::Debug for JoinCell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinCell").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for JoinInput<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinInput")
            .field("slot", &self.slot)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for JoinValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinValue").finish_non_exhaustive()
    }
}
