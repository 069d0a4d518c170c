//! `fallback_if`: the node that fails decides whether a fallback may take over.

use std::error::Error;

use penguiflow::prelude::*;

use super::{End, Model, apologize, failure, why};
use penguiflow_tests::by_json::same;
use penguiflow_tests::support::Notebook;

/// What a model refuses, or cannot do now.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
enum Trouble {
    #[error("the prompt is refused")]
    Refused,
    #[error("the model is busy")]
    Busy,
}

fn is_passing(trouble: &Trouble) -> bool {
    *trouble == Trouble::Busy
}

/// Fails with this, or slips, or hangs.
struct Picky(Result<Trouble, End>);

#[node(timeout = "100ms", fallback_if = is_passing)]
impl Picky {
    async fn call(&self, _: &String) -> Result<String, Trouble> {
        match self.0 {
            Ok(trouble) => Err(trouble),
            Err(End::Hangs) => std::future::pending().await,
            Err(_) => panic!("it slipped"),
        }
    }
}

/// The same verdict on a node without any policy.
#[node(fallback_if = is_passing)]
async fn refuses(_: &String) -> Result<String, Trouble> {
    Err(Trouble::Refused)
}

macro_rules! flow_with {
    ($first:expr) => {
        flow! {
            #[flow(durable)]
            let first: Picky = Picky($first);
            first else apologize
        }
    };
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_not_for_the_fallback_ends_the_trace() -> Result<(), FlowError> {
    let told = "no answer to why: node `first` failed: the model is busy";
    assert_eq!(same!(flow_with!(Ok(Trouble::Busy)), why())?, [told]);
    let ended = same!(flow_with!(Ok(Trouble::Refused)), why());
    let told = "node `first` failed: the prompt is refused";
    assert_eq!(failure(ended), (ErrorKind::Failed, told.to_owned()));

    let error = flow! { refuses else apologize }
        .run(why())
        .await
        .expect_err("it fails");
    let source = error.source().and_then(|source| source.downcast_ref());
    assert_eq!(source, Some(&Trouble::Refused));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn timeouts_and_panics_are_always_for_the_fallback() -> Result<(), FlowError> {
    let told = "no answer to why: node `first` exceeded its timeout of 100ms";
    assert_eq!(same!(flow_with!(Err(End::Hangs)), why())?, [told]);
    let told = "no answer to why: node `first` panicked: it slipped";
    assert_eq!(same!(flow_with!(Err(End::Panics)), why())?, [told]);
    Ok(())
}

#[node(retries = 2, backoff = "1ms", fallback_if = is_passing)]
async fn tires(_: &String, ctx: Ctx) -> Result<String, Trouble> {
    Err(match ctx.attempt() {
        0 | 1 => Trouble::Busy,
        _ => Trouble::Refused,
    })
}

#[tokio::test(start_paused = true)]
async fn the_verdict_on_the_last_attempt_holds() {
    let error = flow! { tires else apologize }
        .run(why())
        .await
        .expect_err("it fails");
    assert_eq!((error.attempts(), error.kind()), (3, ErrorKind::Failed));
}

flow! {
    struct Inner(String) -> String;

    refuses else apologize;
}

#[node(fallback_if = never)]
async fn calls(question: String, ctx: Ctx) -> Result<String, FlowError> {
    ctx.call(&flow! { refuses }, question).await
}

fn never(_: &FlowError) -> bool {
    false
}

#[tokio::test(start_paused = true)]
async fn a_verdict_is_not_that_of_the_flow_around() -> Result<(), FlowError> {
    let told =
        "no answer to why: node `Inner` failed: node `refuses` failed: the prompt is refused";
    assert_eq!(flow! { Inner else apologize }.run(why()).await?, told);
    // A flow that is called is the node's own error.
    let error = flow! { calls else apologize }
        .run(why())
        .await
        .expect_err("it fails");
    assert_eq!(error.path().as_deref(), Some("calls/refuses"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_join_goes_on_without_the_branch() -> Result<(), FlowError> {
    let flow = flow! {
        let two: Model = Model::answers("two");
        [refuses else apologize, two] -> race
    };
    let answer = flow.with_state(Notebook::new()).run(why()).await?;
    assert_eq!(answer, "two: why");
    Ok(())
}
