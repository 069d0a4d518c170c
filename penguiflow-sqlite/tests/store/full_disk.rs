//! A disk that is full while a flow runs: who emits is told, what runs waits, and all goes on when there is
//! room again.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow_sqlite::{Error, Running, Sqlite, StoreError};

use crate::at::At;
use crate::child;
use crate::system_faults::{command, library, set};

const EMITTERS: u32 = 16;
const EACH: u32 = 40;
const ALL: u32 = EMITTERS * EACH;

/// How often each node has run, and how many emits were refused.
#[derive(Clone, Default)]
struct Counts {
    runs: Arc<[AtomicU32; 3]>,
    refused: Arc<AtomicU32>,
}

impl Counts {
    fn runs(&self) -> [u32; 3] {
        [0, 1, 2].map(|node| self.runs[node].load(Ordering::SeqCst))
    }

    fn refused(&self) -> u32 {
        self.refused.load(Ordering::SeqCst)
    }
}

#[node]
async fn first(n: u32, State(counts): State<Counts>) -> u32 {
    counts.runs[0].fetch_add(1, Ordering::SeqCst);
    n
}

#[node]
async fn second(n: u32, State(counts): State<Counts>) -> u32 {
    counts.runs[1].fetch_add(1, Ordering::SeqCst);
    n
}

#[node]
async fn third(n: u32, State(counts): State<Counts>) -> u32 {
    counts.runs[2].fetch_add(1, Ordering::SeqCst);
    n
}

/// Emits messages, each until it is stored.
async fn emit(running: Running<u32, u32>, numbers: std::ops::Range<u32>, counts: Counts) {
    for n in numbers {
        while let Err(error) = running.emit_keyed(n, n).await {
            assert!(matches!(error, Error::Store(StoreError::Full)), "{error}");
            counts.refused.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_until_the_disk_is_full_and_goes_on() {
    let Some(path) = child::store() else { return };
    set("");
    let store = Sqlite::open(path).await.expect("it opens");
    let counts = Counts::default();
    let flow = flow! { #[flow(durable)] first -> second -> third }.with_state(counts.clone());
    let running = store.start(flow).await.expect("it starts");
    let numbers = (0..EMITTERS).map(|emitter| emitter * EACH..(emitter + 1) * EACH);
    let emitters = numbers.map(|of| tokio::spawn(emit(running.clone(), of, counts.clone())));
    let emitters: Vec<_> = emitters.collect();

    until(|| counts.runs()[2] >= 50).await;
    set("write 28");
    until(|| counts.refused() >= 2 * EMITTERS).await;
    let at = counts.runs();
    until(|| counts.refused() >= 4 * EMITTERS).await;
    assert_eq!(counts.runs(), at, "a step runs that is not stored");
    assert!(at[2] < ALL, "all was over before");
    set("");
    for emitter in emitters {
        emitter.await.expect("it is told that the disk is full");
    }

    let mut outputs = HashSet::new();
    for _ in 0..ALL {
        let fetched = running.fetch().await.expect("it is read");
        let output = fetched.expect("it runs").into_output().await;
        assert!(outputs.insert(output.expect("no node fails").payload));
    }
    assert_eq!(counts.runs(), [ALL; 3], "each node runs once for each");
    let ledger = running.ledger().await.expect("it is read");
    assert_eq!((ledger.completed, ledger.in_flight()), (ALL.into(), 0));
    let more = running.try_fetch().await.expect("it is read");
    assert!(more.is_none(), "{more:?}");
}

#[tokio::test]
async fn a_flow_goes_on_when_a_full_disk_has_room_again() {
    let at = At::new();
    let Some(library) = library(&at) else { return };
    let name = "full_disk::runs_until_the_disk_is_full_and_goes_on";
    let output = command(name, &at, &library).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}
