//! How a node is called: with its message, and with what it extracts. `#[node]` implements
//! `Call`; the flow awaits what `visit` returns.

use std::future::Future;

use super::attempt_seed::AttemptSeed;
use super::cursor::Cursor;
use super::observed::Observed;
use crate::error::{Fault, FlowError};
use crate::node::signature::{Direction, Signature};
use crate::node::taking::KEPT;
use crate::node::{Attempt, Exit, In, Lent, Node, Out, Param, Plain, Success, Taking, Visits};

/// A node that can run where the application's state is an `S`.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` cannot run in a flow whose state is `{S}`",
    label = "this flow's state is `{S}`"
)]
pub trait Call<S>: Node {
    /// The result of one call: what the function returns, with the parts of the attempt if
    /// something was extracted.
    #[doc(hidden)]
    type Returned: Send;

    /// One call of the function.
    #[doc(hidden)]
    fn call<'v>(
        &'v self,
        param: Lent<'v, Self>,
        seed: AttemptSeed<'v, S>,
    ) -> impl Future<Output = Self::Returned> + Send + 'v;

    /// The verdict on the result of a call.
    #[doc(hidden)]
    fn judge(returned: Self::Returned) -> Attempt<Self>;

    /// The parameter for one more attempt of a node that takes it by value.
    #[doc(hidden)]
    fn again(param: &mut Option<Param<Self>>, is_last: bool) -> Param<Self> {
        let _ = is_last;
        param.take().expect(KEPT)
    }
}

/// How a node is visited, by its policy.
pub trait VisitsNode: Visits + Sized {
    /// The result of a visit.
    #[doc(hidden)]
    type Returned<N: Call<S>, S>: Send;

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

    /// The verdict on that result.
    #[doc(hidden)]
    fn judge<N: Call<S>, S>(returned: Self::Returned<N, S>) -> Attempt<N>;
}

impl<T: Taking> VisitsNode for Plain<T> {
    type Returned<N: Call<S>, S> = N::Returned;

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

/// The result of a visit of this node.
pub type Returned<N, S> = <<N as Node>::Visits as VisitsNode>::Returned<N, S>;

/// The part that stays with a visit of this node while it runs, and the part that is moved into it.
pub(super) type Parts<N> = (
    <<N as Node>::Visits as Visits>::Kept<Param<N>>,
    <<N as Node>::Visits as Visits>::Moved<Param<N>>,
);

impl Cursor<'_> {
    /// Makes a node's parameter of the payload that it takes.
    #[inline]
    pub fn wrap<N: Node>(&self, input: In<N>) -> Parts<N> {
        let param = N::Signature::wrap(input, || self.copy_envelope());
        N::Visits::split(param)
    }
}

impl Cursor<'_> {
    /// The verdict on a quiet visit.
    ///
    /// # Errors
    ///
    /// The visit's.
    #[inline]
    pub fn judge<N: Call<S, Visits: VisitsNode>, S>(
        &self,
        node: u32,
        returned: Result<Returned<N, S>, Fault>,
    ) -> Result<Success<N>, FlowError> {
        match returned.and_then(judge::<N, S>) {
            Ok(success) => Ok(success),
            Err(fault) => Err(self.fail(node, fault)),
        }
    }

    /// The failure of a node's only attempt.
    #[cold]
    pub(crate) fn fail(&self, node: u32, fault: Fault) -> FlowError {
        match fault {
            Fault::Ended(error) => error,
            fault => Observed::quiet(self, node).failed_quietly(fault),
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
    N: Call<S, Visits: VisitsNode>,
    S: Sync,
{
    N::Visits::visit(node, kept, moved, seed)
}

/// The verdict on a visit.
#[inline]
pub(super) fn judge<N: Call<S, Visits: VisitsNode>, S>(returned: Returned<N, S>) -> Attempt<N> {
    N::Visits::judge::<N, S>(returned)
}

/// The payload that a visit was given, if it was not used up.
#[inline]
pub fn keep<N: Node>(kept: <N::Visits as Visits>::Kept<Param<N>>) -> Option<In<N>> {
    N::Visits::unused(kept).map(N::Signature::give_back)
}

/// Where what a node returned goes, with what became of the envelope.
#[inline]
pub fn unwrap<N: Node>(success: Success<N>, cursor: &mut Cursor<'_>) -> Direction<Out<N>, Exit<N>> {
    N::Signature::unwrap(success, |headers, deadline| {
        cursor.set_envelope(headers, deadline);
    })
}
