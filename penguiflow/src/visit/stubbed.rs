//! One attempt of what stands in for a node: an entry of its script, its stub, or the node itself.

use std::future::pending;
use std::pin::Pin;

use super::attempt::{Attempt, End};
use super::attempt_seed::AttemptSeed;
use super::call::Call;
use super::observed::Observed;
use super::panics::Cuttable;
use super::silence::Silence;
use super::stubs::StandIn;
use crate::edge::{Act, Ending, StubAttempt};
use crate::error::Fault;
use crate::node::signature::Signature;
use crate::node::{self, Lent, Node, Success};

impl<N: Node> StandIn<N> {
    /// The next attempt.
    pub(super) fn attempt<'v, S>(
        &'v self,
        node: &'v N,
        param: Lent<'v, N>,
        seed: AttemptSeed<'v, S>,
    ) -> StubAttempt<'v, N>
    where
        N: Call<S>,
        S: Sync,
    {
        match self.script.as_ref().and_then(|script| script.next()) {
            None => self.run(node, param, seed),
            Some(Act::Run(time)) => {
                let run = self.run(node, param, seed);
                Box::pin(async move {
                    if !time.is_zero() {
                        tokio::time::sleep(*time).await;
                    }
                    run.await
                })
            }
            Some(Act::End(chunks, ending)) => Box::pin(act::<N, S>(chunks, ending, seed)),
        }
    }

    /// The stub, or the node itself.
    fn run<'v, S>(
        &'v self,
        node: &'v N,
        param: Lent<'v, N>,
        seed: AttemptSeed<'v, S>,
    ) -> StubAttempt<'v, N>
    where
        N: Call<S>,
        S: Sync,
    {
        let Some(stub) = &self.stub else {
            let call = node.call(param, seed);
            return Box::pin(async move { N::judge(call.await) });
        };
        let attempt = stub.attempt(param);
        Box::pin(async move {
            let success = attempt.await?;
            Ok(N::Signature::stubbed(success, seed.cursor.envelope()))
        })
    }
}

/// An attempt as it is written: it sends the chunks, and ends.
async fn act<N: Node, S: Sync>(
    chunks: &[String],
    ending: &Ending<N>,
    seed: AttemptSeed<'_, S>,
) -> node::Attempt<N> {
    let mut visit = seed.begin();
    let ctx = visit.ctx();
    for chunk in chunks {
        ctx.chunk(chunk.as_str()).await;
    }
    match ending {
        Ending::Return(value) => {
            let result = value();
            visit.complete(result.is_ok());
            let success = result?;
            Ok(N::Signature::stubbed(success, seed.cursor.envelope()))
        }
        Ending::Panic(message) => panic!("{message}"),
        Ending::Hang => pending().await,
    }
}

/// Runs one attempt of a stand-in, as one of its node.
pub(super) async fn stubbed<N: Node>(
    attempt: StubAttempt<'_, N>,
    observed: &Observed<'_>,
    end: Option<End>,
    silence: Option<&Silence>,
) -> Result<Success<N>, Fault> {
    let mut call = Cuttable::new(attempt, |judged| judged);
    let attempt = Attempt::new(Pin::new(&mut call), observed.span(), end);
    let judged = match silence {
        Some(silence) => attempt.with_silence(silence).await,
        None => attempt.await,
    };
    observed.cut(&judged, || call.cut());
    judged
}
