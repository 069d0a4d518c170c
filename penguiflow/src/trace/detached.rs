//! Detached branches, which no join waits for: arrivals at a node that several branches reach, and
//! the items of a map that go on by themselves. Each is a box in a set.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_util::stream::{FuturesUnordered, Stream};
use tokio::task::coop::consume_budget;

use super::branch::BranchResult;
use crate::error::FlowError;
use crate::visit::drop_caught;

/// A branch that nobody waits for.
#[doc(hidden)]
pub type DetachedBranch<'t> = Pin<Box<dyn Future<Output = BranchResult<()>> + Send + 't>>;

/// The detached branches of a trace, or of one branch of a join that must not outlive it. It is
/// shared, since the branches in it detach others.
#[doc(hidden)]
pub struct DetachedBranches<'t>(Arc<Mutex<Vec<DetachedBranch<'t>>>>);

/// After this number of branches that do not wait, others run.
const BRANCHES_IN_ONE_GO: usize = 16;

impl<'t> DetachedBranches<'t> {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::default())
    }

    fn begun(&self) -> MutexGuard<'_, Vec<DetachedBranch<'t>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one more.
    pub fn push(&self, branch: DetachedBranch<'t>) {
        self.begun().push(branch);
    }

    /// Runs a branch, and all that it detaches, to their ends.
    ///
    /// # Errors
    ///
    /// The first failure of one of them.
    pub async fn run<T: Send>(
        self,
        own: impl Future<Output = BranchResult<T>> + Send,
    ) -> BranchResult<T> {
        self.run_until(own, false).await
    }

    /// The same, where a join goes on without all of it: so the first branch that is over with
    /// nothing ends it.
    ///
    /// # Errors
    ///
    /// The first failure of one of them.
    pub async fn run_all_or_none<T: Send>(
        self,
        own: impl Future<Output = BranchResult<T>> + Send,
    ) -> BranchResult<T> {
        self.run_until(own, true).await
    }

    async fn run_until<T: Send>(
        self,
        own: impl Future<Output = BranchResult<T>> + Send,
        is_all_or_none: bool,
    ) -> BranchResult<T> {
        let mut own = pin!(Own {
            run: own,
            value: None
        });
        let mut others = Others(FuturesUnordered::new());
        loop {
            let polled =
                poll_fn(|cx| self.poll_some(own.as_mut(), &mut others.0, is_all_or_none, cx));
            match polled.await? {
                Polled::Enough => consume_budget().await,
                Polled::Over => return Ok(own.take()),
                Polled::None => return Ok(None),
            }
        }
    }

    /// Polls the branches that were woken.
    fn poll_some<T, F>(
        &self,
        mut own: Pin<&mut Own<T, F>>,
        others: &mut FuturesUnordered<DetachedBranch<'t>>,
        is_all_or_none: bool,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Polled, FlowError>>
    where
        F: Future<Output = BranchResult<T>>,
    {
        let own_is_over = own.as_mut().poll_own(cx)?.is_ready();
        if is_all_or_none && own.is_none() {
            return Poll::Ready(Ok(Polled::None));
        }
        for _ in 0..BRANCHES_IN_ONE_GO {
            others.extend(self.begun().drain(..));
            match Pin::new(&mut *others).poll_next(cx) {
                Poll::Ready(Some(ended)) => {
                    if ended?.is_none() && is_all_or_none {
                        return Poll::Ready(Ok(Polled::None));
                    }
                }
                Poll::Ready(None) if own_is_over => return Poll::Ready(Ok(Polled::Over)),
                Poll::Ready(None) => return Poll::Pending,
                Poll::Pending if self.begun().is_empty() => return Poll::Pending,
                Poll::Pending => {}
            }
        }
        Poll::Ready(Ok(Polled::Enough))
    }
}

/// The state of a set of branches after a poll.
enum Polled {
    /// Not at its end, but others have their turn.
    Enough,
    /// All are over.
    Over,
    /// One is over without a value, which ends the set.
    None,
}

impl Default for DetachedBranches<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for DetachedBranches<'_> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl fmt::Debug for DetachedBranches<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetachedBranches").finish_non_exhaustive()
    }
}

pin_project_lite::pin_project! {
    /// The branch that detaches others, until it is over.
    struct Own<T, F> {
        #[pin]
        run: F,
        value: Option<Option<T>>,
    }
}

impl<T, F: Future<Output = BranchResult<T>>> Own<T, F> {
    fn poll_own(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), FlowError>> {
        let this = self.project();
        if this.value.is_none() {
            match this.run.poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(ended) => *this.value = Some(ended?),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Whether it is over without a value.
    fn is_none(&self) -> bool {
        matches!(self.value, Some(None))
    }

    fn take(self: Pin<&mut Self>) -> Option<T> {
        self.project().value.take().flatten()
    }
}

/// The others. Dropped while some run, they let no panic out: a failure takes precedence.
struct Others<'t>(FuturesUnordered<DetachedBranch<'t>>);

impl Drop for Others<'_> {
    fn drop(&mut self) {
        drop_caught(|| self.0.clear());
    }
}
