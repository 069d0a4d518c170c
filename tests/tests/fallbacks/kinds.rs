//! What a fallback covers, and what it does not: `None` and what ends the whole trace.

use std::convert::Infallible;

use penguiflow::prelude::*;
use penguiflow::{Extract, VisitParts};

use super::{Model, apologize, failure, why};
use penguiflow_tests::support::{Notebook, ms};

macro_rules! asked {
    ($first:expr) => {
        flow! {
            let first: Model = $first;
            first else apologize
        }
        .with_state(Notebook::new())
        .run(why())
        .await
    };
}

#[tokio::test(start_paused = true)]
async fn a_fallback_covers_errors_timeouts_and_panics() -> Result<(), FlowError> {
    assert_eq!(asked!(Model::answers("gpt"))?, "gpt: why");
    let told = "no answer to why: node `first` failed: gpt is down";
    assert_eq!(asked!(Model::fails("gpt"))?, told);
    let told = "no answer to why: node `first` panicked: gpt slipped";
    assert_eq!(asked!(Model::panics("gpt"))?, told);
    let told = "no answer to why: node `first` exceeded its timeout of 100ms";
    assert_eq!(asked!(Model::hangs("gpt"))?, told);
    Ok(())
}

/// `None` is no failure: the message ends there.
#[tokio::test(start_paused = true)]
async fn a_fallback_does_not_cover_none() {
    assert_eq!(
        failure(asked!(Model::is_none("gpt"))).0,
        ErrorKind::Filtered
    );
}

#[derive(Debug, thiserror::Error)]
#[error("the message has no tenant")]
struct NoTenant;

struct Tenant(String);

impl<S: Sync> Extract<S> for Tenant {
    type Rejection = NoTenant;

    async fn extract(visit: &VisitParts<'_, S>) -> Result<Self, NoTenant> {
        match visit.headers().tenant.as_str() {
            "" => Err(NoTenant),
            tenant => Ok(Self(tenant.to_owned())),
        }
    }
}

#[node(retries = 3, jitter = false)]
async fn of_tenant(question: String, Tenant(tenant): Tenant) -> Result<String, NoTenant> {
    Ok(format!("{tenant}: {question}"))
}

#[tokio::test(start_paused = true)]
async fn a_fallback_covers_a_rejected_parameter() -> Result<(), FlowError> {
    let flow = flow! { of_tenant else apologize };
    assert_eq!(
        flow.run(Message::new(why()).tenant("acme")).await?,
        "acme: why"
    );
    let told = "no answer to why: node `of_tenant` ";
    let answer = flow.run(why()).await?;
    assert!(
        answer.starts_with(told) && answer.ends_with("the message has no tenant"),
        "{answer}"
    );
    Ok(())
}

#[node(retries = 2, backoff = "10ms", jitter = false)]
async fn never(question: &String, State(notes): State<Notebook>) -> Result<String, String> {
    notes.write(format!("never {question}"));
    Err("never".to_owned())
}

/// It takes over when the last attempt has failed, and not before.
#[tokio::test(start_paused = true)]
async fn a_fallback_covers_exhausted_retries() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { never else apologize }.with_state(notes.clone());
    let told = "no answer to why: node `never` failed after 3 attempts: never";
    assert_eq!(flow.run(why()).await?, told);
    assert_eq!(notes.times(), [0, 10, 30]);
    Ok(())
}

#[node(retries = 2, backoff = "10ms", jitter = false)]
async fn third_time(question: &str, ctx: Ctx) -> Result<String, Infallible> {
    if ctx.attempt() < 2 {
        panic!("panics are not retried");
    }
    Ok(question.to_owned())
}

/// A panic is not retried, so the fallback comes at once.
#[tokio::test(start_paused = true)]
async fn after_a_panic_it_comes_at_once() -> Result<(), FlowError> {
    let begin = tokio::time::Instant::now();
    let told = "no answer to why: node `third_time` panicked: panics are not retried";
    assert_eq!(flow! { third_time else apologize }.run(why()).await?, told);
    assert_eq!(begin.elapsed(), ms(0));
    Ok(())
}

#[node(spawn)]
async fn in_a_task(question: &str) -> Result<String, String> {
    Err(format!("no task for {question}"))
}

#[node(blocking)]
fn in_a_thread(question: &str) -> Result<String, String> {
    Err(format!("no thread for {question}"))
}

/// Nodes that run elsewhere have the message with them, by reference too, and still give it on.
#[tokio::test]
async fn a_fallback_covers_nodes_in_tasks_and_threads() -> Result<(), FlowError> {
    let told = "no answer to why: node `in_a_task` failed: no task for why";
    assert_eq!(flow! { in_a_task else apologize }.run(why()).await?, told);
    let told = "no answer to why: node `in_a_thread` failed: no thread for why";
    assert_eq!(flow! { in_a_thread else apologize }.run(why()).await?, told);
    Ok(())
}
