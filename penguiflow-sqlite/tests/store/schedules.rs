//! Schedules: one start per time.

use penguiflow_sqlite::store::{
    FlowId, Millis, Options, Schedule, Store, StoreError, Tick, next_tick,
};

use crate::at::{At, flow, hasty, message};

fn tick(flow: FlowId, due: Millis) -> Tick {
    Tick {
        name: "nightly".into(),
        due,
        next: next_tick("0 3 * * *", due).expect("a pattern"),
        trace: message(flow),
    }
}

async fn put(store: &Store, flow: FlowId, cron: &str, input: &str) -> Schedule {
    let input = input.as_bytes().to_vec();
    let put = store.put_schedule(flow, "nightly".into(), cron.into(), input);
    put.await.expect("it is stored");
    let mut schedules = store.schedules(flow).await.expect("they are read");
    assert_eq!(schedules.len(), 1);
    schedules.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_starts_one_trace_however_often_it_is_reported_and_over_restarts() {
    let at = At::new();
    let store = at.open();
    let orders = flow(&store).await;
    let due = put(&store, orders, "0 3 * * *", "1")
        .await
        .next
        .expect("a next time");
    let ticks: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.ticked(tick(orders, due)).await })
        })
        .collect();
    let mut started = 0;
    for tick in ticks {
        match tick.await.expect("it ends") {
            Ok(_) => started += 1,
            Err(error) => assert_eq!(error, StoreError::Stale),
        }
    }
    assert_eq!(started, 1);
    store.close().await;

    let store = at.open();
    assert!(matches!(
        store.ticked(tick(orders, due)).await,
        Err(StoreError::Stale)
    ));
    let schedule = store
        .schedules(orders)
        .await
        .expect("they are read")
        .remove(0);
    let tomorrow = due + 24 * 3600 * 1000;
    assert_eq!((schedule.last, schedule.next), (Some(due), Some(tomorrow)));
    store
        .ticked(tick(orders, tomorrow))
        .await
        .expect("it starts");
    assert_eq!(
        store.unfinished(orders, 0, 9).await.expect("listed").len(),
        2
    );
}

#[tokio::test]
async fn a_schedule_that_is_put_again_keeps_its_next_time_unless_its_pattern_changes() {
    let at = At::new();
    let store = at.open_with(hasty());
    let flow = flow(&store).await;
    let first = put(&store, flow, "0 3 * * *", "1").await;
    let due = first.next.expect("a next time");
    store.ticked(tick(flow, due)).await.expect("it starts");
    let again = put(&store, flow, "0 3 * * *", "2").await;
    assert_eq!((again.next, again.last), (tick(flow, due).next, Some(due)));
    assert_eq!(again.input, b"2");
    let changed = put(&store, flow, "0 3 31 2 *", "2").await;
    assert_eq!((changed.next, changed.cron.as_str()), (None, "0 3 31 2 *"));

    let refused = store
        .put_schedule(flow, "x".into(), "no".into(), Vec::new())
        .await;
    assert!(
        matches!(refused, Err(StoreError::Cron { .. })),
        "{refused:?}"
    );
    assert_eq!(
        store.remove_schedule(flow, "nightly".into()).await,
        Ok(true)
    );
    assert_eq!(
        store.remove_schedule(flow, "nightly".into()).await,
        Ok(false)
    );
    assert_eq!(store.schedules(flow).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_start_that_is_too_large_leaves_the_schedule_as_it_is() {
    let at = At::new();
    let store = at.open_with(Options {
        payload_limit: 3,
        ..Options::default()
    });
    let flow = flow(&store).await;
    let due = put(&store, flow, "0 3 * * *", "1")
        .await
        .next
        .expect("a next time");
    let refused = store.ticked(tick(flow, due)).await;
    assert!(
        matches!(refused, Err(StoreError::TooLarge { .. })),
        "{refused:?}"
    );
    let schedule = store
        .schedules(flow)
        .await
        .expect("they are read")
        .remove(0);
    assert_eq!((schedule.next, schedule.last), (Some(due), None));
}
