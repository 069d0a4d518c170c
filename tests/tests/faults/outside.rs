//! Outside of a tokio runtime, what needs one is an error that says so: no node has panicked.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use penguiflow::prelude::*;
use penguiflow_tests::support::ms;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Another executor: a thread that polls.
fn poll_here<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[node(timeout = "5ms")]
async fn times_out(_: u32) -> u32 {
    std::future::pending().await
}

#[node]
async fn waits(_: u32) -> u32 {
    std::future::pending().await
}

#[node(retries = 1, backoff = "1ms")]
async fn fails(_: u32) -> Result<u32, &'static str> {
    Err("no")
}

#[node(spawn)]
async fn spawned(n: u32) -> u32 {
    n
}

#[node(blocking)]
fn blocking(n: u32) -> u32 {
    n
}

#[node(rate = "1/h")]
async fn slowly(n: u32) -> u32 {
    n
}

#[node]
async fn sleeps(n: u32) -> u32 {
    tokio::time::sleep(ms(1)).await;
    n
}

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn last((n, _): (u32, u8)) -> u32 {
    n
}

#[node(timeout = "5ms", retries = 3, concurrency = 2)]
async fn ready(n: u32) -> u32 {
    n
}

fn told(ended: Result<u32, FlowError>) -> String {
    let error = ended.expect_err("it needs a runtime");
    assert_eq!(error.kind(), ErrorKind::NoRuntime, "{error}");
    error.to_string()
}

#[test]
fn what_needs_a_runtime_says_so() {
    let of = |node: &str, what: &str| {
        format!("node `{node}` needs a tokio runtime for {what}, and there is none here")
    };
    assert_eq!(
        told(poll_here(flow! { times_out }.run(1))),
        of("times_out", "its timeout")
    );
    let late = Message::new(1).deadline_in(ms(5));
    assert_eq!(
        told(poll_here(flow! { waits }.run(late))),
        of("waits", "the message's deadline")
    );
    assert_eq!(
        told(poll_here(flow! { fails }.run(1))),
        of("fails", "the wait before another attempt")
    );
    assert_eq!(
        told(poll_here(flow! { spawned }.run(1))),
        of("spawned", "its `spawn`")
    );
    assert_eq!(
        told(poll_here(flow! { blocking }.run(1))),
        of("blocking", "its thread")
    );
    assert_eq!(
        told(poll_here(
            flow! { start -> await u8 within "1s" -> last }.run(1)
        )),
        of("await u8", "the time that it waits")
    );
    let flow = flow! { slowly };
    assert_eq!(poll_here(flow.run(1)).expect("the first one"), 1);
    assert!(told(poll_here(flow.run(1))).starts_with("node `slowly` needs a tokio runtime"));
    assert!(
        told(poll_here(flow! { sleeps }.run(1))).starts_with("node `sleeps` needs a tokio runtime")
    );
}

#[test]
fn what_needs_none_runs_anywhere() -> Result<(), FlowError> {
    assert_eq!(poll_here(flow! { ready }.run(1))?, 1);
    Ok(())
}

/// A runtime without timers is none for what waits.
#[test]
fn a_runtime_without_timers_is_none() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    told(runtime.block_on(flow! { times_out }.run(1)));
    assert_eq!(
        runtime.block_on(flow! { spawned }.run(1)).expect("it runs"),
        1
    );
}
