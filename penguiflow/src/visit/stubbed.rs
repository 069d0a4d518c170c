//! One attempt of a stub, in place of one of its node.

use std::pin::Pin;

use super::attempt::{Attempt, End};
use super::cursor::Cursor;
use super::observed::Observed;
use super::panics::Cuttable;
use crate::edge::{Stub, StubAttempt};
use crate::error::Fault;
use crate::node::signature::Signature;
use crate::node::{Lent, Node, Success};

impl Cursor<'_> {
    /// An attempt of the closure that stands in for a node.
    pub(super) fn stub<'v, N: Node>(
        &'v self,
        stub: &'v dyn Stub<N>,
        param: Lent<'v, N>,
    ) -> StubAttempt<'v, N> {
        let attempt = stub.attempt(param);
        Box::pin(async move {
            let success = attempt.await?;
            Ok(N::Signature::stubbed(success, self.envelope()))
        })
    }
}

/// Runs one attempt of a stub, as one of its node.
pub(super) async fn stubbed<N: Node>(
    attempt: StubAttempt<'_, N>,
    observed: &mut Observed<'_>,
    end: Option<End>,
) -> Result<Success<N>, Fault> {
    let mut call = Cuttable::new(attempt);
    let returned = Attempt::new(Pin::new(&mut call), observed.span(), end).await;
    observed.cut(&returned, || call.cut());
    let result = returned.and_then(|judged| judged);
    observed.conclude(&result);
    result
}
