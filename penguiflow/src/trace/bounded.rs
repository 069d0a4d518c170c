//! The attempts of a visit that is timed, retried, limited or listened to.

use std::future::Future;
use std::pin::pin;

use super::attempt::{Attempt, caught};
use super::record::Record;
use super::visit::Visit;
use crate::error::FlowError;
use crate::node::{Call, In, Param, Success};
use crate::shape::Signature;

/// How a node is visited, by its policy.
pub trait Visits {
    /// Whether a visit is one attempt and nothing else, where nobody listens.
    const ARE_PLAIN: bool;

    /// The attempts of a visit that is more than that. What is not used up of its input stays in
    /// `param`.
    #[doc(hidden)]
    fn bounded<N, S>(
        node: &N,
        input: In<N>,
        param: &mut Option<Param<N>>,
        record: &mut Record<'_>,
        state: &S,
    ) -> impl Future<Output = Result<Success<N>, FlowError>> + Send
    where
        N: Call<S>,
        S: Sync;
}

/// Without timeout, retries and limits. Its visits are more than an attempt only where somebody
/// listens or the message has a deadline: that they pay with a box, so that others are small.
#[derive(Debug)]
pub enum Plain {}

/// With a policy.
#[derive(Debug)]
pub enum Bounded {}

impl Visits for Plain {
    const ARE_PLAIN: bool = true;

    fn bounded<N, S>(
        node: &N,
        input: In<N>,
        param: &mut Option<Param<N>>,
        record: &mut Record<'_>,
        state: &S,
    ) -> impl Future<Output = Result<Success<N>, FlowError>> + Send
    where
        N: Call<S>,
        S: Sync,
    {
        Box::pin(attempts(node, input, param, record, state))
    }
}

impl Visits for Bounded {
    const ARE_PLAIN: bool = false;

    #[inline]
    fn bounded<N, S>(
        node: &N,
        input: In<N>,
        param: &mut Option<Param<N>>,
        record: &mut Record<'_>,
        state: &S,
    ) -> impl Future<Output = Result<Success<N>, FlowError>> + Send
    where
        N: Call<S>,
        S: Sync,
    {
        attempts(node, input, param, record, state)
    }
}

#[inline]
async fn attempts<N, S>(
    node: &N,
    input: In<N>,
    param: &mut Option<Param<N>>,
    record: &mut Record<'_>,
    state: &S,
) -> Result<Success<N>, FlowError>
where
    N: Call<S>,
    S: Sync,
{
    let policy = const { &N::INFO.policy };
    let checked = caught(|| N::check_input(&input));
    *param = Some(N::Signature::take_up(input, record.envelope()));
    checked.map_err(|fault| record.failed(fault))?;
    loop {
        let result = {
            // It ends with the attempt: a retry's sleep holds none.
            let _permit = match const { N::INFO.policy.is_limited() } {
                true => Some(Box::pin(record.permit()).await?),
                false => None,
            };
            let end = record.begin(policy)?;
            let result = {
                let visit = Visit::of(record, state, policy.retries);
                let call = pin!(node.call(param, &visit));
                Attempt::new(call, record.span(), end).await
            };
            record.conclude(&result);
            result
        };
        let fault = match result {
            Ok(returned) => return Ok(returned),
            Err(fault) => fault,
        };
        let wait = record.recover(fault, policy)?;
        Box::pin(record.sleep(wait)).await?;
    }
}
