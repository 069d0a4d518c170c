//! Policies that are set at run time, and constants in attributes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow::{Backoff, Policies};
use tokio::time::{Instant, sleep};

const SEARCH: Duration = Duration::from_secs(2);

mod limits {
    use penguiflow::Backoff;
    use std::time::Duration;

    pub(super) const RETRIES: u32 = 2;
    pub(super) const WAITS: Backoff = Backoff {
        jitter: false,
        ..Backoff::new(Duration::from_secs(1), Duration::from_secs(4))
    };
    pub(super) const AT_ONCE: usize = 3;
}

/// What nodes count.
#[derive(Clone, Default)]
struct Calls {
    begun: Arc<AtomicUsize>,
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Calls {
    async fn take(&self, time: Duration) {
        self.begun.fetch_add(1, Ordering::Relaxed);
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(running, Ordering::Relaxed);
        sleep(time).await;
        self.running.fetch_sub(1, Ordering::Relaxed);
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }
}

#[node(timeout = SEARCH, retries = limits::RETRIES, backoff = limits::WAITS)]
async fn search(n: u32, State(calls): State<Calls>) -> Result<u32, String> {
    calls.take(Duration::from_secs(u64::from(n))).await;
    Err("nothing found".to_owned())
}

/// Has no policy at all.
#[node]
async fn plain(n: u32, State(calls): State<Calls>, ctx: Ctx) -> u32 {
    let left = ctx.remaining().map_or(0, |left| left.as_secs() as u32);
    calls.take(Duration::from_secs(u64::from(n))).await;
    left
}

#[node(timeout = "10s", retries = 0, jitter = false)]
async fn once(n: u32, State(calls): State<Calls>) -> Result<u32, String> {
    calls.take(Duration::ZERO).await;
    match calls.begun() > n as usize {
        true => Ok(n),
        false => Err("not yet".to_owned()),
    }
}

flow! {
    struct Search(u32) -> u32;

    search;
}

flow! {
    #[flow(timeout = "1m", worst_case = HOUR)]
    struct Inner(u32) -> u32;

    once;
}

const HOUR: Duration = Duration::from_secs(3600);

flow! {
    struct Outer(u32) -> u32;

    Inner;
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn read(settings: &str) -> Policies {
    serde_json::from_str(settings).expect("they are settings")
}

#[tokio::test(start_paused = true)]
async fn attributes_take_constants() {
    #[node(concurrency = limits::AT_ONCE)]
    async fn limited(_: u32) {}

    let policy = Search::flow().graph().nodes[0].policy;
    assert_eq!((policy.timeout, policy.retries), (Some(SEARCH), 2));
    assert_eq!(policy.backoff, limits::WAITS);
    assert_eq!(
        flow! { limited }.graph().nodes[0].policy.concurrency,
        Some(3)
    );
    // Three attempts of 2 s, and waits of 1 s and 2 s.
    assert_eq!(Search::WORST_CASE, Some(secs(9)));
    let began = Instant::now();
    let flow = Search::flow().with_state(Calls::default());
    assert_eq!(
        flow.run(10).await.expect_err("it fails").kind(),
        ErrorKind::TimedOut
    );
    assert_eq!(began.elapsed(), secs(9));
}

#[tokio::test(start_paused = true)]
async fn a_policy_is_set_in_one_flow_value_alone() {
    let calls = Calls::default();
    let flow = Search::flow().with_state(calls.clone());
    let patient = flow
        .clone()
        .policy::<search>(|policy| policy.timeout(secs(30)).retries(1));
    let began = Instant::now();
    let error = patient.run(10).await.expect_err("it fails");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Failed, 2));
    assert_eq!(began.elapsed(), secs(21));
    assert_eq!(patient.worst_case(), Some(secs(61)));
    let began = Instant::now();
    flow.run(10).await.expect_err("it fails");
    assert_eq!(began.elapsed(), secs(9));
    assert_eq!(flow.worst_case(), Some(secs(9)));
}

#[tokio::test(start_paused = true)]
async fn a_node_without_a_policy_is_given_a_timeout_and_a_limit() {
    let flow = flow! { plain }.policy::<plain>(|policy| policy.timeout(secs(5)).concurrency(2));
    let slow = flow.clone().with_state(Calls::default());
    let error = slow.run(10).await.expect_err("it fails");
    assert_eq!(error.to_string(), "node `plain` exceeded its timeout of 5s");
    let calls = Calls::default();
    let flow = flow.with_state(calls.clone());
    let began = Instant::now();
    let runs = (0..6).map(|_| flow.run(2));
    for left in futures_util::future::join_all(runs).await {
        assert_eq!(
            left.expect("it succeeds"),
            5,
            "the timeout is known to the context"
        );
    }
    assert_eq!(began.elapsed(), secs(6));
    assert_eq!(calls.most.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_says_so_can_be_given_retries() {
    let flow = flow! { once }.with_state(Calls::default());
    assert!(flow.run(3).await.is_err());
    let flow = flow! { once }
        .with_state(Calls::default())
        .policy::<once>(|policy| policy.retries(5).backoff(secs(1), secs(1)));
    assert_eq!(flow.run(3).await.expect("it succeeds"), 3);
}

#[tokio::test(start_paused = true)]
async fn settings_reach_the_nodes_of_playbooks() {
    let flow = Outer::flow().with_state(Calls::default());
    assert_eq!(
        flow.clone()
            .run_owned(3)
            .await
            .expect_err("it fails")
            .kind(),
        ErrorKind::Failed
    );
    let flow = flow
        .policies(&read(
            r#"{ "Inner/once": { "retries": "4", "backoff": "1s" }, "Inner": { "timeout": "20s" } }"#,
        ))
        .expect("it succeeds");
    let began = Instant::now();
    assert_eq!(flow.run(3).await.expect("it succeeds"), 3);
    assert_eq!(began.elapsed(), secs(3), "two attempts fail");
    assert_eq!(flow.worst_case(), Some(secs(20)));
    assert_eq!(
        flow.effective_policies().to_string(),
        "Inner: timeout 20s\nInner/once: timeout 10s, retries 4, backoff 1s..30s without jitter\n"
    );
    let typed = Outer::flow().policy::<once>(|policy| policy.retries(7));
    assert_eq!(
        typed
            .effective_policies()
            .get("Inner/once")
            .expect("it succeeds")
            .retries,
        7
    );
}

#[tokio::test(start_paused = true)]
async fn limits_that_are_set_are_those_of_the_flow_value_and_its_clones() {
    let calls = Calls::default();
    let running = flow! { plain }
        .with_state(calls.clone())
        .policies(&read(
            r#"{ "plain": { "concurrency": 1, "rate": "none" } }"#,
        ))
        .expect("it succeeds")
        .start();
    for _ in 0..4 {
        running.emit(1).await.expect("it succeeds");
    }
    let began = Instant::now();
    running.stop().await;
    assert_eq!(began.elapsed(), secs(4));
    assert_eq!(calls.most.load(Ordering::Relaxed), 1);
}

#[test]
fn what_is_set_can_be_taken_away_and_read_as_data() {
    let flow = Search::flow()
        .policies(&read(
            r#"{ "search": { "timeout": "none", "jitter": "true", "after_max": "2m" } }"#,
        ))
        .expect("it succeeds");
    let effective = flow.effective_policies();
    let policy = effective.get("search").expect("it succeeds");
    assert_eq!((policy.timeout, policy.retries), (None, 2));
    assert!(policy.backoff.jitter);
    assert_eq!(flow.worst_case(), None);
    let json = serde_json::to_value(&effective).expect("it succeeds");
    assert_eq!(json["search"]["retries"], 2);
    assert_eq!(effective.iter().count(), 1);
}

#[test]
fn all_that_cannot_be_set_is_told_at_once() {
    let wrong =
        read(r#"{ "serach": { "timeout": "1s" }, "Inner/twice": {}, "Inner": { "retries": 3 } }"#);
    let error = Outer::flow().policies(&wrong).expect_err("it fails");
    assert_eq!(
        error.to_string(),
        "no node of `Outer` is called `Inner/twice`: its nodes are `Inner`, `Inner/once`; \
         no node of `Outer` is called `serach`: its nodes are `Inner`, `Inner/once`; \
         node `Inner` cannot be tried again: write `retries = 0` on its `#[node]`, so that more \
         can be set at run time"
    );
}

#[test]
fn settings_that_are_none_name_the_place() {
    for (settings, told) in [
        (
            r#"{ "search": { "time": "1s" } }"#,
            "unknown field `time`, expected one of `timeout`",
        ),
        (
            r#"{ "search": { "timeout": "soon" } }"#,
            "`soon` is not a duration above zero",
        ),
        (
            r#"{ "search": { "retries": -1 } }"#,
            "invalid digit found in string",
        ),
        (
            r#"{ "search": { "backoff": "2s..1s" } }"#,
            "the first wait of `2s..1s` is longer",
        ),
        (
            r#"{ "search": { "rate": "often" } }"#,
            "`often` is not a rate",
        ),
    ] {
        let error = serde_json::from_str::<Policies>(settings).expect_err("it fails");
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[test]
#[should_panic = "no node of `Search` is called `plain`: its nodes are `search`"]
fn a_policy_of_a_node_that_the_flow_does_not_have_is_a_mistake() {
    let _ = Search::flow().policy::<plain>(|policy| policy);
}

#[test]
#[should_panic = "node `plain` cannot be tried again: write `retries = 0` on its `#[node]`"]
fn retries_of_a_node_that_keeps_no_input_are_a_mistake() {
    let _ = flow! { plain }.policy::<plain>(|policy| policy.retries(1));
}

#[test]
fn a_backoff_that_is_set_keeps_what_is_left_out() {
    let flow = Search::flow()
        .policies(&read(r#"{ "search": { "backoff": "10s" } }"#))
        .expect("it succeeds");
    let policies = flow.effective_policies();
    assert_eq!(
        policies.get("search").expect("it succeeds").backoff,
        Backoff {
            jitter: false,
            ..Backoff::new(secs(10), secs(10))
        }
    );
}
