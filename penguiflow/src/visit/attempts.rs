//! The attempts of a visit that is timed, retried or limited.

use std::future::Future;
use std::pin::{Pin, pin};

use super::attempt::{Attempt, End};
use super::attempt_seed::{AttemptSeed, OneOfSeveral};
use super::call::{Call, VisitsNode};
use super::observed::Observed;
use super::panics::{CuttableHere, caught};
#[cfg(feature = "testing")]
use super::stubbed::stubbed;
use crate::error::Fault;
use crate::node::signature::Signature;
use crate::node::{self, Bounded, Node, Param, Taking, TakingOf};

impl<T: Taking> VisitsNode for Bounded<T> {
    type Returned<N: Call<S>, S> = node::Attempt<N>;

    #[inline]
    fn visit<'v, N, S>(
        node: &'v N,
        kept: &'v mut Option<Param<N>>,
        (): (),
        seed: AttemptSeed<'v, S>,
    ) -> impl Future<Output = node::Attempt<N>> + Send + 'v
    where
        N: Call<S> + Node<Visits = Self>,
        S: Sync,
    {
        attempts(node, kept, seed)
    }

    #[inline]
    fn judge<N: Call<S>, S>(returned: node::Attempt<N>) -> node::Attempt<N> {
        returned
    }
}

/// Runs one attempt after the other, until one succeeds or none may follow. What is not used up
/// of the parameter stays in `param`.
async fn attempts<N, S>(
    node: &N,
    param: &mut Option<Param<N>>,
    seed: AttemptSeed<'_, S>,
) -> node::Attempt<N>
where
    N: Call<S>,
    S: Sync,
{
    let mut observed = Observed::next(seed.cursor, seed.index);
    let set = observed.set_policy();
    let policy = set.unwrap_or(const { &N::INFO.policy });
    if let Some(param) = param {
        let checked = caught(|| N::check_input(N::Signature::payload(param)));
        checked.map_err(|fault| Fault::Ended(observed.failed(fault)))?;
    }
    loop {
        let result = {
            // The permit ends with the attempt: the wait before a retry holds none.
            let _permit = match policy.is_limited() {
                true => Some(Box::pin(observed.permit()).await.map_err(Fault::Ended)?),
                false => None,
            };
            observed.show_input::<N>(param.as_ref());
            let end = observed.begin(policy.timeout).map_err(Fault::Ended)?;
            #[cfg_attr(not(feature = "testing"), expect(unused_labels))]
            let result = 'attempt: {
                // A constant for most nodes: then nothing is left of it.
                let idle = policy.idle.filter(|_| const { N::INFO.can_be_idle });
                let silence = idle.map(|longest| observed.silence(longest));
                let one_of = OneOfSeveral {
                    number: observed.attempt,
                    until: end.map(End::at),
                    in_common: &observed.in_common,
                    silence: silence.as_ref(),
                };
                let is_last = observed.attempt >= policy.retries;
                let param = TakingOf::<N>::attempt(param, |param| N::again(param, is_last));
                let seed = AttemptSeed {
                    cursor: seed.cursor,
                    state: seed.state,
                    index: seed.index,
                    one_of: Some(&one_of),
                };
                #[cfg(feature = "testing")]
                if let Some(stand_in) = seed.cursor.trace.flow.stand_in::<N>() {
                    let attempt = stand_in.attempt(node, param, seed);
                    let silence = silence.as_deref();
                    break 'attempt Box::pin(stubbed::<N>(attempt, &observed, end, silence)).await;
                }
                let returned = {
                    let call = pin!(Some(node.call(param, seed)));
                    let mut call = CuttableHere::new(call);
                    let attempt = Attempt::new(Pin::new(&mut call), observed.span(), end);
                    let returned = match &silence {
                        Some(silence) => attempt.with_silence(silence).await,
                        None => attempt.await,
                    };
                    observed.cut(&returned, || call.cut());
                    returned
                };
                returned.and_then(N::judge)
            };
            observed.show_output::<N>(&result);
            observed.conclude(&result);
            result
        };
        let fault = match result {
            Ok(success) => {
                observed.end();
                return Ok(success);
            }
            Err(fault) => fault,
        };
        let wait = observed.recover(fault, policy).map_err(Fault::Ended)?;
        Box::pin(observed.sleep(wait)).await.map_err(Fault::Ended)?;
    }
}
