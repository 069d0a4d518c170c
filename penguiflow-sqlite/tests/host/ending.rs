//! How traces end that do not succeed: attempts, dead letters, deadlines.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow_sqlite::Error;
use serde_json::json;

use crate::{Place, Visits, error, payload};

#[node(retries = 2, backoff = "1500ms", jitter = false)]
async fn charge(cents: i64, ctx: Ctx, State(visits): State<Visits>) -> Result<i64, String> {
    visits.add();
    match (cents, ctx.attempt()) {
        (..0, attempt) => Err(format!("attempt {attempt}: {cents} is negative")),
        (0, 0) => Err("busy".to_owned()),
        _ => Ok(cents),
    }
}

#[node]
async fn receipt(cents: i64) -> String {
    format!("{cents} cents")
}

/// Its waits are longer than a trace stays in memory for.
#[tokio::test]
async fn attempts_go_on_over_a_restart() {
    let place = Place::new();
    let visits = Visits::default();
    let flow = flow! { #[flow(durable)] charge -> receipt }.with_state(visits.clone());
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    running.emit(0).await.expect("it is stored");
    while running.ledger().await.expect("the store works").retrying == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    running.stop().await;
    drop(running);
    store.close().await;
    assert_eq!(visits.count(), 1);

    let running = place.open().await.start(flow).await.expect("it starts");
    assert_eq!(payload(&running).await, "0 cents");
    assert_eq!(visits.count(), 2);
}

#[node]
async fn divide(by: i64) -> Result<i64, String> {
    100_i64.checked_div(by).ok_or("division by zero".to_owned())
}

#[tokio::test]
async fn a_step_that_fails_for_good_is_a_dead_letter_until_somebody_decides() {
    let place = Place::new();
    let flow = flow! { #[flow(durable)] divide -> receipt };
    let running = place.open().await.start(flow).await.expect("it starts");
    let id = running
        .emit(Message::new(0).tenant("acme"))
        .await
        .expect("it is stored");
    let failed = error(&running).await;
    assert_eq!(failed.to_string(), "node `divide` failed: division by zero");
    assert_eq!((failed.trace_id(), &*failed.headers().tenant), (id, "acme"));

    let dead = running.dead(0, 10).await.expect("the store works");
    assert_eq!((dead.len(), dead[0].trace_id), (1, id));
    assert_eq!(dead[0].node.as_deref(), Some("divide"));
    assert_eq!(dead[0].input, Some(json!({"divide": 0})));

    running.retry(id).await.expect("it is dead");
    assert_eq!(error(&running).await.kind(), ErrorKind::Failed);
    let refused = running.retry_with(id, &json!({"divide": "four"})).await;
    assert!(matches!(refused, Err(Error::Flow(_))), "{refused:?}");
    running
        .retry_with(id, &json!({"divide": 4}))
        .await
        .expect("it fits");
    assert_eq!(payload(&running).await, "25 cents");
    assert!(
        running
            .dead(0, 10)
            .await
            .expect("the store works")
            .is_empty()
    );
    let refused = running.retry(id).await.expect_err("it is refused");
    assert!(matches!(refused, Error::NotDead(_)), "{refused}");

    let id = running.emit(0).await.expect("it is stored");
    error(&running).await;
    running.drop_dead(id).await.expect("it is dead");
    let ledger = running.ledger().await.expect("the store works");
    assert_eq!((ledger.completed, ledger.failed, ledger.dead), (1, 1, 0));
}

#[node]
async fn wait(n: i64) -> i64 {
    std::future::pending::<()>().await;
    n
}

#[tokio::test]
async fn a_deadline_ends_a_trace_for_good() {
    let place = Place::new();
    let store = place.open().await;
    let running = store.start(flow! { #[flow(durable)] wait });
    let running = running.await.expect("it starts");
    let message = Message::new(1).deadline_in(Duration::from_millis(50));
    running.emit(message).await.expect("it is stored");
    assert_eq!(error(&running).await.kind(), ErrorKind::DeadlineExceeded);
    assert!(
        running
            .dead(0, 10)
            .await
            .expect("the store works")
            .is_empty()
    );
}

#[node]
async fn nothing(_: i64) -> Option<i64> {
    None
}

#[tokio::test]
async fn a_trace_without_output_has_an_error_as_its_result() {
    let place = Place::new();
    let store = place.open().await;
    let running = store.start(flow! { #[flow(durable)] nothing });
    let running = running.await.expect("it starts");
    running.emit(1).await.expect("it is stored");
    assert_eq!(error(&running).await.kind(), ErrorKind::Filtered);
    let ledger = running.ledger().await.expect("the store works");
    assert_eq!((ledger.failed, ledger.dead), (1, 0));
}
