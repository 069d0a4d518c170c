//! Emits: one trace per id and per key, and no message that is too large.

use penguiflow::TraceId;
use penguiflow_sqlite::store::{NewTrace, Options, StoreError};

use crate::at::{At, emitted, flow, keyed, message, step};

#[tokio::test]
async fn the_same_key_is_the_same_trace() {
    let at = At::new();
    let store = at.open();
    let orders = flow(&store).await;
    let first = store.emit(keyed(orders, "a")).await.expect("it is emitted");
    assert!(first.is_new);
    let again = store.emit(keyed(orders, "a")).await.expect("it is found");
    assert_eq!(
        (again.seq, again.id, again.is_new),
        (first.seq, first.id, false)
    );
    let other = store.emit(keyed(orders, "b")).await.expect("it is emitted");
    assert!(other.is_new);
    // Keys belong to their flow.
    let returns = store.flow("returns".into(), "{}".into(), "[]".into());
    let returns = returns.await.expect("it is registered");
    assert!(
        store
            .emit(keyed(returns, "a"))
            .await
            .expect("it is emitted")
            .is_new
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_at_once_is_one_trace() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let emits: Vec<_> = (0..50)
        .map(|n| {
            let store = store.clone();
            let message = keyed(flow, if n % 2 == 0 { "even" } else { "odd" });
            tokio::spawn(async move { store.emit(message).await.expect("it is emitted") })
        })
        .collect();
    let mut new = 0;
    let mut ids = Vec::new();
    for emit in emits {
        let emitted = emit.await.expect("it ends");
        new += usize::from(emitted.is_new);
        ids.push(emitted.id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!((new, ids.len()), (2, 2));
    assert_eq!(
        store.unfinished(flow, 0, 99).await.expect("listed").len(),
        2
    );
}

#[tokio::test]
async fn the_same_id_is_the_same_trace_of_its_flow_alone() {
    let at = At::new();
    let store = at.open();
    let orders = flow(&store).await;
    let message = message(orders);
    let id = message.id;
    let first = store.emit(message.clone()).await.expect("it is emitted");
    let again = store.emit(message.clone()).await.expect("it is found");
    assert_eq!((again.seq, again.is_new), (first.seq, false));
    let returns = store.flow("returns".into(), "{}".into(), "[]".into());
    let flow = returns.await.expect("it is registered");
    let refused = store.emit(NewTrace { flow, ..message }).await;
    assert_eq!(refused, Err(StoreError::IdTaken { id }));
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_with_both_sizes() {
    let at = At::new();
    let store = at.open_with(Options {
        payload_limit: 10,
        ..Options::default()
    });
    let flow = flow(&store).await;
    let frontier = vec![b'x'; 11];
    let refused = store
        .emit(NewTrace {
            frontier,
            ..message(flow)
        })
        .await;
    let text = refused.expect_err("it is too large").to_string();
    assert!(
        text.starts_with("the message has 11 bytes and the store takes 10: "),
        "{text}"
    );
    let frontier = vec![b'x'; 10];
    let taken = store
        .emit(NewTrace {
            frontier,
            ..message(flow)
        })
        .await;
    assert!(taken.expect("it is taken").is_new);
}

#[tokio::test]
async fn a_flow_keeps_its_id_when_it_is_registered_again() {
    let at = At::new();
    let store = at.open();
    let first = flow(&store).await;
    assert_eq!(flow(&store).await, first);
}

#[tokio::test]
async fn an_unknown_trace_is_none_and_its_transition_stale() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    assert_eq!(store.load(TraceId::random()).await, Ok(None));
    let mut trace = emitted(&store, flow).await;
    trace.seq += 1;
    let refused = store
        .commit(step(trace, flow, 0, crate::at::whole("x")))
        .await;
    assert_eq!(refused, Err(StoreError::Stale));
}
