//! How a node is called: with its message, and with what it extracts. `#[node]` implements
//! `Call`; the flow awaits what `visit` returns.

use std::future::Future;

use super::attempts::attempts;
use super::cursor::Cursor;
use super::parts::AttemptSeed;
use crate::error::FlowError;
use crate::node::{Attempt, Fault, In, Node, Param, Success};
use crate::shape::{Direction, Signature};

/// A node that can run where the application's state is an `S`.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` cannot run in a flow whose state is `{S}`",
    label = "this flow's state is `{S}`"
)]
pub trait Call<S>: Node {
    /// What one call comes to: what the function returns, or that too if something was extracted.
    #[doc(hidden)]
    type Returned: Send;

    /// One call of the function.
    #[doc(hidden)]
    fn call<'v>(
        &'v self,
        param: Lent<'v, Self>,
        seed: AttemptSeed<'v, S>,
    ) -> impl Future<Output = Self::Returned> + Send + 'v;

    /// What became of the call.
    #[doc(hidden)]
    fn judge(returned: Self::Returned) -> Attempt<Self>;

    /// The parameter for one more attempt of a node that takes it by value.
    #[doc(hidden)]
    fn again(param: &mut Option<Param<Self>>, is_last: bool) -> Param<Self> {
        let _ = is_last;
        param.take().expect(KEPT)
    }
}

const KEPT: &str = "a parameter is there until its last attempt";

/// A node's parameter as its function takes it: by value, or by reference.
pub type Lent<'v, N> = <TakingOf<N> as Taking>::Lent<'v, Param<N>>;

/// Whether a node takes its message by value or by reference.
pub type TakingOf<N> = <<N as Node>::Visits as Visits>::Taking;

/// Whether a node takes its message by value or by reference.
pub trait Taking {
    /// The parameter as the function takes it.
    type Lent<'v, P: 'v>;
    /// What stays with the visit while the function runs.
    type Kept<P: Send>: Send;
    /// What is moved into the function.
    type Moved<P: Send>: Send;

    /// Takes a parameter apart.
    #[doc(hidden)]
    fn split<P: Send>(param: P) -> (Self::Kept<P>, Self::Moved<P>);

    /// The parameter of the only attempt.
    #[doc(hidden)]
    fn lend<P: Send>(kept: &Self::Kept<P>, moved: Self::Moved<P>) -> Self::Lent<'_, P>;

    /// What was not used up.
    #[doc(hidden)]
    fn unused<P: Send>(kept: Self::Kept<P>) -> Option<P>;

    /// The parameter of one of several attempts; `again` takes or copies it.
    #[doc(hidden)]
    fn attempt<P>(
        param: &mut Option<P>,
        again: impl FnOnce(&mut Option<P>) -> P,
    ) -> Self::Lent<'_, P>;
}

/// A node that takes its message by value.
#[derive(Debug, Clone, Copy)]
pub enum ByValue {}

/// A node that takes its message by reference: it stays with the visit.
#[derive(Debug, Clone, Copy)]
pub enum ByReference {}

impl Taking for ByValue {
    type Lent<'v, P: 'v> = P;
    type Kept<P: Send> = ();
    type Moved<P: Send> = P;

    #[inline]
    fn split<P: Send>(param: P) -> ((), P) {
        ((), param)
    }

    #[inline]
    fn lend<P: Send>((): &(), moved: P) -> P {
        moved
    }

    #[inline]
    fn unused<P: Send>((): ()) -> Option<P> {
        None
    }

    #[inline]
    fn attempt<P>(param: &mut Option<P>, again: impl FnOnce(&mut Option<P>) -> P) -> P {
        again(param)
    }
}

impl Taking for ByReference {
    type Lent<'v, P: 'v> = &'v P;
    type Kept<P: Send> = P;
    type Moved<P: Send> = ();

    #[inline]
    fn split<P: Send>(param: P) -> (P, ()) {
        (param, ())
    }

    #[inline]
    fn lend<P: Send>(kept: &P, (): ()) -> &P {
        kept
    }

    #[inline]
    fn unused<P: Send>(kept: P) -> Option<P> {
        Some(kept)
    }

    #[inline]
    fn attempt<P>(param: &mut Option<P>, _: impl FnOnce(&mut Option<P>) -> P) -> &P {
        param.as_ref().expect(KEPT)
    }
}

/// How a node is visited, by its policy.
pub trait Visits {
    /// Whether it takes its message by value or by reference.
    type Taking: Taking;
    /// What stays with the visit while the node runs.
    #[doc(hidden)]
    type Kept<P: Send>: Send;
    /// What is moved into it.
    #[doc(hidden)]
    type Moved<P: Send>: Send;
    /// What a visit comes to.
    #[doc(hidden)]
    type Returned<N: Call<S>, S>: Send;
    /// Whether a visit watches itself: it begins more than one attempt, or waits before one.
    #[doc(hidden)]
    const ARE_BOUNDED: bool;

    /// Takes a parameter apart.
    #[doc(hidden)]
    fn split<P: Send>(param: P) -> (Self::Kept<P>, Self::Moved<P>);

    /// What was not used up.
    #[doc(hidden)]
    fn unused<P: Send>(kept: Self::Kept<P>) -> Option<P>;

    /// The visit.
    #[doc(hidden)]
    fn visit<'v, N, S>(
        node: &'v N,
        kept: &'v mut Self::Kept<Param<N>>,
        moved: Self::Moved<Param<N>>,
        seed: AttemptSeed<'v, S>,
    ) -> impl Future<Output = Self::Returned<N, S>> + Send + 'v
    where
        N: Call<S> + Node<Visits = Self>,
        S: Sync;

    /// What became of it.
    #[doc(hidden)]
    fn judge<N: Call<S>, S>(returned: Self::Returned<N, S>) -> Attempt<N>;
}

/// Without timeout, retries and limits: a visit is the node's own future.
#[derive(Debug)]
pub enum Plain<T> {
    #[doc(hidden)]
    Never(std::convert::Infallible, T),
}

/// With a policy: a visit is a loop of attempts.
#[derive(Debug)]
pub enum Bounded<T> {
    #[doc(hidden)]
    Never(std::convert::Infallible, T),
}

impl<T: Taking> Visits for Plain<T> {
    type Taking = T;
    type Kept<P: Send> = T::Kept<P>;
    type Moved<P: Send> = T::Moved<P>;
    type Returned<N: Call<S>, S> = N::Returned;
    const ARE_BOUNDED: bool = false;

    #[inline]
    fn split<P: Send>(param: P) -> (T::Kept<P>, T::Moved<P>) {
        T::split(param)
    }

    #[inline]
    fn unused<P: Send>(kept: T::Kept<P>) -> Option<P> {
        T::unused(kept)
    }

    #[inline]
    fn visit<'v, N, S>(
        node: &'v N,
        kept: &'v mut T::Kept<Param<N>>,
        moved: T::Moved<Param<N>>,
        seed: AttemptSeed<'v, S>,
    ) -> impl Future<Output = N::Returned> + Send + 'v
    where
        N: Call<S> + Node<Visits = Self>,
        S: Sync,
    {
        node.call(T::lend(kept, moved), seed)
    }

    #[inline]
    fn judge<N: Call<S>, S>(returned: N::Returned) -> Attempt<N> {
        N::judge(returned)
    }
}

impl<T: Taking> Visits for Bounded<T> {
    type Taking = T;
    type Kept<P: Send> = Option<P>;
    type Moved<P: Send> = ();
    type Returned<N: Call<S>, S> = Attempt<N>;
    const ARE_BOUNDED: bool = true;

    #[inline]
    fn split<P: Send>(param: P) -> (Option<P>, ()) {
        (Some(param), ())
    }

    #[inline]
    fn unused<P: Send>(kept: Option<P>) -> Option<P> {
        kept
    }

    #[inline]
    fn visit<'v, N, S>(
        node: &'v N,
        kept: &'v mut Option<Param<N>>,
        (): (),
        seed: AttemptSeed<'v, S>,
    ) -> impl Future<Output = Attempt<N>> + Send + 'v
    where
        N: Call<S> + Node<Visits = Self>,
        S: Sync,
    {
        attempts(node, kept, seed)
    }

    #[inline]
    fn judge<N: Call<S>, S>(returned: Attempt<N>) -> Attempt<N> {
        returned
    }
}

/// What a visit of this node comes to.
pub type Returned<N, S> = <<N as Node>::Visits as Visits>::Returned<N, S>;

/// What stays with a visit of this node while it runs, and what is moved into it.
pub(super) type Parts<N> = (
    <<N as Node>::Visits as Visits>::Kept<Param<N>>,
    <<N as Node>::Visits as Visits>::Moved<Param<N>>,
);

impl Cursor<'_> {
    /// Makes a node's parameter of the payload that it takes.
    #[inline]
    pub fn take_up<N: Node>(&self, input: In<N>) -> Parts<N> {
        let param = N::Signature::take_up(input, || self.cover());
        N::Visits::split(param)
    }
}

impl Cursor<'_> {
    /// What became of a quiet visit.
    ///
    /// # Errors
    ///
    /// The visit's.
    #[inline]
    pub fn judge<N: Call<S>, S>(
        &self,
        node: u32,
        returned: Result<Returned<N, S>, Fault>,
    ) -> Result<Success<N>, FlowError> {
        match returned.and_then(judge::<N, S>) {
            Ok(success) => Ok(success),
            Err(fault) => Err(self.fail(node, fault)),
        }
    }
}

/// One visit of a node, to be awaited.
#[inline]
pub fn visit<'v, N, S>(
    node: &'v N,
    kept: &'v mut <N::Visits as Visits>::Kept<Param<N>>,
    moved: <N::Visits as Visits>::Moved<Param<N>>,
    seed: AttemptSeed<'v, S>,
) -> impl Future<Output = Returned<N, S>> + Send + 'v
where
    N: Call<S>,
    S: Sync,
{
    N::Visits::visit(node, kept, moved, seed)
}

/// What became of a visit.
#[inline]
pub(super) fn judge<N: Call<S>, S>(returned: Returned<N, S>) -> Attempt<N> {
    N::Visits::judge::<N, S>(returned)
}

/// The payload that a visit was given, if it was not used up.
#[inline]
pub fn keep<N: Node>(kept: <N::Visits as Visits>::Kept<Param<N>>) -> Option<In<N>> {
    N::Visits::unused(kept).map(N::Signature::give_back)
}

/// Where what a node returned goes, with what became of the envelope.
#[inline]
pub fn set_down<N: Node>(
    success: Success<N>,
    cursor: &mut Cursor<'_>,
) -> Direction<crate::node::Out<N>, crate::node::Exit<N>> {
    N::Signature::set_down(success, |headers, deadline| {
        cursor.set_envelope(headers, deadline);
    })
}
