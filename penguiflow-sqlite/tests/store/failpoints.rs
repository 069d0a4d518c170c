//! A store that dies or fails before and after each of its writes in turn.

use penguiflow_sqlite::store::{Failpoint, Options, Store, StoreError, Then};

use crate::at::{At, flow, keyed, message};
use crate::child::{self, Acknowledged};
use crate::script;

const NTH: &str = "PENGUIFLOW_TEST_FAILPOINT";

fn failing(nth: u32, then: Then) -> (Options, Failpoint) {
    let failpoint = Failpoint::new(nth, then);
    let options = Options {
        failpoint: Some(failpoint.clone()),
        ..Options::default()
    };
    (options, failpoint)
}

#[tokio::test]
async fn dies_at_a_failpoint() {
    let Some(path) = child::store() else { return };
    let nth = std::env::var(NTH)
        .expect("which")
        .parse()
        .expect("a number");
    let (options, _) = failing(nth, Then::Die);
    let store = Store::open(path, options).expect("it opens");
    let flow = flow(&store).await;
    script::run(&store, flow, "killed")
        .await
        .expect("all is stored");
}

#[tokio::test]
async fn killed_between_any_two_writes_a_transition_is_there_or_not() {
    let mut revisions = Vec::new();
    for nth in 0.. {
        let at = At::new();
        let mut child = child::command("failpoints::dies_at_a_failpoint", &at.path());
        let mut child = child.env(NTH, nth.to_string()).spawn().expect("it starts");
        let known = child::listen(&mut child, usize::MAX);
        let survived = child.wait().expect("it has ended").success();
        let store = at.open();
        let flow = flow(&store).await;
        for known in &known {
            script::check(&store, flow, *known).await;
        }
        let found = store.unfinished(flow, 0, 9).await.expect("they are listed");
        for found in found {
            let known = Acknowledged {
                id: found.id,
                revision: 0,
            };
            script::check(&store, flow, known).await;
        }
        revisions.push(known.last().map_or(0, |known| known.revision));
        // It goes on where it was.
        let trace = store
            .emit(keyed(flow, "killed"))
            .await
            .expect("it is emitted");
        let stored = store
            .load(trace.id)
            .await
            .expect("it is read")
            .expect("it is there");
        for revision in stored.revision..script::END {
            let next = script::transition(trace, flow, revision);
            store.commit(next).await.expect("it is stored");
        }
        script::check(
            &store,
            flow,
            Acknowledged {
                id: trace.id,
                revision: script::END,
            },
        )
        .await;
        if survived {
            break;
        }
    }
    assert!(revisions.is_sorted(), "{revisions:?}");
    // Before and after: of the flow 1 write, the emit 2, the transitions 1, 3, 5, 4 and 4; and the
    // commit of each of the 7 transactions.
    assert_eq!(
        revisions.len(),
        2 * (1 + 2 + 1 + 3 + 5 + 4 + 4 + 7) + 1,
        "{revisions:?}"
    );
}

#[tokio::test]
async fn a_write_that_fails_fails_its_transition_alone_and_the_next_try_is_whole() {
    for nth in 2.. {
        let at = At::new();
        // The flow is registered before: what passes by then does not count.
        let store = at.open();
        let orders = flow(&store).await;
        store.close().await;
        let (options, failpoint) = failing(nth, Then::Fail);
        let store = at.open_with(options);
        let mut failures = 0;
        let trace = loop {
            match store.emit(keyed(orders, "failing")).await {
                Ok(trace) => break trace,
                Err(error) => failures += i32::from(error == StoreError::Failpoint),
            }
        };
        for revision in 0..script::END {
            while let Err(error) = store
                .commit(script::transition(trace, orders, revision))
                .await
            {
                assert_eq!(error, StoreError::Failpoint);
                failures += 1;
                script::check(
                    &store,
                    orders,
                    Acknowledged {
                        id: trace.id,
                        revision,
                    },
                )
                .await;
            }
            let known = Acknowledged {
                id: trace.id,
                revision: revision + 1,
            };
            script::check(&store, orders, known).await;
        }
        assert!(failures <= 1);
        if !failpoint.was_reached() {
            assert!(nth > 40, "only {nth} places");
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_fails_is_tried_again_one_by_one_and_no_reply_is_lost() {
    for nth in [3, 10, 25, 70] {
        let at = At::new();
        let (options, failpoint) = failing(nth, Then::Fail);
        let store = at.open_with(options);
        let flow = flow(&store).await;
        let other = rusqlite::Connection::open(at.path()).expect("another program opens it");
        other.execute_batch("BEGIN IMMEDIATE").expect("it locks");
        let emits: Vec<_> = (0..50)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.emit(message(flow)).await })
            })
            .collect();
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        other.execute_batch("COMMIT").expect("it unlocks");
        let mut stored = 0;
        for emit in emits {
            match emit.await.expect("it ends") {
                Ok(_) => stored += 1,
                // It was alone in its transaction.
                Err(error) => assert_eq!(error, StoreError::Failpoint),
            }
        }
        assert!(failpoint.was_reached());
        assert!(stored >= 49, "{stored} of 50");
        assert_eq!(
            store.unfinished(flow, 0, 99).await.expect("listed").len(),
            stored
        );
    }
}
