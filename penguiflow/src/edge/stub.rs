//! A closure that stands in for a node: it takes what the node takes, and returns what it returns.

use std::future::Future;
use std::pin::Pin;

use crate::node::{Attempt, Lent, Node, Param, Returns};

/// One attempt of a stub.
pub type StubAttempt<'v, N> = Pin<Box<dyn Future<Output = Attempt<N>> + Send + 'v>>;

/// The stub of a node, whatever the closure's type.
pub trait Stub<N: Node>: Send + Sync {
    /// One attempt.
    fn attempt<'v>(&'v self, param: Lent<'v, N>) -> StubAttempt<'v, N>;
}

impl<N: Returns, F: StubOf<N, Param<N>, N::Return>> Stub<N> for F {
    fn attempt<'v>(&'v self, param: Lent<'v, N>) -> StubAttempt<'v, N> {
        self.call(param)
    }
}

/// A closure that can take a node's place.
#[diagnostic::on_unimplemented(
    message = "this is no stub of node `{N}`",
    label = "takes or returns something else than node `{N}`",
    note = "write `|input: {Param}| async move {{ … }}`, or `|input: &{Param}| …` for a node that takes its message by reference",
    note = "the closure returns a future of `{Return}` that borrows nothing and is `Send`; it is `Send`, `Sync` and `'static` itself"
)]
pub trait StubOf<N: Node, Param, Return>: Send + Sync + 'static {
    /// One attempt.
    #[doc(hidden)]
    fn call<'v>(&'v self, param: Lent<'v, N>) -> StubAttempt<'v, N>;
}

#[diagnostic::do_not_recommend]
impl<N, F, Returned> StubOf<N, Param<N>, N::Return> for F
where
    N: Returns,
    for<'v> Lent<'v, N>: Send,
    F: for<'v> Fn(Lent<'v, N>) -> Returned + Send + Sync + 'static,
    Returned: Future<Output: IsReturn<N::Return>> + Send + 'static,
{
    fn call<'v>(&'v self, param: Lent<'v, N>) -> StubAttempt<'v, N> {
        // The first poll calls the closure, so its panics are caught as those of the attempt.
        Box::pin(async move { N::split(self(param).await.itself()) })
    }
}

/// A type that is another one.
pub trait IsReturn<Return> {
    /// The value itself.
    fn itself(self) -> Return;
}

#[diagnostic::do_not_recommend]
impl<Return> IsReturn<Return> for Return {
    fn itself(self) -> Self {
        self
    }
}
