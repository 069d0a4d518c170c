//! Calls of a started flow and its capacity: who waits for a place, and who frees one.

use std::time::Duration;

use futures_util::future::join_all;
use penguiflow::prelude::*;
use penguiflow_tests::support::Notebook;
use tokio::time::timeout;

use super::call::Wait;

#[tokio::test(start_paused = true)]
async fn calls_wait_for_places_of_the_capacity() {
    let notes = Notebook::new();
    let running = Wait::flow().with_state(notes.clone()).capacity(2).start();
    let calls = (1..=4).map(|n| running.call(n));
    assert_eq!(
        join_all(calls)
            .await
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    let begun = notes.lines();
    assert_eq!(begun[..2], ["begun 1", "begun 2"]);
    assert_eq!(begun[2], "gone 2", "{begun:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_is_cancelled_and_frees_its_place() {
    let notes = Notebook::new();
    let running = Wait::flow().with_state(notes.clone()).capacity(1).start();
    let cut = timeout(Duration::from_secs(1), running.call(0)).await;
    assert!(cut.is_err());
    assert_eq!(notes.lines(), ["begun 0", "gone 0"]);
    assert_eq!(running.call(7).await.expect("it succeeds"), 7);
    let ledger = running.stop().await;
    assert_eq!((ledger.cancelled, ledger.completed), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_a_place_is_dropped_without_a_trace() {
    let running = Wait::flow().with_state(Notebook::new()).capacity(1).start();
    let first = tokio::spawn(running.call(1));
    tokio::task::yield_now().await;
    assert!(
        timeout(Duration::from_millis(1), running.call(2))
            .await
            .is_err()
    );
    assert_eq!(running.ledger().emitted, 1);
    assert_eq!(first.await.expect("it succeeds").expect("it succeeds"), 1);
    assert_eq!(running.call(3).await.expect("it succeeds"), 3);
}

#[tokio::test]
async fn a_visit_that_calls_its_own_full_flow_is_refused() {
    use std::sync::{Arc, OnceLock};

    #[derive(Clone, Default)]
    struct Own(Arc<OnceLock<OpenSea<Again, Self>>>);

    #[node]
    async fn again(n: u32, State(own): State<Own>) -> Result<u32, FlowError> {
        match own.0.get() {
            Some(sea) if n > 0 => sea.call(n - 1).await,
            _ => Ok(n),
        }
    }

    flow! {
        struct Again(u32) -> u32;

        again;
    }

    let own = Own::default();
    let running = Again::flow().with_state(own.clone()).capacity(1).start();
    assert!(own.0.set(running.split().0).is_ok());
    let called = tokio::spawn(running.call(1)).await.expect("it succeeds");
    let error = called.expect_err("it fails");
    assert!(
        format!("{error:#}").contains("would wait for itself"),
        "{error:#}"
    );
    assert_eq!(running.call(0).await.expect("it succeeds"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_parked_call_holds_no_place_and_is_cancelled() {
    #[node]
    async fn grant((n, by): (u32, u8)) -> u32 {
        n + u32::from(by)
    }

    #[node]
    async fn ask(n: u32) -> u32 {
        n
    }

    flow! {
        struct Grant(u32) -> u32;

        ask -> await u8 -> grant;
    }

    let flow = Grant::flow().capacity(1);
    let running = flow.start();
    let messages = [1, 2].map(Message::new);
    let ids = [messages[0].trace_id, messages[1].trace_id];
    let calls = messages.map(|message| tokio::spawn(running.call(message)));
    while flow.parked().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert!(running.cancel(ids[0]));
    assert!(flow.resume(ids[0], 1_u8).await.is_err());
    flow.resume(ids[1], 40_u8).await.expect("it succeeds");
    let [first, second] = calls;
    assert_eq!(
        first
            .await
            .expect("it succeeds")
            .expect_err("it fails")
            .kind(),
        ErrorKind::Cancelled
    );
    assert_eq!(second.await.expect("it succeeds").expect("it succeeds"), 42);
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.cancelled), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_full_flow_refuses_a_call_that_does_not_wait() {
    let running = Wait::flow().with_state(Notebook::new()).capacity(1).start();
    let call = running.try_call(1).expect("it succeeds");
    let refused = running.try_call(2).expect_err("it is full");
    assert!(matches!(refused, TryEmitError::Full(message) if message.payload == 2));
    assert!(running.try_trace(3).is_err());
    assert_eq!(call.await.expect("it succeeds"), 1);

    // A place that was taken is given back, also if nothing ever ran.
    drop(running.try_call(4).expect("it succeeds"));
    drop(running.try_trace(5).expect("it succeeds"));
    assert_eq!(running.call(6).await.expect("it succeeds"), 6);
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.cancelled), (2, 2));
    assert!(matches!(running.try_call(7), Err(TryEmitError::Closed(_))));
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_its_place_until_its_deadline() {
    let running = Wait::flow().with_state(Notebook::new()).capacity(1).start();
    let _first = tokio::spawn(running.call(0));
    tokio::task::yield_now().await;
    let began = tokio::time::Instant::now();
    let message = Message::new(1).deadline_in(Duration::from_secs(2));
    let error = running.call(message).await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    assert_eq!(running.ledger().emitted, 1);
}
