//! A trace that makes all kinds of changes, and what is stored of it at each revision.

use penguiflow_sqlite::store::{
    Change, DeadLetter, Emitted, FlowId, NewResult, State, Store, StoreError, Transition,
};

use crate::at::{entries, keyed, step, whole};
use crate::child::Acknowledged;

/// The revision that the trace ends with.
pub(crate) const END: i64 = 5;

pub(crate) fn transition(trace: Emitted, flow: FlowId, revision: i64) -> Transition {
    let mut step = step(trace, flow, revision, change(revision));
    match revision {
        2 => {
            step.state = State::Dead;
            step.dead = Some(DeadLetter {
                step: None,
                node: None,
                path: None,
                error: "{}".into(),
                input: None,
            });
        }
        4 => step.results = ["one", "two"].map(result).to_vec(),
        _ => {}
    }
    step
}

fn change(revision: i64) -> Change {
    match revision {
        0 => whole("whole 0"),
        1 => entries(&["entry 1"]),
        2 => entries(&["entry 2", "entry 2 too"]),
        3 => whole("whole 3"),
        _ => Change::Ended,
    }
}

fn result(text: &str) -> NewResult {
    let value = text.as_bytes().to_vec();
    NewResult {
        is_error: false,
        value,
    }
}

/// Emits a trace under a key and runs it to its end. Says what it knows to be stored.
pub(crate) async fn run(store: &Store, flow: FlowId, key: &str) -> Result<(), StoreError> {
    let trace = store.emit(keyed(flow, key)).await?;
    Acknowledged {
        id: trace.id,
        revision: 0,
    }
    .say();
    for revision in 0..END {
        store.commit(transition(trace, flow, revision)).await?;
        Acknowledged {
            id: trace.id,
            revision: revision + 1,
        }
        .say();
    }
    Ok(())
}

/// What one transition stores is there with all of its parts, or not at all.
pub(crate) async fn check(store: &Store, flow: FlowId, known: Acknowledged) {
    let trace = store
        .load(known.id)
        .await
        .expect("it is read")
        .expect("it is there");
    let revision = trace.revision;
    assert!(
        revision >= known.revision,
        "{trace:?} was acknowledged at {known:?}"
    );
    let (frontier, journal): (Option<&[u8]>, &[&[u8]]) = match revision {
        0 => (Some(b"begun"), &[]),
        1 => (Some(b"whole 0"), &[]),
        2 => (Some(b"whole 0"), &[b"entry 1"]),
        3 => (Some(b"whole 0"), &[b"entry 1", b"entry 2", b"entry 2 too"]),
        4 => (Some(b"whole 3"), &[]),
        _ => (None, &[]),
    };
    assert_eq!(trace.frontier.as_deref(), frontier, "{trace:?}");
    assert_eq!(trace.journal, journal, "{trace:?}");
    let history: String = (0..revision).map(|n| format!("step {n}\n")).collect();
    assert_eq!(store.history(known.id).await, Ok(history.into_bytes()));
    let results = store
        .results(flow, 0, 1_000_000)
        .await
        .expect("they are read");
    let its = results.iter().filter(|result| result.trace == known.id);
    assert_eq!(
        its.count(),
        if revision == END { 2 } else { 0 },
        "{trace:?}"
    );
    let dead = store.dead(flow, 0, 1_000_000).await.expect("they are read");
    let is_dead = dead.iter().any(|dead| dead.trace == known.id);
    assert_eq!(is_dead, revision >= 3, "{trace:?}");
}
