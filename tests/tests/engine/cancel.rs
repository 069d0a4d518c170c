//! `cancel`: at once, wherever the trace is, and no other trace feels it.

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{Notebook, drain, ms, tasks};

#[node]
async fn wait(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

#[node]
async fn forever(notes: Notebook) -> Notebook {
    let _dropped = notes.on_drop("dropped");
    notes.write("begun");
    std::future::pending::<()>().await;
    notes
}

#[node]
async fn forever_too(notes: Notebook) -> Notebook {
    let _dropped = notes.on_drop("dropped too");
    std::future::pending::<()>().await;
    notes
}

#[tokio::test(start_paused = true)]
async fn cancel_ends_a_trace_with_an_error() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    let message = Message::new(1000).tenant("acme");
    let trace_id = running.emit(message).await?;
    tokio::time::sleep(ms(300)).await;
    assert!(running.cancel(trace_id));
    let begin = Instant::now();
    let error = running
        .fetch()
        .await
        .expect("an answer")
        .expect_err("it was cancelled");
    assert_eq!(begin.elapsed(), ms(0));
    assert_eq!(
        (error.kind(), error.trace_id()),
        (ErrorKind::Cancelled, trace_id)
    );
    assert_eq!(error.headers().tenant, "acme");
    assert_eq!(error.elapsed(), ms(300));
    assert_eq!(error.to_string(), "the trace was cancelled");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn cancel_drops_the_whole_trace() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { forever; forever_too }.start();
    let trace_id = running.emit(notes.clone()).await?;
    tokio::time::sleep(ms(10)).await;
    running.cancel(trace_id);
    tokio::task::yield_now().await;
    let mut lines = notes.lines();
    lines.sort();
    assert_eq!(lines, ["begun", "dropped", "dropped too"]);
    assert_eq!(tasks(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn cancel_says_whether_there_was_such_a_trace() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    assert!(!running.cancel(TraceId::random()));
    let trace_id = running.emit(10).await?;
    assert!(running.cancel(trace_id));
    assert!(!running.cancel(trace_id), "it was cancelled before");
    let done = running.emit(10).await?;
    tokio::time::sleep(ms(20)).await;
    assert!(!running.cancel(done), "it is over");
    let ledger = running.ledger();
    assert_eq!((ledger.cancelled, ledger.completed), (1, 1));
    Ok(())
}

/// Before its task has run at all.
#[tokio::test(start_paused = true)]
async fn a_trace_can_be_cancelled_before_it_begins() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { forever }.start();
    let trace_id = running.emit(notes.clone()).await?;
    assert!(running.cancel(trace_id));
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.cancelled), (1, 1));
    assert_eq!(notes.lines(), [""; 0]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn other_traces_do_not_feel_a_cancel() -> Result<(), FlowError> {
    let running = flow! { wait }.ordered().start();
    let mut trace_ids = Vec::new();
    for n in 0..10 {
        trace_ids.push(running.emit(50 + n).await?);
    }
    tokio::time::sleep(ms(20)).await;
    for trace_id in trace_ids.iter().step_by(2) {
        assert!(running.cancel(*trace_id));
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.cancelled, ledger.completed), (5, 5));
    let outputs: Vec<_> = drain(&running)
        .await
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    assert_eq!(outputs, [51, 53, 55, 57, 59]);
    Ok(())
}

/// Two messages may share a trace: a cancel ends both.
#[tokio::test(start_paused = true)]
async fn cancel_ends_every_message_of_the_trace() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    let trace_id = TraceId::random();
    running.emit(Message::new(100).trace_id(trace_id)).await?;
    running.emit(Message::new(100).trace_id(trace_id)).await?;
    running.emit(100).await?;
    assert!(running.cancel(trace_id));
    let ledger = running.ledger();
    assert_eq!((ledger.cancelled, ledger.in_flight), (2, 1));
    Ok(())
}

#[node(retries = 3, backoff = "10s..60s", jitter = false)]
async fn fails(notes: Notebook) -> Result<(), String> {
    notes.write("attempt");
    Err("no".to_owned())
}

#[tokio::test(start_paused = true)]
async fn cancel_is_immediate_in_a_backoff_sleep() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { fails }.start();
    let begin = Instant::now();
    let trace_id = running.emit(notes.clone()).await?;
    tokio::time::sleep(ms(100)).await;
    running.cancel(trace_id);
    let error = running
        .fetch()
        .await
        .expect("an answer")
        .expect_err("it was cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    running.stop().await;
    assert_eq!(begin.elapsed(), ms(100));
    assert_eq!(notes.lines(), ["attempt"]);
    Ok(())
}

#[node(concurrency = 1)]
async fn one_at_a_time(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

/// One that waits is gone from the line, and one that holds the permit gives it back.
#[tokio::test(start_paused = true)]
async fn cancel_gives_permits_back() -> Result<(), FlowError> {
    let running = flow! { one_at_a_time }.start();
    let holder = running.emit(1000).await?;
    let waiter = running.emit(2000).await?;
    running.emit(30).await?;
    tokio::time::sleep(ms(10)).await;
    assert!(running.cancel(waiter) && running.cancel(holder));
    let begin = Instant::now();
    running.stop().await;
    assert_eq!(begin.elapsed(), ms(30));
    Ok(())
}

/// A cancelled trace makes room for another one.
#[tokio::test(start_paused = true)]
async fn cancel_gives_capacity_back() -> Result<(), FlowError> {
    let running = flow! { wait }.capacity(1).start();
    let trace_id = running.emit(1000).await?;
    let begin = Instant::now();
    assert!(running.cancel(trace_id));
    running.emit(1).await?;
    assert_eq!(begin.elapsed(), ms(0));
    Ok(())
}
