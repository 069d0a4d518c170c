//! `trace`: one message's journey as a stream. Dropping it cancels the trace.

use futures_util::StreamExt;
use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, watched};

#[node]
async fn wait(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

#[node]
async fn wait_twice(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(2 * milliseconds)).await;
    2 * milliseconds
}

fn output<Out>(item: Result<TraceItem<Out>, FlowError>) -> Result<Message<Out>, FlowError> {
    match item? {
        TraceItem::Output(message) => Ok(message),
        _ => panic!("no node here sends chunks"),
    }
}

#[tokio::test(start_paused = true)]
async fn outputs_come_as_they_are_made() -> Result<(), FlowError> {
    let flow = flow! { wait; wait_twice };
    let begin = tokio::time::Instant::now();
    let sent = Message::new(30).tenant("acme");
    let trace_id = sent.trace_id;
    let mut trace = flow.trace(sent);

    let first = output(trace.next().await.expect("two outputs"))?;
    assert_eq!((first.payload, begin.elapsed()), (30, ms(30)));
    assert_eq!(
        (first.trace_id, first.headers.tenant.as_str()),
        (trace_id, "acme")
    );
    let second = output(trace.next().await.expect("two outputs"))?;
    assert_eq!((second.payload, begin.elapsed()), (60, ms(60)));
    assert!(trace.next().await.is_none());
    assert!(trace.next().await.is_none(), "it stays over");
    Ok(())
}

#[node]
async fn fail_late(_: u64) -> Result<u64, &'static str> {
    tokio::time::sleep(ms(100)).await;
    Err("too late")
}

/// What came before the error has been given out, unlike with `run_all`.
#[tokio::test(start_paused = true)]
async fn an_error_is_the_last_item() {
    let flow = flow! { wait; fail_late };
    let items: Vec<_> = flow.trace(30).collect().await;
    let [Ok(TraceItem::Output(message)), Err(error)] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(message.payload, 30);
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Failed, Some("fail_late"))
    );
    assert!(flow.run_all(30).await.is_err());
}

#[node]
async fn filter(_: u64) -> Option<u64> {
    None
}

#[tokio::test]
async fn a_filtered_trace_says_so() {
    let flow = flow! { filter };
    let items: Vec<_> = flow.trace(1).collect().await;
    let kinds: Vec<_> = items
        .iter()
        .map(|item| item.as_ref().map_err(FlowError::kind))
        .collect();
    assert_eq!(kinds, [Err(ErrorKind::Filtered)]);
}

#[node]
async fn pending(notes: Notebook) -> Notebook {
    let _dropped = notes.on_drop("dropped");
    std::future::pending::<()>().await;
    notes
}

#[node]
async fn at_once(notes: Notebook) -> Notebook {
    notes
}

#[tokio::test(start_paused = true)]
async fn dropping_the_stream_cancels_the_trace() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { pending; at_once });
    let notes = Notebook::new();
    let mut trace = flow.trace(notes.clone());
    output(trace.next().await.expect("the quick branch"))?;
    assert_eq!(notes.lines(), [""; 0], "the slow branch is alive");
    drop(trace);
    assert_eq!(notes.lines(), ["dropped"]);
    flow.flush().await;
    assert_eq!(seen.lines().last().map(String::as_str), Some("trace_end"));
    assert_eq!(seen.count("node_cancelled"), 1);
    Ok(())
}

#[node]
async fn writes(n: u32, notes: State<Notebook>) -> u32 {
    notes.0.write(format!("node {n}"));
    n + 1
}

#[node]
async fn loops(n: u32) -> ControlFlow<u32, u32> {
    if n > 2 {
        return ControlFlow::Break(n);
    }
    ControlFlow::Continue(n)
}

/// A reader that stops holds the trace up: it moves while it is polled.
#[tokio::test]
async fn an_unread_trace_does_not_move() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { writes -> loops -> writes }.with_state(notes.clone());
    let mut trace = flow.trace(0);
    tokio::task::yield_now().await;
    assert_eq!(notes.lines(), [""; 0]);
    let last = output(trace.next().await.expect("an output"))?;
    assert_eq!((last.payload, notes.lines().len()), (3, 3));
    Ok(())
}

#[node]
async fn goes_on(n: u32, notes: State<Notebook>) -> u32 {
    tokio::task::yield_now().await;
    notes.0.write("went on");
    n
}

#[node]
async fn one(n: u32) -> u32 {
    n
}

#[node]
async fn two(n: u32) -> u32 {
    n
}

/// What is there goes out before the trace moves on.
#[tokio::test]
async fn outputs_that_wait_hold_the_trace_up() {
    let notes = Notebook::new();
    let flow = flow! { one; two; goes_on }.with_state(notes.clone());
    let mut trace = flow.trace(1);
    assert!(trace.next().await.is_some() && trace.next().await.is_some());
    assert_eq!(notes.lines(), [""; 0]);
    assert!(trace.next().await.is_some());
    assert_eq!(notes.lines(), ["went on"]);
}

#[tokio::test]
async fn items_can_be_compared_and_printed() -> Result<(), FlowError> {
    let flow = flow! { filter; at_zero };
    let mut trace = flow.trace(0);
    assert_eq!(format!("{trace:?}"), "Trace { over: false, .. }");
    let item = trace.next().await.expect("one output")?;
    assert_eq!(item, item.clone());
    assert!(trace.next().await.is_none());
    assert_eq!(format!("{trace:?}"), "Trace { over: true, .. }");
    Ok(())
}

#[node]
async fn at_zero(n: u64) -> u64 {
    n
}
