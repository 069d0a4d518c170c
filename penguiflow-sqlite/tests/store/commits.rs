//! Transitions: fenced, journalled, in common transactions.

use penguiflow_sqlite::store::{
    Change, Command, DeadLetter, NewResult, State, Store, StoreError, Transition, Waiting,
};

use crate::at::{At, emitted, entries, flow, loaded, message, step, whole};

#[tokio::test]
async fn a_transition_changes_the_trace_and_its_revision() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let trace = emitted(&store, flow).await;
    let parked = Transition {
        state: State::Parked,
        due: Some(77),
        waits: Some("[]".into()),
        error: Some("{}".into()),
        ..step(trace, flow, 0, whole("parked"))
    };
    store.commit(parked).await.expect("it is stored");
    let found = loaded(&store, trace).await;
    assert_eq!(
        (found.state, found.revision, found.due),
        (State::Parked, 1, Some(77))
    );
    assert_eq!(found.frontier.as_deref(), Some(&b"parked"[..]));
    assert_eq!(
        (found.waits.as_deref(), found.error.as_deref()),
        (Some("[]"), Some("{}"))
    );
}

#[tokio::test]
async fn a_transition_from_another_revision_is_stale_and_changes_nothing() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let trace = emitted(&store, flow).await;
    let mut late = step(trace, flow, 0, Change::Journal(vec![b"late".to_vec()]));
    late.results = vec![result("late")];
    store
        .commit(step(trace, flow, 0, whole("first")))
        .await
        .expect("it is stored");
    let refused = store.commit(late).await;
    assert_eq!(refused, Err(StoreError::Stale));
    let found = loaded(&store, trace).await;
    assert_eq!(found.frontier.as_deref(), Some(&b"first"[..]));
    assert!(found.journal.is_empty());
    assert_eq!(
        store.history(trace.id).await.expect("it is read"),
        b"step 0\n"
    );
    assert_eq!(store.results(flow, 0, 9).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_journal_grows_until_a_whole_frontier_folds_it_in() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let trace = emitted(&store, flow).await;
    let other = emitted(&store, flow).await;
    store
        .commit(step(other, flow, 0, entries(&["other"])))
        .await
        .expect("it is stored");
    let large = "x".repeat(100_000);
    for (revision, change) in [whole(&large), entries(&["a", "b"]), entries(&["c"])]
        .into_iter()
        .enumerate()
    {
        let step = step(trace, flow, revision as i64, change);
        store.commit(step).await.expect("it is stored");
    }
    let found = loaded(&store, trace).await;
    assert_eq!(found.frontier.as_deref(), Some(large.as_bytes()));
    assert_eq!(found.journal, [b"a", b"b", b"c"]);

    store
        .commit(step(trace, flow, 3, whole("all")))
        .await
        .expect("it is stored");
    let found = loaded(&store, trace).await;
    assert_eq!(found.frontier.as_deref(), Some(&b"all"[..]));
    assert!(found.journal.is_empty());

    store
        .commit(step(trace, flow, 4, entries(&["d"])))
        .await
        .expect("it is stored");
    store
        .commit(step(trace, flow, 5, Change::Ended))
        .await
        .expect("it is stored");
    let found = loaded(&store, trace).await;
    assert_eq!((found.frontier, found.journal), (None, Vec::new()));
    assert_eq!(loaded(&store, other).await.journal, [b"other"]);
    let history: String = (0..6).map(|n| format!("step {n}\n")).collect();
    assert_eq!(store.history(trace.id).await, Ok(history.into_bytes()));
}

#[tokio::test]
async fn entries_of_a_journal_leave_a_large_frontier_unwritten() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let trace = emitted(&store, flow).await;
    let large = whole(&"x".repeat(400_000));
    store
        .commit(step(trace, flow, 0, large))
        .await
        .expect("it is stored");
    store
        .commit(step(trace, flow, 1, entries(&["first"])))
        .await
        .expect("it is stored");
    let log = || {
        std::fs::metadata(at.beside("flows.db-wal"))
            .expect("the log")
            .len()
    };
    let before = log();
    for revision in 2..32 {
        let entry = format!("{revision}{}", "e".repeat(200));
        let step = step(trace, flow, revision, entries(&[entry.as_str(); 8]));
        store.commit(step).await.expect("it is stored");
    }
    let written = (log() - before) / 30;
    // A page each of the row, the journal and the history, and now and then one more.
    assert!(written < 16_000, "{written} bytes a commit");
}

#[tokio::test]
async fn the_history_of_a_long_trace_keeps_its_order() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let trace = emitted(&store, flow).await;
    for revision in 0..100 {
        let change = match revision % 7 {
            3 => entries(&["entry", "entry"]),
            4 => entries(&[]),
            5 => entries(&["entry"]),
            _ => whole("frontier"),
        };
        let step = step(trace, flow, revision, change);
        store.commit(step).await.expect("it is stored");
    }
    let history: String = (0..100).map(|n| format!("step {n}\n")).collect();
    assert_eq!(store.history(trace.id).await, Ok(history.into_bytes()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_that_come_at_once_share_transactions() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let before = store.transactions();
    let tasks: Vec<_> = (0..64)
        .map(|_| tokio::spawn(ten_steps(store.clone(), flow)))
        .collect();
    for task in tasks {
        task.await.expect("all are stored");
    }
    let transactions = store.transactions() - before;
    assert!(transactions < 11 * 64 / 2, "{transactions} transactions");
    let unfinished = store.unfinished(flow, 0, 100).await;
    assert_eq!(unfinished.expect("they are listed").len(), 64);
}

async fn ten_steps(store: Store, flow: penguiflow_sqlite::store::FlowId) {
    let trace = emitted(&store, flow).await;
    for revision in 0..10 {
        let frontier = format!("{revision}");
        let step = step(trace, flow, revision, whole(&frontier));
        store.commit(step).await.expect("it is stored");
    }
    assert_eq!(loaded(&store, trace).await.frontier, Some(b"9".to_vec()));
}

#[tokio::test]
async fn results_are_listed_until_they_are_acknowledged() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let trace = emitted(&store, flow).await;
    let mut last = step(trace, flow, 0, Change::Ended);
    last.results = vec![result("one"), result("two")];
    let committed = store.commit(last).await.expect("it is stored");
    let found = store.results(flow, 0, 9).await.expect("they are read");
    let seqs: Vec<_> = found.iter().map(|result| result.seq).collect();
    assert_eq!(seqs, committed.results);
    assert_eq!(
        (found[1].trace, found[1].value.as_slice()),
        (trace.id, &b"two"[..])
    );

    store.ack(vec![seqs[0]]).await.expect("it is acknowledged");
    let found = store.results(flow, 0, 9).await.expect("they are read");
    assert_eq!(found.len(), 1);
    // A result that comes later never takes the place of an acknowledged one.
    store.ack(vec![seqs[1]]).await.expect("it is acknowledged");
    let trace = emitted(&store, flow).await;
    let mut last = step(trace, flow, 0, Change::Ended);
    last.results = vec![result("three")];
    let committed = store.commit(last).await.expect("it is stored");
    assert!(committed.results[0] > seqs[1]);
}

#[tokio::test]
async fn unfinished_traces_are_listed_in_order_with_what_they_wait_for() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let first = emitted(&store, flow).await;
    let done = emitted(&store, flow).await;
    let later = message(flow);
    let id = later.id;
    let later = penguiflow_sqlite::store::NewTrace {
        state: State::Retrying,
        due: Some(50),
        ..later
    };
    let later = store.emit(later).await.expect("it is emitted");
    store
        .commit(step(done, flow, 0, Change::Ended))
        .await
        .expect("it is stored");
    let running = Waiting {
        seq: first.seq,
        id: first.id,
        state: State::Running,
        due: None,
    };
    let retrying = Waiting {
        seq: later.seq,
        id,
        state: State::Retrying,
        due: Some(50),
    };
    assert_eq!(
        store.unfinished(flow, 0, 9).await,
        Ok(vec![running, retrying])
    );
    assert_eq!(
        store.unfinished(flow, first.seq, 9).await,
        Ok(vec![retrying])
    );
    assert_eq!(store.unfinished(flow, 0, 1).await, Ok(vec![running]));
}

#[tokio::test]
async fn recoveries_are_counted_until_there_is_progress() {
    let at = At::new();
    let store = at.open();
    let orders = flow(&store).await;
    let trace = emitted(&store, orders).await;
    store.close().await;
    let store = at.open();
    assert!(!store.was_left());
    drop(store);
    let store = at.open();
    assert!(store.was_left());
    assert_eq!(store.count_recovery(trace.seq).await, Ok(1));
    assert_eq!(store.count_recovery(trace.seq).await, Ok(2));
    let stuck = Transition {
        progress: false,
        ..step(trace, orders, 0, whole("stuck"))
    };
    store.commit(stuck).await.expect("it is stored");
    assert_eq!(loaded(&store, trace).await.recoveries, 2);
    let on = step(trace, orders, 1, whole("on"));
    store.commit(on).await.expect("it is stored");
    assert_eq!(loaded(&store, trace).await.recoveries, 0);
}

#[tokio::test]
async fn a_dead_letter_is_revived_or_dropped() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    for dropped in [false, true] {
        let trace = emitted(&store, flow).await;
        let letter = DeadLetter {
            step: Some("0a".into()),
            node: Some("charge".into()),
            path: None,
            error: "{}".into(),
            input: Some(b"7".to_vec()),
        };
        let died = Transition {
            state: State::Dead,
            dead: Some(letter.clone()),
            error: Some("{}".into()),
            ..step(trace, flow, 0, entries(&["spent"]))
        };
        store.commit(died).await.expect("it is stored");
        let dead = store.dead(flow, 0, 9).await.expect("they are read");
        assert_eq!((dead[0].trace, &dead[0].letter), (trace.id, &letter));
        assert_eq!(
            store.unfinished(flow, 0, 9).await.expect("listed").len(),
            usize::from(dropped)
        );
        if dropped {
            store.drop_dead(trace.id).await.expect("it is dropped");
            let found = loaded(&store, trace).await;
            assert_eq!((found.state, found.frontier), (State::Failed, None));
            assert_eq!(found.error.as_deref(), Some("{}"));
            assert_eq!(store.counts(flow).await, Ok([1, 0, 0, 0, 0, 1, 0]));
        } else {
            let again = Some(b"again".to_vec());
            store
                .revive(trace.id, again.clone())
                .await
                .expect("it is revived");
            let found = loaded(&store, trace).await;
            assert_eq!((found.state, found.frontier), (State::Running, again));
            assert_eq!((found.revision, found.error), (2, None));
        }
        assert!(loaded(&store, trace).await.journal.is_empty());
        assert_eq!(store.dead(flow, 0, 9).await, Ok(Vec::new()));
        let refused = store.drop_dead(trace.id).await;
        assert!(matches!(refused, Err(StoreError::Unknown { .. })));
    }
}

#[tokio::test]
async fn commands_are_listed_until_they_are_answered() {
    let at = At::new();
    let store = at.open();
    let other = rusqlite::Connection::open(at.path()).expect("another program opens it");
    let ask = "INSERT INTO commands(verb, argument, at) VALUES('cancel', 'x', 5)";
    other.execute(ask, []).expect("it asks");
    let found = store.commands(0).await.expect("they are read");
    let asked = Command {
        seq: 1,
        verb: "cancel".into(),
        trace: None,
        argument: Some("x".into()),
        at: 5,
    };
    assert_eq!(found, [asked]);
    store
        .answer(1, "done".into())
        .await
        .expect("it is answered");
    assert_eq!(store.commands(0).await, Ok(Vec::new()));
}

fn result(text: &str) -> NewResult {
    let value = text.as_bytes().to_vec();
    NewResult {
        is_error: false,
        value,
    }
}
