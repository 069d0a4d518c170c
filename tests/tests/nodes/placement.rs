//! Where a node runs: in the trace's task, in one of its own, or on a blocking thread.

use std::thread::ThreadId;
use std::time::{Duration, Instant as RealInstant};

use penguiflow::prelude::*;
use tokio::task::Id;

use penguiflow_tests::support::{Notebook, ms};

#[node]
async fn inline_task(_: ()) -> Id {
    tokio::task::id()
}

#[node]
async fn inline_task_again(first: Id) -> bool {
    first == tokio::task::id()
}

/// No queue and no task of ours stands between two nodes, nor before the first one.
#[tokio::test]
async fn run_stays_in_the_callers_task() -> Result<(), Box<dyn std::error::Error>> {
    let caller = tokio::spawn(async {
        let task = flow! { inline_task }.run(()).await?;
        let same = flow! { inline_task -> inline_task_again }.run(()).await?;
        Ok::<_, FlowError>((task == tokio::task::id(), same))
    });
    assert_eq!(caller.await??, (true, true));
    Ok(())
}

#[node(spawn)]
async fn own_task(caller: Id) -> (Id, Id) {
    (caller, tokio::task::id())
}

#[tokio::test]
async fn spawn_gives_a_node_its_own_task() -> Result<(), FlowError> {
    let (caller, node) = flow! { inline_task_id -> own_task }.start_one().await?;
    assert_ne!(caller, node);
    Ok(())
}

#[node]
async fn inline_task_id(_: ()) -> Id {
    tokio::task::id()
}

/// One message through a started flow, whose traces are tasks.
trait StartOne {
    type Out;
    async fn start_one(self) -> Result<Self::Out, FlowError>;
}

impl<F: AnyFlow<In = ()>> StartOne for F {
    type Out = F::Out;

    async fn start_one(self) -> Result<F::Out, FlowError> {
        let running = self.start();
        running.emit(()).await?;
        Ok(running.fetch().await.expect("one result")?.payload)
    }
}

#[node(blocking)]
fn own_thread(_: ()) -> ThreadId {
    std::thread::current().id()
}

#[tokio::test]
async fn blocking_runs_on_another_thread() -> Result<(), FlowError> {
    assert_ne!(
        flow! { own_thread }.run(()).await?,
        std::thread::current().id()
    );
    Ok(())
}

#[node(blocking)]
fn blocking_forms(
    message: &Message<String>,
    headers: &Headers,
    State(suffix): State<char>,
) -> Result<String, String> {
    Ok(format!("{}{}{suffix}", headers.tenant, message.payload))
}

#[node(spawn)]
async fn spawned_forms(text: &str, ctx: &Ctx, suffix: State<char>) -> Option<String> {
    Some(format!("{text}{}{}", suffix.0, ctx.attempt()))
}

#[tokio::test]
async fn nodes_elsewhere_take_all_forms() -> Result<(), FlowError> {
    let flow = flow! { blocking_forms -> spawned_forms }.with_state('!');
    let message = Message::new("krill".to_owned()).tenant("acme ");
    assert_eq!(flow.run(message).await?, "acme krill!!0");
    Ok(())
}

#[node(blocking)]
fn panics_on_a_thread(_: ()) {
    panic!("on a thread")
}

#[node(spawn)]
async fn panics_in_a_task(_: ()) {
    panic!("in a task")
}

#[tokio::test]
async fn panics_elsewhere_are_caught() {
    let error = flow! { panics_on_a_thread }
        .run(())
        .await
        .expect_err("it panics");
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert_eq!(
        error.to_string(),
        "node `panics_on_a_thread` panicked: on a thread"
    );
    let error = flow! { panics_in_a_task }
        .run(())
        .await
        .expect_err("it panics");
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert_eq!(
        error.to_string(),
        "node `panics_in_a_task` panicked: in a task"
    );
}

#[node(spawn, retries = 2, backoff = "10ms", jitter = false)]
async fn retried_in_a_task(n: u32, ctx: Ctx) -> Result<u32, &'static str> {
    if ctx.attempt() < 2 {
        Err("not yet")
    } else {
        Ok(n)
    }
}

#[node(blocking, retries = 2, backoff = "10ms", jitter = false)]
fn retried_on_a_thread(n: u32, ctx: Ctx) -> Result<u32, &'static str> {
    if ctx.attempt() < 2 {
        Err("not yet")
    } else {
        Ok(n)
    }
}

#[tokio::test(start_paused = true)]
async fn nodes_elsewhere_are_retried() -> Result<(), FlowError> {
    assert_eq!(
        flow! { retried_in_a_task -> retried_on_a_thread }
            .run(3)
            .await?,
        3
    );
    Ok(())
}

#[node(spawn)]
async fn spawned_for_ever(notes: Notebook) {
    let _dropped = notes.on_drop("dropped");
    std::future::pending().await
}

/// A task of its own still belongs to its trace.
#[tokio::test(start_paused = true)]
async fn cancelling_a_trace_drops_its_spawned_nodes() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { spawned_for_ever }.start();
    let trace_id = running.emit(notes.clone()).await?;
    tokio::time::sleep(ms(10)).await;
    assert!(running.cancel(trace_id));
    tokio::time::sleep(ms(1)).await;
    assert_eq!(notes.lines(), ["dropped"]);
    Ok(())
}

/// A thread cannot be stopped, but learns of the cancellation. Bounded, as it waits in real time.
#[node(blocking)]
fn until_cancelled(notes: Notebook, ctx: Ctx) {
    notes.write("begun");
    let begin = RealInstant::now();
    while !ctx.is_cancelled() && begin.elapsed() < Duration::from_secs(5) {
        std::thread::yield_now();
    }
    notes.write(format!("cancelled: {}", ctx.is_cancelled()));
}

async fn until_lines(notes: &Notebook, count: usize) {
    let begin = RealInstant::now();
    while notes.lines().len() < count && begin.elapsed() < Duration::from_secs(5) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_thread_is_told_that_its_visit_was_dropped() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { until_cancelled }.start();
    let trace_id = running.emit(notes.clone()).await?;
    until_lines(&notes, 1).await;
    running.cancel(trace_id);
    until_lines(&notes, 2).await;
    assert_eq!(notes.lines(), ["begun", "cancelled: true"]);
    Ok(())
}

/// As `until_cancelled`, with too little time.
#[node(
    blocking,
    timeout = "10ms",
    retries = 1,
    backoff = "1ms",
    jitter = false
)]
fn until_timed_out(notes: &Notebook, ctx: Ctx) {
    if ctx.attempt() == 1 {
        notes.write(format!("next: {}", ctx.is_cancelled()));
        return;
    }
    notes.write("begun");
    let begin = RealInstant::now();
    while !ctx.is_cancelled() && begin.elapsed() < Duration::from_secs(5) {
        std::thread::yield_now();
    }
    notes.write(format!("cancelled: {}", ctx.is_cancelled()));
}

/// The next attempt does not see that the last one was cancelled. A paused clock stands still
/// while a thread works, so the test moves it.
#[tokio::test(start_paused = true)]
async fn a_thread_is_told_that_its_attempt_timed_out() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { until_timed_out };
    let (run, ()) = tokio::join!(flow.run(notes.clone()), async {
        until_lines(&notes, 1).await;
        tokio::time::advance(ms(10)).await;
    });
    run?;
    assert_eq!(notes.lines(), ["begun", "cancelled: true", "next: false"]);
    Ok(())
}
