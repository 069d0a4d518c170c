//! Faults of the original under load, delays and deadlines.

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{Notebook, ms, watched};

#[node]
async fn twenty(n: u64) -> u64 {
    tokio::time::sleep(ms(20)).await;
    n
}

#[node(concurrency = 5)]
async fn twenty_by_five(n: u64) -> u64 {
    tokio::time::sleep(ms(20)).await;
    n
}

/// A node worked on one message at a time: 20 times 20 ms took 420 ms.
#[tokio::test(start_paused = true)]
async fn b08_a_node_works_on_many_messages_at_once() -> Result<(), FlowError> {
    let running = flow! { twenty }.start();
    let begin = Instant::now();
    for n in 0..20 {
        running.emit(n).await?;
    }
    running.stop().await;
    assert_eq!(begin.elapsed(), ms(20));
    let running = flow! { twenty_by_five }.start();
    let begin = Instant::now();
    for n in 0..20 {
        running.emit(n).await?;
    }
    running.stop().await;
    assert_eq!(begin.elapsed(), ms(80), "unless it says how many");
    Ok(())
}

#[node]
async fn long(notes: Notebook) {
    notes.write("begun");
    tokio::time::sleep(ms(200)).await;
    notes.write("ended");
}

/// A deadline of 20 ms let a node of 200 ms run to its end.
#[tokio::test(start_paused = true)]
async fn b15_the_deadline_cuts_a_running_node() {
    let notes = Notebook::new();
    let begin = Instant::now();
    let message = Message::new(notes.clone()).deadline_in(ms(20));
    let error = flow! { long }.run(message).await.expect_err("too late");
    assert_eq!(
        (error.kind(), begin.elapsed()),
        (ErrorKind::DeadlineExceeded, ms(20))
    );
    tokio::time::sleep(ms(1000)).await;
    assert_eq!(notes.lines(), ["begun"]);
}

/// A message whose deadline had passed was worked on as any other.
#[tokio::test(start_paused = true)]
async fn b15_a_message_that_comes_too_late_is_not_begun() {
    let notes = Notebook::new();
    let message = Message::new(notes.clone()).deadline_in(ms(20));
    tokio::time::sleep(ms(21)).await;
    let error = flow! { long }.run(message).await.expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(notes.lines(), [""; 0]);
}

#[node(retries = 1, backoff = "300ms", jitter = false)]
async fn bad_first(name: &'static str, ctx: Ctx) -> Result<&'static str, String> {
    match (name, ctx.attempt()) {
        ("bad", 0) => Err("not yet".to_owned()),
        _ => Ok(name),
    }
}

/// A backoff held an innocent message up for 305 ms.
#[tokio::test(start_paused = true)]
async fn b22_a_backoff_delays_no_other_message() -> Result<(), FlowError> {
    let running = flow! { bad_first }.start();
    let begin = Instant::now();
    running.emit("bad").await?;
    running.emit("good").await?;
    assert_eq!(running.fetch().await.expect("a result")?.payload, "good");
    assert_eq!(begin.elapsed(), ms(0));
    assert_eq!(running.fetch().await.expect("a result")?.payload, "bad");
    assert_eq!(begin.elapsed(), ms(300));
    Ok(())
}

#[node(timeout = "1s", retries = 1, backoff = "1ms", jitter = false)]
async fn own_timeout(_: ()) -> Result<(), std::io::Error> {
    Err(std::io::ErrorKind::TimedOut.into())
}

/// A timeout error of user code was reported as the node's timeout.
#[tokio::test(start_paused = true)]
async fn b31_a_timeout_error_of_user_code_is_not_the_nodes_timeout() {
    let (flow, seen) = watched(flow! { own_timeout });
    let error = flow.run(()).await.expect_err("it says so");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Failed, 2));
    flow.flush().await;
    assert_eq!(
        (seen.count("node_error"), seen.count("node_timeout")),
        (2, 0)
    );
}

struct Adder {
    add: u64,
}

#[node]
impl Adder {
    async fn call(&self, n: u64) -> u64 {
        n + self.add
    }
}

/// An object that can be called was no node.
#[tokio::test]
async fn b36_a_value_with_fields_is_a_node() -> Result<(), FlowError> {
    let flow = flow! {
        let add: Adder = Adder { add: 2 };
        add
    };
    assert_eq!(flow.run(40).await?, 42);
    Ok(())
}

#[node(timeout = "10ms")]
async fn budgeted(_: ()) -> ControlFlow<(), ()> {
    ControlFlow::Continue(())
}

/// The codes for these were there, and never raised anywhere.
#[tokio::test(start_paused = true)]
async fn c10_every_kind_of_end_has_its_error() -> Result<(), FlowError> {
    let looped = flow! { budgeted -> budgeted };
    let exhausted = looped.run(()).await.map_err(|error| error.kind());
    assert_eq!(exhausted, Err(ErrorKind::BudgetExhausted));
    let late = looped.run(Message::new(()).deadline_in(ms(0))).await;
    assert_eq!(
        late.map_err(|error| error.kind()),
        Err(ErrorKind::DeadlineExceeded)
    );
    let running = flow! { twenty }.start();
    let trace_id = running.emit(1).await?;
    running.cancel(trace_id);
    let cancelled = running.fetch().await.expect("an answer");
    assert_eq!(
        cancelled.map(drop).map_err(|error| error.kind()),
        Err(ErrorKind::Cancelled)
    );
    Ok(())
}
