//! One of two futures: the leaves of a tree of these are the visits of a flow's nodes.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// A future that is one of two. Unlike that of `futures`, it is polled in line, wherever it
    /// is compiled: it stands between the host and every visit.
    #[project = Pinned]
    #[derive(Debug)]
    #[allow(missing_docs)]
    pub enum Either<L, R> {
        Left { #[pin] left: L },
        Right { #[pin] right: R },
    }
}

impl<L, R> Either<L, R> {
    /// The one of the two.
    #[inline]
    pub fn left(left: L) -> Self {
        Self::Left { left }
    }

    /// The other one.
    #[inline]
    pub fn right(right: R) -> Self {
        Self::Right { right }
    }
}

impl<L: Future, R: Future<Output = L::Output>> Future for Either<L, R> {
    type Output = L::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<L::Output> {
        match self.project() {
            Pinned::Left { left } => left.poll(cx),
            Pinned::Right { right } => right.poll(cx),
        }
    }
}
