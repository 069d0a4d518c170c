//! Policies of single tenants, on top of those for all.

use std::sync::Arc;

use penguiflow::Policies;
use penguiflow::prelude::*;
use penguiflow_tests::by_json::by_json;
use penguiflow_tests::support::{Notebook, secs};
use tokio::time::{Instant, sleep};

/// Takes this many seconds.
#[node(timeout = "10s", retries = 0)]
async fn search(seconds: u64) -> u64 {
    sleep(secs(seconds)).await;
    seconds
}

/// Needs two attempts for odd numbers.
#[node(timeout = "5s", retries = 0, jitter = false)]
async fn verify(n: u64, ctx: Ctx) -> Result<u64, String> {
    match n.is_multiple_of(2) || ctx.attempt() > 0 {
        true => Ok(n),
        false => Err("not yet".to_owned()),
    }
}

flow! {
    #[flow(timeout = "1m")]
    struct Check(u64) -> u64;

    verify;
}

flow! {
    #[flow(durable)]
    struct Ask(u64) -> u64;

    search -> Check;
}

fn read(settings: &str) -> Policies {
    serde_json::from_str(settings).expect("they are settings")
}

/// How a trace of a tenant ends, the same in memory and step by step.
async fn ends(flow: &Flow<Ask>, tenant: &str, seconds: u64) -> String {
    let message = || Message::new(seconds).tenant(tenant);
    let in_memory = text(flow.run(message()).await);
    let steps = by_json(flow, message(), Box::new(|_| 0)).await;
    assert_eq!(text(steps.map(|outputs| outputs[0])), in_memory);
    in_memory
}

fn text(ended: Result<u64, FlowError>) -> String {
    ended.map_or_else(|error| format!("{error:#}"), |n| n.to_string())
}

const TOO_SLOW: &str = "node `search` exceeded its timeout of 10s";

#[tokio::test(start_paused = true)]
async fn a_message_has_the_policies_of_its_tenant() {
    let flow = Ask::flow()
        .policy_for::<search>("acme", |policy| policy.timeout(secs(30)))
        .policies_for("globex", &read(r#"{ "search": { "timeout": "none" } }"#))
        .expect("they can be set");
    assert_eq!(ends(&flow, "acme", 20).await, "20");
    assert_eq!(
        ends(&flow, "acme", 40).await,
        "node `search` exceeded its timeout of 30s"
    );
    assert_eq!(ends(&flow, "globex", 40).await, "40");
    for other in ["", "acm", "initech"] {
        assert_eq!(ends(&flow, other, 20).await, TOO_SLOW);
    }
    assert_eq!(ends(&Ask::flow(), "acme", 20).await, TOO_SLOW);
}

#[tokio::test(start_paused = true)]
async fn a_tenants_policies_reach_the_nodes_of_playbooks() {
    let settings = read(r#"{ "Check/verify": { "retries": 1, "backoff": "3s" } }"#);
    let flow = Ask::flow()
        .policies_for("acme", &settings)
        .expect("they can be set");
    let began = Instant::now();
    assert_eq!(ends(&flow, "acme", 1).await, "1");
    assert_eq!(began.elapsed(), 2 * secs(1 + 3), "in each back end");
    let failed = ends(&flow, "globex", 1).await;
    assert!(failed.contains("node `verify` failed: not yet"), "{failed}");

    let hasty = flow.policies_for("globex", &read(r#"{ "Check": { "timeout": "1s" } }"#));
    let hasty = hasty.expect("they can be set");
    let settings = read(r#"{ "Check/verify": { "retries": 1, "backoff": "3s" } }"#);
    let hasty = hasty.policies(&settings).expect("they can be set");
    let cut = ends(&hasty, "globex", 1).await;
    assert!(cut.contains("leaves no time for another attempt"), "{cut}");
}

#[node]
async fn hand_over(mut message: Message<u64>) -> Message<u64> {
    message.headers.tenant = "acme".to_owned();
    message
}

/// The tenant is that of the message which the node takes.
#[tokio::test(start_paused = true)]
async fn a_message_that_changes_hands_has_the_new_tenants_policies() {
    let flow = flow! { hand_over -> search }
        .policy_for::<search>("acme", |policy| policy.timeout(secs(30)));
    let message = Message::new(20).tenant("globex");
    assert_eq!(text(flow.run(message).await), "20");
}

#[node(retries = 0)]
async fn asks(seconds: u64, State(ask): State<Arc<Flow<Ask>>>, ctx: Ctx) -> Result<u64, FlowError> {
    ctx.call(&ask, seconds).await
}

#[tokio::test(start_paused = true)]
async fn a_called_flow_has_its_own_policies_for_the_callers_tenant() {
    let ask = Ask::flow().policy_for::<search>("acme", |policy| policy.timeout(secs(30)));
    let flow = flow! { asks }.with_state(Arc::new(ask));
    let of = |tenant| flow.run(Message::new(20).tenant(tenant));
    assert_eq!(text(of("acme").await), "20");
    assert!(text(of("globex").await).ends_with(TOO_SLOW));
}

/// Has no policy at all, and returns the seconds that it has.
#[node]
async fn plain(_: u64, ctx: Ctx) -> u64 {
    ctx.remaining().map_or(0, |left| left.as_secs())
}

#[tokio::test(start_paused = true)]
async fn a_node_without_a_policy_has_one_for_a_tenant() {
    let flow = flow! { plain }.policy_for::<plain>("acme", |policy| policy.timeout(secs(5)));
    let of = |tenant| flow.run(Message::new(1).tenant(tenant));
    assert_eq!(text(of("acme").await), "5");
    assert_eq!(text(of("globex").await), "0");
}

#[test]
fn settings_may_have_tenants() {
    let settings = read(
        r#"{
            "tenants": { "acme": { "search": { "retries": "2", "backoff": "1s" } } },
            "search": { "timeout": "20s", "jitter": false }
        }"#,
    );
    let flow = Ask::flow().policies(&settings).expect("they can be set");
    let search = |tenant| {
        let policies = flow.effective_policies_for(tenant);
        policies.get("search").expect("a node").to_string()
    };
    assert_eq!(
        search("acme"),
        "timeout 20s, retries 2, backoff 1s..30s without jitter"
    );
    assert_eq!(search("globex"), "timeout 20s");
    assert_eq!(
        flow.effective_policies(),
        flow.effective_policies_for("globex")
    );
    assert_eq!(flow.effective_policies().iter().count(), 3);
    assert_eq!(flow.effective_policies_for("acme").iter().count(), 3);
    // The playbook's figure is that of its node.
    assert_eq!(flow.worst_case(), Some(secs(20 + 5)));
    assert_eq!(flow.worst_case_for("globex"), Some(secs(20 + 5)));
    assert_eq!(flow.worst_case_for("acme"), Some(secs(3 * 20 + 3 + 5)));
    assert_eq!(Ask::flow().worst_case_for("acme"), Some(secs(10 + 5)));
}

#[test]
fn what_is_set_for_all_later_reaches_every_tenant() {
    let before = Ask::flow().policy_for::<verify>("acme", |policy| policy.timeout(secs(30)));
    let flow = before
        .clone()
        .policy::<verify>(|policy| policy.retries(1).concurrency(3));
    let verify = |flow: &Flow<Ask>, tenant| {
        let policies = flow.effective_policies_for(tenant);
        policies.get("Check/verify").expect("a node").to_string()
    };
    let waits = "retries 1, backoff 500ms..30s without jitter, concurrency 3";
    assert_eq!(verify(&flow, "acme"), format!("timeout 30s, {waits}"));
    assert_eq!(verify(&flow, "globex"), format!("timeout 5s, {waits}"));
    assert_eq!(verify(&before, "acme"), "timeout 30s");
}

#[node(timeout = "10s", concurrency = 1, per = "tenant")]
async fn narrow(notes: Notebook) {
    notes.write("in");
    sleep(secs(5)).await;
}

#[tokio::test(start_paused = true)]
async fn limits_hold_as_they_do_without() {
    let flow = flow! { narrow }.policy_for::<narrow>("acme", |policy| policy.timeout(secs(2)));
    let notes = Notebook::new();
    let of = |tenant| flow.run(Message::new(notes.clone()).tenant(tenant));
    let (one, two, three, four) = tokio::join!(of("acme"), of("acme"), of("globex"), of("globex"));
    assert!(one.is_err() && two.is_err() && three.is_ok() && four.is_ok());
    assert_eq!(notes.times(), [0, 0, 2000, 5000]);
}

#[test]
fn all_that_cannot_be_set_is_told_with_its_tenant() {
    let wrong = read(
        r#"{
            "anwser": {},
            "tenants": {
                "acme": { "serach": {}, "Check": { "retries": 3 } },
                "globex": { "search": { "concurrency": 3 } }
            }
        }"#,
    );
    let error = Ask::flow().policies(&wrong).expect_err("it cannot be");
    assert_eq!(
        error.to_string(),
        "no node of `Ask` is called `anwser`: its nodes are `search`, `Check`, `Check/verify`; \
         tenant `acme`: no node of `Ask` is called `serach`: its nodes are `search`, `Check`, \
         `Check/verify`; \
         node `Check` cannot be tried again: write `retries = 0` on its `#[node]`, so that more \
         can be set at run time; \
         `concurrency` and `rate` of node `search` hold for all tenants, and cannot be set for \
         `globex` alone: `per = \"tenant\"` on its `#[node]` counts each tenant by itself"
    );
    let nested = read(r#"{ "tenants": { "acme": {} } }"#);
    let error = Ask::flow()
        .policies_for("acme", &nested)
        .expect_err("it cannot be");
    assert_eq!(
        error.to_string(),
        "the policies for tenant `acme` have `tenants` of their own"
    );
}

#[test]
fn settings_that_are_none_name_what_is_expected() {
    for (settings, told) in [
        (
            r#"{ "tenants": { "acme": { "search": { "time": "1s" } } } }"#,
            "unknown field `time`, expected one of `timeout`",
        ),
        (
            r#"{ "tenants": { "acme": { "timeout": "1s" } } }"#,
            "invalid type: string \"1s\", expected the settings of a node, such as `timeout`",
        ),
        (
            r#"{ "tenants": "acme" }"#,
            "invalid type: string \"acme\", expected a map",
        ),
        (
            r#"["search"]"#,
            "invalid type: sequence, expected policies of nodes by their names",
        ),
    ] {
        let error = serde_json::from_str::<Policies>(settings).expect_err("it cannot be");
        assert!(error.to_string().starts_with(told), "{error}");
    }
}

#[test]
#[should_panic = "no node of `Ask` is called `plain`: its nodes are `search`, `Check`, `Check/verify`"]
fn a_node_that_the_flow_does_not_have_is_a_mistake() {
    let _ = Ask::flow().policy_for::<plain>("acme", |policy| policy);
}

#[test]
#[should_panic = "hold for all tenants, and cannot be set for `acme` alone"]
fn a_limit_of_one_tenant_is_a_mistake() {
    let _ = Ask::flow().policy_for::<search>("acme", |policy| policy.concurrency(1));
}
