//! Metrics, as Prometheus scrapes them: the text is parsed, and compared with what the flow did.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use penguiflow::Metrics;
use penguiflow::prelude::*;

/// The recorder is the process', so each test has a flow of its own name.
fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets(&[0.05, 0.5]).expect("two buckets");
        builder
            .install_recorder()
            .expect("no other one is installed")
    })
}

/// The samples of a flow: each with its labels apart from the flow's, and its value.
fn scraped(flow: &str) -> BTreeMap<String, f64> {
    let text = recorder().render();
    let mut samples = BTreeMap::new();
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        let own = format!("flow=\"{flow}\"");
        if name.contains(&own) {
            let name = name.replace(&format!("{own},"), "").replace(&own, "");
            let name = name.replace("penguiflow_", "").replace("{}", "");
            samples.insert(name, value.parse().expect("a number"));
        }
    }
    samples
}

async fn ms(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

#[node(retries = 2, backoff = "10ms..10ms", jitter = false)]
async fn search(question: String, ctx: Ctx) -> Result<String, String> {
    ms(100).await;
    ctx.spend_tokens(7);
    match ctx.attempt() {
        0 => Err("not yet".to_owned()),
        _ => Ok(question),
    }
}

#[node(timeout = "20ms")]
async fn slow(question: String) -> String {
    ms(1000).await;
    question
}

#[node]
async fn publish((text, _): (String, bool)) -> String {
    text
}

flow! { struct Searched(String) -> String; search; }
flow! { struct Failing(String) -> String; Searched -> slow; }
flow! { struct Parked(String) -> String; search -> await bool -> publish; }
flow! { struct Tenants(String) -> String; search; }

#[tokio::test(start_paused = true)]
async fn what_a_flow_did() {
    recorder();
    let flow = Searched::flow().observe(Metrics::new());
    for _ in 0..3 {
        flow.run("why?".to_owned()).await.expect("it succeeds");
    }
    flow.flush().await;
    let samples = scraped("Searched");
    let of = |name: &str| samples.get(name).copied();
    assert_eq!(
        of(r#"traces_total{outcome="completed"}"#),
        Some(3.0),
        "{samples:#?}"
    );
    assert_eq!(of("traces_in_flight"), Some(0.0));
    assert_eq!(of("tokens_total"), Some(42.0));
    assert_eq!(of(r#"visits_total{node="search"}"#), Some(3.0));
    assert_eq!(of(r#"attempts_total{node="search"}"#), Some(6.0));
    let times = r#"attempt_seconds_count{node="search",outcome="failed"}"#;
    assert_eq!(of(times), Some(3.0));
    let sum = of(r#"trace_seconds_sum{outcome="completed"}"#).expect("it is timed");
    assert!((sum - 0.63).abs() < 0.01, "{sum}");
}

/// A playbook's node has its path, and a failure its kind.
#[tokio::test(start_paused = true)]
async fn failures_have_their_kind() {
    recorder();
    let flow = Failing::flow().observe(Metrics::new());
    flow.run("why?".to_owned())
        .await
        .expect_err("it takes too long");
    flow.flush().await;
    let samples = scraped("Failing");
    let of = |name: &str| samples.get(name).copied();
    assert_eq!(
        of(r#"failures_total{node="slow",kind="timed_out"}"#),
        Some(1.0),
        "{samples:#?}"
    );
    assert_eq!(of(r#"traces_total{outcome="failed"}"#), Some(1.0));
    assert_eq!(of(r#"attempts_total{node="Searched/search"}"#), Some(2.0));
}

/// A step that is cancelled while it is parked does not go on, and is not parked any more.
#[tokio::test(start_paused = true)]
async fn parked_steps_are_counted_down_in_every_case() {
    recorder();
    let flow = Parked::flow().observe(Metrics::new());
    let running = flow.start();
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(
            running
                .emit("why?".to_owned())
                .await
                .expect("there is room"),
        );
    }
    ms(1000).await;
    flow.flush().await;
    let parked = || scraped("Parked").get("steps_parked").copied();
    assert_eq!(parked(), Some(3.0));
    flow.resume(ids[0], true).await.expect("it waits");
    assert!(running.cancel(ids[1]));
    ms(1).await;
    flow.flush().await;
    assert_eq!(parked(), Some(1.0));
    running.abort().await;
    flow.flush().await;
    assert_eq!(parked(), Some(0.0));
    assert_eq!(scraped("Parked").get("traces_in_flight"), Some(&0.0));
}

#[tokio::test(start_paused = true)]
async fn tenants_on_request() {
    recorder();
    let flow = Tenants::flow().observe(Metrics::new().by_tenant());
    for tenant in ["acme", "acme", "initech"] {
        let message = Message::new("why?".to_owned()).tenant(tenant);
        flow.run(message).await.expect("it succeeds");
    }
    flow.flush().await;
    let samples = scraped("Tenants");
    let of = |name: &str| samples.get(name).copied();
    assert_eq!(
        of(r#"visits_total{tenant="acme",node="search"}"#),
        Some(2.0),
        "{samples:#?}"
    );
    assert_eq!(of(r#"tokens_total{tenant="initech"}"#), Some(14.0));
}
