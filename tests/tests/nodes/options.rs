//! The options of `#[node(…)]`, as the graph shows them; what they do is in `reliability`.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow::{Backoff, Placement, Policy};

use penguiflow_tests::support::{ms, secs};

fn transient(_: &String) -> bool {
    true
}

#[node]
async fn bare(_: ()) {}

#[node(
    timeout = "1m 30s",
    retries = 3,
    backoff = "100ms..2s",
    jitter = true,
    retry_if = transient,
    concurrency = 16,
    name = "the full set",
    spawn
)]
async fn full(_: ()) -> Result<(), String> {
    Ok(())
}

#[node(blocking, retries = 1, backoff = "40s..1h")]
fn thread(_: ()) -> Result<(), String> {
    Ok(())
}

#[node(retries = 1, backoff = "250us", timeout = "0.5s")]
async fn half_given(_: ()) -> Result<(), String> {
    Ok(())
}

#[test]
fn without_options_a_node_has_the_defaults() {
    let flow = flow! { bare };
    let policy = flow.graph().nodes[0].policy;
    assert_eq!(policy, Policy::DEFAULT);
    assert_eq!(policy.timeout, None);
    assert_eq!(policy.retries, 0);
    assert_eq!(policy.backoff, Backoff::new(ms(500), secs(30)));
    assert_eq!(policy.concurrency, None);
    assert_eq!(policy.placement, Placement::Inline);
}

#[test]
fn options_are_read_at_compile_time() {
    let flow = flow! { full -> thread -> half_given };
    let [full, thread, half_given] = flow.graph().nodes else {
        panic!("three nodes")
    };
    assert_eq!(full.name, "the full set");
    assert_eq!(full.policy.timeout, Some(secs(90)));
    assert_eq!(full.policy.retries, 3);
    assert_eq!(
        (full.policy.backoff.base, full.policy.backoff.max),
        (ms(100), secs(2))
    );
    assert!(full.policy.backoff.jitter);
    assert_eq!(full.policy.concurrency, Some(16));
    assert_eq!(full.policy.placement, Placement::Spawn);
    assert_eq!(thread.policy.placement, Placement::Blocking);
    assert_eq!(thread.policy.backoff.max, Duration::from_secs(3600));
    assert_eq!(
        half_given.policy.backoff,
        Backoff::new(Duration::from_micros(250), secs(30))
    );
    assert_eq!(half_given.policy.timeout, Some(ms(500)));
}

#[node(name = "draft", retries = 1, backoff = "1ms")]
async fn draft_v2(_: ()) -> Result<(), &'static str> {
    Err("no paper")
}

#[tokio::test(start_paused = true)]
async fn a_name_is_what_errors_and_events_say() {
    let (flow, seen) = penguiflow_tests::support::watched(flow! { draft_v2 });
    let error = flow.run(()).await.expect_err("it fails");
    assert_eq!(error.node(), Some("draft"));
    assert_eq!(
        error.to_string(),
        "node `draft` failed after 2 attempts: no paper"
    );
    flow.flush().await;
    assert!(seen.lines().contains(&"node_retry draft 1".to_owned()));
}

#[node(name = "plan")]
async fn plan_v2(n: u32) -> ControlFlow<u32, u32> {
    ControlFlow::Continue(n)
}

#[tokio::test]
async fn a_name_is_what_an_exhausted_loop_says() {
    let error = flow! { plan_v2 -> plan_v2 }
        .run(0)
        .await
        .expect_err("it goes on");
    assert_eq!(error.node(), Some("plan"));
}

mod renamed {
    pub(super) use penguiflow as core;
}

#[renamed::core::node(crate = renamed::core)]
async fn by_another_name(n: u32) -> u32 {
    n + 1
}

#[tokio::test]
async fn the_crate_may_have_another_name() -> Result<(), FlowError> {
    assert_eq!(flow! { by_another_name }.run(1).await?, 2);
    Ok(())
}
