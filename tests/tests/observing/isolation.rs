//! Whatever an observer does, its flow does what it does without: the same results in the same order, at the
//! same times of a paused clock, and the same ledger. An observer has a thread of its own, so where a
//! test waits for one it waits in real time, without a bound of its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow::{Event, EventKind, Ledger, Observer};
use tokio::time::Instant;

use penguiflow_tests::support::{ms, secs};

/// Takes some milliseconds. Every fifth message is tried twice, and every tenth fails.
#[node(retries = 1, backoff = "10ms", jitter = false)]
async fn fetch(n: u64, ctx: Ctx) -> Result<u64, String> {
    tokio::time::sleep(ms(n % 7)).await;
    match n % 10 {
        0 => Err(format!("there is no {n}")),
        5 if ctx.attempt() == 0 => Err("not yet".to_owned()),
        _ => Ok(n),
    }
}

#[node]
async fn double(n: u64) -> u64 {
    tokio::time::sleep(ms(3)).await;
    2 * n
}

#[node(timeout = "4ms")]
async fn square(n: u64) -> u64 {
    tokio::time::sleep(ms(n % 6)).await;
    n * n
}

/// Ends the path of every fourth message, and panics at some.
#[node]
async fn add((double, square): (u64, u64)) -> Option<u64> {
    assert_ne!(double % 26, 0, "an unlucky number");
    (double % 8 != 0).then_some(double + square)
}

flow! {
    struct Work(u64) -> u64;

    fetch -> [double, square] -> join -> add;
}

const MESSAGES: u64 = 300;

/// What a client learns of a started flow.
#[derive(Debug, PartialEq)]
struct Outcome {
    results: Vec<Result<u64, String>>,
    /// Until the last result was there, on the paused clock.
    time: Duration,
    ledger: Ledger,
}

impl Outcome {
    /// Of a flow with an observer that is let go when all results are there.
    async fn of(flow: Flow<Work>, let_go: impl FnOnce()) -> Self {
        let began = Instant::now();
        let running = flow.capacity(16).ordered().filtered().start();
        let emit = async {
            for n in 1..=MESSAGES {
                running.emit(n).await.expect("it is open");
            }
        };
        let fetch = async {
            let mut results = Vec::new();
            while results.len() < MESSAGES as usize {
                let result = running.fetch().await.expect("it is open");
                let payload = result.map(|output| output.payload);
                results.push(payload.map_err(|error| error.to_string()));
            }
            results
        };
        let ((), results) = tokio::join!(emit, fetch);
        let time = began.elapsed();
        let_go();
        let ledger = running.stop().await;
        Self {
            results,
            time,
            ledger,
        }
    }
}

/// Compares a flow that is observed with one that is not.
async fn is_the_same_with(observer: impl Observer, let_go: impl FnOnce()) {
    let without = Outcome::of(Work::flow(), || {}).await;
    let ledger = without.ledger;
    assert!(ledger.completed > 0 && ledger.failed > 0 && ledger.filtered > 0);
    let with = Outcome::of(Work::flow().observe(observer), let_go).await;
    assert_eq!(with, without);
}

/// Holds an observer up until the sender is dropped, or for a minute where a flow waits for it.
fn gate() -> (Sender<()>, impl Fn() + Send + 'static) {
    let (open, closed) = channel::<()>();
    (open, move || _ = closed.recv_timeout(secs(60)))
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_blocks_changes_nothing() {
    let (open, pass) = gate();
    is_the_same_with(move |_: &Event| pass(), || drop(open)).await;
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_is_slow_changes_nothing() {
    let slow = |_: &Event| std::thread::sleep(Duration::from_micros(100));
    is_the_same_with(slow, || {}).await;
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_panics_changes_nothing() {
    let calls = Arc::new(AtomicUsize::new(0));
    let called = Arc::clone(&calls);
    let panics = move |_: &Event| {
        called.fetch_add(1, Ordering::SeqCst);
        panic!("an observer cannot go on");
    };
    is_the_same_with(panics, || {}).await;
    let least = 4 * MESSAGES as usize;
    assert!(
        calls.load(Ordering::SeqCst) > least,
        "it receives every event"
    );
}

/// An observer that is dropped with a panic when its flow is gone.
struct PanicsInTheEnd;

impl Observer for PanicsInTheEnd {
    fn on_event(&mut self, _: &Event) {}
}

impl Drop for PanicsInTheEnd {
    fn drop(&mut self) {
        panic!("an observer cannot end");
    }
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_panics_when_it_is_dropped_changes_nothing() {
    is_the_same_with(PanicsInTheEnd, || {}).await;
}

/// Runs a flow at each event, on its own thread: another one, which has no observer.
#[tokio::test(start_paused = true)]
async fn an_observer_that_runs_a_flow_changes_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let (runtime, inner) = (runtime.expect("a runtime"), flow! { double_at_once });
    let runs = move |event: &Event| {
        let run = inner.run(u64::from(event.attempt));
        let doubled = runtime.block_on(run).expect("it cannot fail");
        assert_eq!(doubled, 2 * u64::from(event.attempt));
    };
    is_the_same_with(runs, || {}).await;
}

#[node]
async fn double_at_once(n: u64) -> u64 {
    2 * n
}

/// A flow that its own observer has, until it is taken away.
type Itself<T> = Arc<Mutex<Option<T>>>;

fn with<T, R>(itself: &Itself<T>, call: impl FnOnce(&T) -> R) -> Option<R> {
    let itself = itself.lock().unwrap_or_else(PoisonError::into_inner);
    itself.as_ref().map(call)
}

fn put<T>(itself: &Itself<T>, value: Option<T>) {
    *itself.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

const ECHO: &str = "echo";

fn is_echo(event: &Event) -> bool {
    event.headers.tenant == ECHO
}

/// At the end of each trace, another message is emitted into the same started flow: it has its own result,
/// and the others have theirs.
#[tokio::test]
async fn an_observer_may_emit_into_its_flow() -> Result<(), FlowError> {
    let itself = Itself::default();
    let sea = Arc::clone(&itself);
    let flow = flow! { double_at_once }.observe(move |event: &Event| {
        if event.event == EventKind::TraceEnd && !is_echo(event) {
            let echo = Message::new(0).tenant(ECHO);
            let emitted = with(&sea, |sea: &OpenSea<_>| sea.try_emit(echo));
            emitted.expect("the flow is there").expect("there is room");
        }
    });
    let running = flow.capacity(1000).start();
    put(&itself, Some(running.split().0));
    let mut results = Vec::new();
    for n in 0..100 {
        running.emit(n).await?;
    }
    for _ in 0..200 {
        let output = running.fetch().await.expect("a result for each message")?;
        if output.headers.tenant != ECHO {
            results.push(output.payload);
        }
    }
    put(&itself, None);
    assert_eq!(results, (0..100).map(|n| 2 * n).collect::<Vec<_>>());
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (200, 200));
    Ok(())
}

/// At the start of each trace, the observed flow itself is run, from within its observer.
#[tokio::test]
async fn an_observer_may_run_its_flow() -> Result<(), FlowError> {
    let itself = Itself::default();
    let flow = Arc::clone(&itself);
    let (runs, ended) = channel();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    let observed = flow! { double_at_once }.observe(move |event: &Event| {
        if event.event == EventKind::TraceStart && !is_echo(event) {
            let echo = Message::new(5).tenant(ECHO);
            let ran = with(&flow, |flow: &Flow<_>| runtime.block_on(flow.run(echo)));
            runs.send(ran).expect("the test is there");
        }
    });
    put(&itself, Some(observed.clone()));
    for n in 0..100 {
        assert_eq!(observed.run(n).await?, 2 * n);
    }
    observed.flush().await;
    put(&itself, None);
    drop(observed);
    let echoes: Vec<_> = ended.iter().map(|ran| ran.map(Result::ok)).collect();
    assert_eq!(echoes, vec![Some(Some(10)); 100]);
    Ok(())
}

/// No trace waits for an observer that is stuck at its first event.
#[tokio::test]
async fn ten_thousand_messages_pass_an_observer_that_is_stuck() -> Result<(), FlowError> {
    let (open, pass) = gate();
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let running = flow! { double_at_once }
        .observe(move |_: &Event| {
            pass();
            counter.fetch_add(1, Ordering::SeqCst);
        })
        .start();
    for n in 0..10_000 {
        running.emit(n).await?;
        let output = running.fetch().await.expect("a result")?;
        assert_eq!(output.payload, 2 * n);
    }
    assert_eq!(seen.load(Ordering::SeqCst), 0, "it is stuck");
    assert_eq!(running.health().lost_events, [0], "none of 40,000");
    drop(open);
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (10_000, 10_000));
    Ok(())
}

/// `stop` gives up on observers that are stuck, and has accounted for every message. On the paused clock that
/// takes no time.
#[tokio::test(start_paused = true)]
async fn a_stop_gives_up_on_stuck_observers() -> Result<(), FlowError> {
    let (_open, pass) = gate();
    let (_other, also_pass) = gate();
    let running = flow! { double }
        .observe(move |_: &Event| pass())
        .observe(move |_: &Event| also_pass())
        .start();
    for n in 0..10 {
        running.emit(n).await?;
    }
    let began = Instant::now();
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (10, 10));
    assert_eq!(began.elapsed(), ms(3), "that of the nodes");
    Ok(())
}
