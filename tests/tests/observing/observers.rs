//! Observers: off the data path, whatever they do. What waits for a thread here waits in
//! real time, for a few milliseconds or with a bound.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

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

/// The queue is bounded; what it cannot take is counted, and the observer is told.
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

/// All of them are told of the same, in the same order; those of another flow are not.
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
