//! Branches of a trace, polled where they are: several futures in the body of another one, and
//! the ways in which they join.
//!
//! Joins know branches as trait objects, so they are compiled once, for any number of branches of
//! any types.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::error::{FlowError, NodeError};
use crate::visit::{Cursor, drop_caught};

/// The result of a branch: a value, or nothing since its path ended.
///
/// # Errors
///
/// The failure of the branch.
pub type BranchResult<T> = Result<Option<T>, FlowError>;

pin_project! {
    /// A branch, or its result. Dropped while it runs, it lets no panic out: a failure
    /// beside it, or a winner, is what counts.
    #[doc(hidden)]
    #[must_use = "a branch does nothing unless it is polled"]
    pub struct Branch<T, F> {
        // `None` once it is over.
        #[pin]
        run: Option<F>,
        value: Option<T>,
    }

    impl<T, F> PinnedDrop for Branch<T, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut run = this.project().run;
            if run.is_some() {
                drop_caught(|| run.set(None));
            }
        }
    }
}

impl<T, F: Future<Output = BranchResult<T>>> Branch<T, F> {
    /// A branch that begins when it is first polled.
    #[inline]
    pub fn of(run: F) -> Self {
        Self {
            run: Some(run),
            value: None,
        }
    }
}

/// The future of a branch, in a box.
#[doc(hidden)]
pub fn boxed<'b, T>(
    run: impl Future<Output = BranchResult<T>> + Send + 'b,
) -> Pin<Box<dyn Future<Output = BranchResult<T>> + Send + 'b>> {
    Box::pin(run)
}

/// A branch of whatever type.
#[doc(hidden)]
pub trait PollBranch: Send {
    /// Polls it until it is over. Returns then whether it has a value.
    fn poll_branch(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, FlowError>>;
}

/// A branch whose value is a `T`.
#[doc(hidden)]
pub trait BranchTo<T>: PollBranch {
    /// Takes its result.
    fn take(self: Pin<&mut Self>) -> Option<T>;
}

impl<T: Send, F: Future<Output = BranchResult<T>> + Send> PollBranch for Branch<T, F> {
    #[inline]
    fn poll_branch(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, FlowError>> {
        let mut this = self.project();
        let Some(run) = this.run.as_mut().as_pin_mut() else {
            return Poll::Ready(Ok(this.value.is_some()));
        };
        let ended = match run.poll(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(ended) => ended,
        };
        this.run.set(None);
        *this.value = ended?;
        Poll::Ready(Ok(this.value.is_some()))
    }
}

impl<T: Send, F: Future<Output = BranchResult<T>> + Send> BranchTo<T> for Branch<T, F> {
    #[inline]
    fn take(self: Pin<&mut Self>) -> Option<T> {
        self.project().value.take()
    }
}

/// Runs all branches to their ends. The first failure ends them.
///
/// Whoever is woken polls all of them: which one the wake was for is not known, and to know it
/// would cost an allocation per branch.
#[doc(hidden)]
#[inline]
pub fn join_branches<'w, 'p: 'w>(
    branches: &'w mut [Pin<&'p mut dyn PollBranch>],
) -> impl Future<Output = Result<(), FlowError>> + Send + use<'w, 'p> {
    poll_fn(move |cx| {
        let mut waits = false;
        for branch in branches.iter_mut() {
            match branch.as_mut().poll_branch(cx) {
                Poll::Pending => waits = true,
                Poll::Ready(ended) => drop(ended?),
            }
        }
        match waits {
            true => Poll::Pending,
            false => Poll::Ready(Ok(())),
        }
    })
}

/// The same, where a join around this one goes on without all of it: the first branch without a
/// value ends it. Returns whether all have a value.
#[doc(hidden)]
#[inline]
pub fn join_all_or_none<'w, 'p: 'w>(
    branches: &'w mut [Pin<&'p mut dyn PollBranch>],
) -> impl Future<Output = Result<bool, FlowError>> + Send + use<'w, 'p> {
    poll_fn(move |cx| {
        let mut waits = false;
        for branch in branches.iter_mut() {
            match branch.as_mut().poll_branch(cx) {
                Poll::Pending => waits = true,
                Poll::Ready(Ok(true)) => {}
                Poll::Ready(Ok(false)) => return Poll::Ready(Ok(false)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            }
        }
        match waits {
            true => Poll::Pending,
            false => Poll::Ready(Ok(true)),
        }
    })
}

/// The values that a race or a quorum took, each with its place; or which branches had one, if
/// too few had and none failed.
#[doc(hidden)]
pub type FirstResult<T> = Result<Result<Vec<(usize, T)>, Vec<bool>>, FlowError>;

/// Runs branches until enough have a value, in the order in which they arrive. The failure that
/// leaves too few ends it.
#[doc(hidden)]
pub fn first_branches<'w, 'p: 'w, T: Send + 'p>(
    wanted: usize,
    branches: &'w mut [Pin<&'p mut dyn BranchTo<T>>],
) -> impl Future<Output = FirstResult<T>> + Send + use<'w, 'p, T> {
    let mut first = First::new(wanted, branches.len());
    let mut are_over = vec![false; branches.len()];
    poll_fn(move |cx| {
        for (place, branch) in branches.iter_mut().enumerate() {
            if are_over[place] {
                continue;
            }
            let Poll::Ready(ended) = branch.as_mut().poll_branch(cx) else {
                continue;
            };
            are_over[place] = true;
            let ended = ended.map(|_| branch.as_mut().take());
            if first.take(place, ended)? {
                return Poll::Ready(Ok(first.finish()));
            }
        }
        match are_over.iter().all(|is_over| *is_over) {
            true => Poll::Ready(Ok(first.finish())),
            false => Poll::Pending,
        }
    })
}

/// The values that a race or a quorum has taken so far.
pub(crate) struct First<T> {
    wanted: usize,
    inputs: usize,
    came: Vec<(usize, T)>,
    lost: usize,
    last_error: Option<FlowError>,
}

impl<T> First<T> {
    pub(crate) fn new(wanted: usize, inputs: usize) -> Self {
        Self {
            wanted,
            inputs,
            came: Vec::new(),
            lost: 0,
            last_error: None,
        }
    }

    /// Takes the result of one branch. Returns whether that was the last one wanted.
    ///
    /// # Errors
    ///
    /// The last failure, if too few branches are left, or one that no join tolerates.
    pub(crate) fn take(&mut self, place: usize, ended: BranchResult<T>) -> Result<bool, FlowError> {
        match ended {
            Ok(Some(value)) => {
                self.came.push((place, value));
                return Ok(self.came.len() == self.wanted);
            }
            Ok(None) => {}
            Err(error) if !error.kind().can_be_tolerated() => return Err(self.fail(error)),
            Err(error) => self.last_error = Some(error),
        }
        self.lost += 1;
        let is_hopeless = self.lost + self.wanted > self.inputs;
        match self.last_error.take_if(|_| is_hopeless) {
            Some(error) => Err(self.fail(error)),
            None => Ok(false),
        }
    }

    /// Drops the values: a panic in that hides no failure.
    #[cold]
    fn fail(&mut self, error: FlowError) -> FlowError {
        drop_caught(|| self.came.clear());
        error
    }

    /// The values, or which branches had one.
    pub(crate) fn finish(&mut self) -> Result<Vec<(usize, T)>, Vec<bool>> {
        let came = std::mem::take(&mut self.came);
        if came.len() == self.wanted {
            return Ok(came);
        }
        let has_come = |place| came.iter().any(|(other, _)| *other == place);
        let have_come = (0..self.inputs).map(has_come).collect();
        drop_caught(|| drop(came));
        Err(have_come)
    }
}

/// The result of a branch, for a `settle`: a failure is a value, and the branch goes on as the
/// message that failed.
///
/// # Errors
///
/// A failure that no join tolerates.
#[doc(hidden)]
pub fn settle<T>(
    ended: BranchResult<T>,
    cursor: &mut Cursor<'_>,
) -> BranchResult<Result<T, NodeError>> {
    match ended {
        Ok(value) => Ok(value.map(Ok)),
        Err(error) if error.kind().can_be_tolerated() => {
            cursor.set_failed(&error);
            Ok(Some(Err(NodeError::from(&error))))
        }
        Err(error) => Err(error),
    }
}

/// The only value.
///
/// # Panics
///
/// Never: a race waits for one.
#[doc(hidden)]
pub fn only<T>(mut came: Vec<T>) -> T {
    came.pop().expect("a race waits for one")
}

/// Which inputs of a join have arrived.
#[doc(hidden)]
pub fn by_slot<const INPUTS: usize>(slots: &[usize], have_come: &[bool]) -> [bool; INPUTS] {
    let mut inputs = [false; INPUTS];
    for (slot, has_come) in slots.iter().zip(have_come) {
        inputs[*slot] |= has_come;
    }
    inputs
}

/// The places among the emits of a step, where a `match` decides how many branches there are. The
/// place of a branch is the same whichever of those before it have set out.
#[doc(hidden)]
#[derive(Debug)]
pub struct Places<'p> {
    first: u32,
    /// How many branches set out on the arms that were taken.
    on_arms: AtomicU32,
    /// The places around these, if the later ones do not count with them yet.
    around: Option<&'p Self>,
}

impl<'p> Places<'p> {
    /// The first is this one.
    #[must_use]
    pub const fn from(first: u32) -> Self {
        Self {
            first,
            on_arms: AtomicU32::new(0),
            around: None,
        }
    }

    /// The first is one of other places, of which this many are taken at once.
    #[must_use]
    pub fn within(around: &'p Self, offset: u32, width: u32) -> Self {
        Self {
            around: Some(around),
            ..Self::from(around.take(offset, width))
        }
    }

    /// The place after those that are known, and those on arms.
    pub fn at(&self, offset: u32) -> u32 {
        self.first + self.on_arms.load(Ordering::Relaxed) + offset
    }

    /// The same place, if this many are taken on an arm.
    pub fn take(&self, offset: u32, width: u32) -> u32 {
        let place = self.at(offset);
        self.widen(width);
        place
    }

    fn widen(&self, width: u32) {
        self.on_arms.fetch_add(width, Ordering::Relaxed);
        if let Some(around) = self.around {
            around.widen(width);
        }
    }
}
