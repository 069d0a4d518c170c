//! `per`: limits for each value of a header.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use futures_util::future::join_all;
use penguiflow::prelude::*;
use penguiflow::{Event, Per, Policies};
use tokio::time::{Instant, sleep};

use penguiflow_tests::support::{ms, secs};

#[node(concurrency = 2, per = "tenant")]
async fn limited(name: String) -> String {
    sleep(secs(1)).await;
    name
}

fn of(tenant: &str) -> Message<String> {
    Message::new(tenant.to_owned()).tenant(tenant)
}

/// After how many seconds each of these is done, if all begin at once.
async fn seconds(flow: &impl AnyFlow<In = String>, messages: Vec<Message<String>>) -> Vec<u64> {
    let began = Instant::now();
    let run = |message| async move {
        let done = flow.as_flow().run(message).await;
        done.map(|_| began.elapsed().as_secs())
    };
    let ended = join_all(messages.into_iter().map(run)).await;
    ended
        .into_iter()
        .map(|end| end.expect("an output"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn each_tenant_has_permits_of_its_own() {
    let flow = flow! { limited };
    let tenants = ["a", "a", "a", "a", "b", "a", "b"].map(of);
    assert_eq!(seconds(&flow, tenants.into()).await, [1, 1, 2, 2, 1, 3, 1]);
    // Those without a tenant share one.
    let none = vec![Message::new(String::new()); 3];
    assert_eq!(seconds(&flow, none).await, [1, 1, 2]);
}

#[node(rate = "2/s", per = "topic")]
async fn paced(name: String) -> String {
    name
}

#[node(rate = "2/s", per = "meta.region")]
async fn paced_by_region(name: String) -> String {
    name
}

#[tokio::test(start_paused = true)]
async fn each_topic_and_each_key_has_a_rate_of_its_own() -> Result<(), FlowError> {
    let began = Instant::now();
    let flow = flow! { paced };
    for topic in ["a", "b", "c", "a", "b", "c"] {
        flow.run(Message::new(String::new()).topic(topic)).await?;
    }
    assert_eq!(began.elapsed(), ms(0));
    flow.run(Message::new(String::new()).topic("a")).await?;
    assert!(began.elapsed() >= ms(499), "{:?}", began.elapsed());

    let began = Instant::now();
    let flow = flow! { paced_by_region };
    for region in ["eu", "us", "eu", "us"] {
        flow.run(Message::new(String::new()).meta("region", region))
            .await?;
    }
    assert_eq!(began.elapsed(), ms(0));
    Ok(())
}

#[node]
async fn belongs_to_acme(message: Message<String>) -> Message<String> {
    message.tenant("acme")
}

/// The headers are those that the message has at the node.
#[tokio::test(start_paused = true)]
async fn a_node_before_may_set_the_header() {
    let flow = flow! { belongs_to_acme -> limited };
    let tenants = ["a", "b", "c"].map(of);
    assert_eq!(seconds(&flow, tenants.into()).await, [1, 1, 2]);
}

flow! {
    #[flow(concurrency = 1, per = "tenant")]
    struct Inner(String) -> String;

    waits;
}

#[node]
async fn waits(name: String) -> String {
    sleep(secs(1)).await;
    name
}

#[tokio::test(start_paused = true)]
async fn a_playbook_has_limits_for_each_tenant_too() {
    let flow = flow! { Inner };
    let tenants = ["a", "a", "b"].map(of);
    assert_eq!(seconds(&flow, tenants.into()).await, [1, 2, 1]);
}

#[node(concurrency = 2)]
async fn open(name: String) -> String {
    sleep(secs(1)).await;
    name
}

#[tokio::test(start_paused = true)]
async fn policies_at_run_time_keep_it() -> Result<(), Box<dyn std::error::Error>> {
    let tenants = || Vec::from(["a", "a", "b"].map(of));
    let policies: Policies = serde_json::from_str(r#"{ "limited": { "concurrency": 1 } }"#)?;
    let flow = flow! { limited }.policies(&policies)?;
    let shown = "limited: concurrency 1, per tenant\n";
    assert_eq!(flow.effective_policies().to_string(), shown);
    assert_eq!(seconds(&flow, tenants()).await, [1, 2, 1]);

    let flow = flow! { open }.policy::<open>(|policy| policy.concurrency(1).per(Per::Tenant));
    assert_eq!(seconds(&flow, tenants()).await, [1, 2, 1]);
    let json = serde_json::to_value(flow.effective_policies())?;
    assert_eq!(json["open"]["per"], "tenant");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_counted_over_all_keys() {
    let most = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&most);
    let flow = flow! { limited }.observe(move |event: &Event| {
        seen.fetch_max(event.q_depth_in, Ordering::Relaxed);
    });
    let tenants = ["a", "a", "a", "a", "b", "b", "b"].map(of);
    assert_eq!(seconds(&flow, tenants.into()).await, [1, 1, 2, 2, 1, 1, 2]);
    flow.flush().await;
    assert_eq!(most.load(Ordering::Relaxed), 3);
}

static KEPT: LazyLock<Flow<Kept>> = LazyLock::new(Kept::flow);

/// Goes on as the first of the tenants.
#[node]
async fn as_the_first(message: Message<Vec<&'static str>>) -> Message<Vec<&'static str>> {
    let tenant = message.payload[0];
    message.tenant(tenant).map(|tenants| tenants[1..].to_vec())
}

/// Calls its own flow for the others.
#[node(concurrency = 1, per = "tenant")]
async fn ask_others(tenants: Vec<&'static str>, ctx: Ctx) -> Result<usize, FlowError> {
    match tenants.is_empty() {
        true => Ok(0),
        false => Ok(ctx.call(&KEPT, tenants).await? + 1),
    }
}

flow! {
    struct Kept(Vec<&'static str>) -> usize;

    as_the_first -> ask_others;
}

/// A visit waits for itself where the visits that run its flow hold the permits of its own tenant.
#[tokio::test(start_paused = true)]
async fn a_visit_waits_for_itself_by_its_own_key_alone() -> Result<(), FlowError> {
    assert_eq!(KEPT.run(vec!["a", "b", "c"]).await?, 2);
    let ended = KEPT.run(vec!["a", "b", "a"]).await;
    let error = ended.expect_err("it holds the permit of `a`");
    let text = format!("{error:#}");
    assert!(
        text.contains("node `ask_others` would wait for itself"),
        "{text}"
    );
    Ok(())
}
