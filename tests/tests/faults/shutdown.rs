//! A node whose task or thread is cut, since the runtime that it was given to shuts down, was
//! cancelled: no code of the node's has panicked.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use penguiflow::host::Line;
use penguiflow::prelude::*;
use penguiflow_tests::support::watched;
use tokio::runtime::{Builder, Runtime};

#[node(spawn, retries = 2, backoff = "1ms")]
async fn in_a_task(_: u32) -> Result<u32, &'static str> {
    std::future::pending().await
}

#[node(blocking)]
fn in_a_thread(n: u32) -> u32 {
    n
}

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn waits(_: u32) -> u32 {
    std::future::pending().await
}

#[node]
async fn last(n: u32) -> u32 {
    n
}

fn runtime() -> Runtime {
    let runtime = Builder::new_multi_thread().worker_threads(1).build();
    runtime.expect("a runtime")
}

/// Runs a flow whose nodes' tasks and threads are given to a runtime that is shut down.
fn run_without<F: Line<()>>(flow: &Flow<F>, input: F::In) -> Result<Vec<F::Out>, FlowError> {
    let gone = runtime();
    let handle = gone.handle().clone();
    gone.shutdown_background();
    let own = Builder::new_current_thread().enable_all().build();
    own.expect("a runtime").block_on(async {
        let _entered = handle.enter();
        flow.run_all(input).await
    })
}

#[test]
fn a_task_and_a_thread_that_are_cut_were_cancelled() {
    let (flow, seen) = watched(flow! { in_a_task });
    let error = run_without(&flow, 1).expect_err("it is cut");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(
        error.to_string(),
        "node `in_a_task` was cut: its runtime was shut down"
    );
    assert_eq!(error.attempts(), 1, "no attempt could mend it");
    let own = runtime();
    own.block_on(flow.flush());
    let expected = [
        "trace_start",
        "node_start in_a_task 0",
        "node_cancelled in_a_task 0",
        "trace_end",
    ];
    assert_eq!(seen.lines(), expected);
    let error = run_without(&flow! { in_a_thread }, 1).expect_err("it is cut");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

/// What is cut is the whole trace's, not a branch's to lose.
#[test]
fn no_join_goes_on_without_a_task_that_was_cut() {
    let flow = flow! { start -> [in_a_task, waits] -> race -> last };
    let error = run_without(&flow, 1).expect_err("it is cut");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

/// The same while the task runs.
#[test]
fn a_task_that_is_cut_while_it_runs_was_cancelled() {
    let other = runtime();
    let handle = other.handle().clone();
    let own = Builder::new_current_thread().enable_all().build();
    let ended = own.expect("a runtime").block_on(async move {
        let flow = flow! { in_a_task };
        let mut run = flow.run(1);
        let begun = poll_fn(|cx| {
            let _entered = handle.enter();
            Poll::Ready(Pin::new(&mut run).poll(cx))
        });
        assert!(begun.await.is_pending());
        other.shutdown_background();
        run.await
    });
    assert_eq!(ended.expect_err("cut").kind(), ErrorKind::Cancelled);
}
