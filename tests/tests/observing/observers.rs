//! Observers: off the data path, whatever they do. What waits for a thread here waits in
//! real time, for a few milliseconds or with a bound.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use penguiflow::Event;
use penguiflow::Observer;
use penguiflow::prelude::*;

use penguiflow_tests::support::{Seen, watched};

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

/// Holds its observer up at every event, until the test lets go.
struct Gate(Receiver<()>);

impl Gate {
    fn new() -> (Sender<()>, Self) {
        let (open, gate) = channel();
        (open, Self(gate))
    }

    fn pass(&self) {
        let _ = self.0.recv_timeout(Duration::from_secs(10));
    }
}

/// The observer is stuck at the first event while a hundred messages go through.
#[tokio::test]
async fn a_stuck_observer_does_not_slow_the_flow() -> Result<(), FlowError> {
    let (open, gate) = Gate::new();
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let flow = flow! { double }.observe(move |_: &Event| {
        gate.pass();
        counter.fetch_add(1, Ordering::SeqCst);
    });
    for n in 0..100 {
        assert_eq!(flow.run(n).await?, 2 * n);
    }
    assert_eq!(seen.load(Ordering::SeqCst), 0);
    drop(open);
    flow.flush().await;
    assert_eq!(seen.load(Ordering::SeqCst), 400, "nothing was lost");
    Ok(())
}

#[tokio::test]
async fn a_panicking_observer_breaks_nothing() -> Result<(), FlowError> {
    let told = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&told);
    let flow = flow! { double }.observe(move |event: &Event| {
        counter.fetch_add(1, Ordering::SeqCst);
        panic!("cannot stand {}", event.event)
    });
    let (flow, seen) = watched(flow);
    assert_eq!(flow.run(1).await?, 2);
    assert_eq!(flow.run(2).await?, 4);
    flow.flush().await;
    assert_eq!(
        told.load(Ordering::SeqCst),
        8,
        "it is told of the next event"
    );
    assert_eq!(seen.events().len(), 8, "the others are told, too");
    Ok(())
}

/// `flush` and `stop` are patient, not infinitely so.
#[tokio::test]
async fn a_hanging_observer_holds_up_nobody_for_good() -> Result<(), FlowError> {
    let (open, gate) = Gate::new();
    let gate = Mutex::new(gate);
    let observer = move |_: &Event| gate.lock().expect("one thread").pass();
    let (_open, slow_gate) = Gate::new();
    let flow = flow! { double }
        .observe(observer)
        .observe(move |_: &Event| slow_gate.pass());
    flow.run(1).await?;
    let begin = Instant::now();
    flow.flush().await;
    let waited = begin.elapsed();
    assert!(waited >= Duration::from_millis(900), "{waited:?}");
    assert!(waited < Duration::from_millis(1900), "{waited:?}");
    drop(open);
    Ok(())
}

/// A real observer, with a name and a memory.
#[derive(Clone, Default)]
struct Counter {
    events: Arc<AtomicUsize>,
    lost: Arc<AtomicU64>,
}

struct Counting {
    counter: Counter,
    gate: Gate,
}

impl Observer for Counting {
    fn on_event(&mut self, _: &Event) {
        self.gate.pass();
        self.counter.events.fetch_add(1, Ordering::SeqCst);
    }

    fn on_lost(&mut self, count: u64) {
        self.counter.lost.fetch_add(count, Ordering::SeqCst);
    }
}

/// The queue is bounded; what it cannot take is counted, and the observer gets the count.
#[tokio::test]
async fn a_slow_observer_is_told_what_it_missed() -> Result<(), FlowError> {
    let (open, gate) = Gate::new();
    let counter = Counter::default();
    let flow = flow! { double }.observe(Counting {
        counter: counter.clone(),
        gate,
    });
    let runs = 20_000;
    for n in 0..runs {
        flow.run(n).await?;
    }
    drop(open);
    flow.flush().await;
    let told = counter.events.load(Ordering::SeqCst) as u64;
    let lost = counter.lost.load(Ordering::SeqCst);
    assert_eq!(told + lost, 4 * u64::from(runs));
    assert!(
        (65_536..=65_537).contains(&told),
        "{told} told, {lost} lost"
    );
    Ok(())
}

/// Its thread ends with the flow, and whatever it held is dropped.
#[tokio::test]
async fn an_observer_ends_with_its_flow() -> Result<(), FlowError> {
    let (held, ended) = channel::<()>();
    let flow = flow! { double }.observe(move |_: &Event| {
        let _ = &held;
    });
    let running = flow.start();
    running.emit(1).await?;
    running.stop().await;
    drop((flow, running));
    let ended = ended.recv_timeout(Duration::from_secs(10));
    assert_eq!(ended, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
    Ok(())
}

/// All of them get the same events, in the same order; those of another flow do not.
#[tokio::test]
async fn every_observer_sees_every_event() -> Result<(), FlowError> {
    let (flow, first) = watched(flow! { double });
    let (flow, second) = watched(flow);
    let (other, elsewhere) = watched(flow! { double });
    for n in 0..10 {
        flow.run(n).await?;
    }
    other.run(1).await?;
    flow.flush().await;
    other.flush().await;
    assert_eq!(first.events().len(), 40);
    assert_eq!(first.events(), second.events());
    assert_eq!(elsewhere.events().len(), 4);
    Ok(())
}

/// Without observers there is nothing to wait for.
#[tokio::test]
async fn flushing_nobody_returns_at_once() {
    let flow = flow! { double };
    let begin = Instant::now();
    flow.flush().await;
    assert!(begin.elapsed() < Duration::from_millis(500));
    assert!(Seen::default().events().is_empty());
}

/// A clone may have observers of its own: they see the clone's events, and nothing from before.
#[tokio::test]
async fn an_observer_sees_the_flow_value_that_it_was_added_to() -> Result<(), FlowError> {
    let (flow, first) = watched(flow! { double });
    flow.run(1).await?;
    let (clone, second) = watched(flow.clone());
    flow.run(2).await?;
    clone.run(3).await?;
    flow.run(4).await?;
    let (flow, third) = watched(flow);
    flow.run(5).await?;
    flow.flush().await;
    clone.flush().await;
    assert_eq!(first.events().len(), 20);
    assert_eq!(second.events(), first.events()[8..12]);
    assert_eq!(third.events(), first.events()[16..]);
    Ok(())
}

/// Nothing is lost and nothing is mixed up where traces run on several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_many_threads_are_all_seen() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { double });
    let run = |n: u32| {
        let flow = flow.clone();
        tokio::spawn(async move { flow.run(n).await })
    };
    let runs: Vec<_> = (0..1000).map(run).collect();
    for run in runs {
        run.await.expect("it ends")?;
    }
    flow.flush().await;
    let mut traces = std::collections::HashMap::<_, Vec<_>>::new();
    for event in seen.events() {
        let kinds = traces.entry(event.trace_id).or_default();
        kinds.push(event.event.as_str());
    }
    let wanted = ["trace_start", "node_start", "node_success", "trace_end"];
    assert_eq!(traces.len(), 1000);
    assert!(traces.values().all(|kinds| kinds == &wanted));
    Ok(())
}

/// Its thread sleeps when there is nothing to see, and an event wakes it: nobody has to flush.
#[tokio::test]
async fn an_idle_observer_is_woken() -> Result<(), FlowError> {
    let (events, seen) = channel();
    let flow = flow! { double }.observe(move |event: &Event| {
        let _ = events.send(event.event);
    });
    for _ in 0..3 {
        flow.run(1).await?;
        for _ in 0..4 {
            assert!(seen.recv_timeout(Duration::from_secs(10)).is_ok());
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    Ok(())
}

/// An error whose text cannot be had.
#[derive(Debug)]
struct Unspeakable;

impl std::fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("no words")
    }
}

impl std::error::Error for Unspeakable {}

#[node]
async fn fails(_: u32) -> Result<u32, Unspeakable> {
    Err(Unspeakable)
}

/// The text of an error is the user's code, too.
#[tokio::test]
async fn an_error_that_cannot_be_shown_hides_no_failure() {
    let (flow, seen) = watched(flow! { fails });
    let error = flow.run(1).await.expect_err("it fails");
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Failed, Some("fails"))
    );
    flow.flush().await;
    let events = seen.events();
    let texts: Vec<_> = events
        .iter()
        .filter_map(|event| event.error.as_deref())
        .collect();
    let text = "an error whose `Display` panicked";
    let of_trace = format!("node `fails` failed: {text}");
    assert_eq!(texts, [text, text, &of_trace]);
}
