//! What reaches through to the caller's trace: events, chunks, cancellation, identities.

use futures_util::StreamExt;
use penguiflow::Event;
use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, tasks, watched};

#[node(retries = 1, backoff = "1ms")]
async fn says(n: u32, ctx: Ctx) -> Result<String, String> {
    ctx.chunk(n.to_string()).await;
    match ctx.attempt() {
        0 => Err("not yet".to_owned()),
        _ => Ok(ctx.idempotency_key()),
    }
}

flow! {
    struct Says(u32) -> String;

    says;
}

#[node]
async fn calls(n: u32, ctx: Ctx) -> Result<String, FlowError> {
    ctx.call(&Says::flow(), n).await
}

/// An event of a node, after the names of its playbooks; nothing for those of a trace.
fn placed(event: &Event) -> Option<String> {
    let node = event.node_name?;
    let playbook = event.playbook.as_deref().unwrap_or("-");
    Some(format!(
        "{} {playbook} {node} {}",
        event.event, event.attempt
    ))
}

/// A playbook is no trace of its own: it reports no beginning and no end of one.
#[tokio::test(start_paused = true)]
async fn events_name_the_playbook_that_they_happened_in() -> Result<(), FlowError> {
    async fn events(flow: impl AnyFlow<In = u32>) -> Result<Vec<String>, FlowError> {
        let (flow, seen) = watched(flow.as_flow().clone());
        flow.run(7).await?;
        flow.flush().await;
        assert_eq!((seen.count("trace_start"), seen.count("trace_end")), (1, 1));
        Ok(seen.events().iter().filter_map(placed).collect())
    }
    let wanted = |node: &str, path: &str| {
        [
            format!("node_start - {node} 0"),
            format!("node_start {path} says 0"),
            format!("node_error {path} says 0"),
            format!("node_retry {path} says 1"),
            format!("node_start {path} says 1"),
            format!("node_success {path} says 1"),
            format!("node_success - {node} 0"),
        ]
    };
    assert_eq!(events(flow! { Says }).await?, wanted("Says", "Says"));
    let called = wanted("calls", "calls/Says");
    assert_eq!(events(flow! { calls }).await?, called);
    Ok(())
}

/// The observer of a called flow gets its events, and need not know its callers.
#[tokio::test]
async fn a_called_flow_tells_its_own_observers_too() -> Result<(), FlowError> {
    let (inner, seen) = watched(Says::flow());
    let flow = flow! {
        let caller: Caller = Caller(inner.clone());
        caller
    };
    flow.run(7).await?;
    inner.flush().await;
    assert!(seen.lines().contains(&"node_success says 1".to_owned()));
    Ok(())
}

struct Caller(Flow<Says>);

#[node]
impl Caller {
    async fn call(&self, n: u32, ctx: Ctx) -> Result<String, FlowError> {
        ctx.call(&self.0, n).await
    }
}

#[tokio::test(start_paused = true)]
async fn chunks_reach_the_reader_of_the_trace() {
    let chunks = async |items: Vec<Result<TraceItem<String>, FlowError>>| -> Vec<String> {
        let chunk = |item| match item {
            Ok(TraceItem::Chunk(chunk)) => Some(format!(
                "{}#{} {}: {}",
                chunk.node, chunk.attempt, chunk.seq, chunk.text
            )),
            _ => None,
        };
        items.into_iter().filter_map(chunk).collect()
    };
    let wanted = |path: &str| {
        [
            format!("{path}/says#0 0: 7"),
            format!("{path}/says#0 1: "),
            format!("{path}/says#1 0: 7"),
            format!("{path}/says#1 1: "),
        ]
    };
    let node = flow! { Says };
    let call = flow! { calls };
    assert_eq!(chunks(node.trace(7).collect().await).await, wanted("Says"));
    let called = wanted("calls/Says");
    assert_eq!(chunks(call.trace(7).collect().await).await, called);
}

#[node]
async fn forever(n: u32, State(notes): State<Notebook>) -> u32 {
    let _gone = notes.on_drop("gone");
    notes.write("begun");
    std::future::pending::<()>().await;
    n
}

flow! {
    struct Forever(u32) -> u32;

    forever;
}

#[node]
async fn waits(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> Result<u32, FlowError> {
    ctx.call(&Forever::flow().with_state(notes), n).await
}

/// Upstream 2.0 mirrors a cancel into the playbooks; here they are a part of their trace.
#[tokio::test(start_paused = true)]
async fn cancelling_the_trace_stops_the_playbook() -> Result<(), FlowError> {
    async fn stops(flow: impl AnyFlow<In = u32>, notes: Notebook) -> Result<(), FlowError> {
        let before = tasks();
        let running = flow.start();
        let trace_id = running.emit(7).await?;
        tokio::time::sleep(ms(10)).await;
        assert_eq!(notes.lines(), ["begun"]);
        assert!(running.cancel(trace_id));
        let end = running.fetch().await.expect("an answer").map(|_| ());
        assert_eq!(end.expect_err("cancelled").kind(), ErrorKind::Cancelled);
        running.stop().await;
        tokio::task::yield_now().await;
        assert_eq!(notes.lines(), ["begun", "gone"]);
        assert_eq!(tasks(), before, "nothing is left running");
        Ok(())
    }
    let notes = Notebook::new();
    stops(flow! { Forever }.with_state(notes.clone()), notes).await?;
    let notes = Notebook::new();
    stops(flow! { waits }.with_state(notes.clone()), notes).await
}

#[node]
async fn key(_: u32, ctx: Ctx) -> String {
    ctx.idempotency_key()
}

flow! {
    struct Key(u32) -> String;

    key;
}

/// The keys of two calls at once, and its own. The first attempt fails with them.
#[node(retries = 1, backoff = "1ms")]
async fn keys(n: u32, ctx: Ctx) -> Result<Vec<Vec<String>>, String> {
    let flow = Key::flow();
    let mut keys = map_concurrent([n, n], |n| ctx.call(&flow, n), 2)
        .await
        .map_err(|error| error.to_string())?;
    keys.push(ctx.idempotency_key());
    match ctx.attempt() {
        0 => Err(keys.join(" ")),
        _ => Ok(vec![keys]),
    }
}

/// What a call does outside is done once, also where the caller is tried again.
#[tokio::test(start_paused = true)]
async fn keys_of_calls_differ_and_are_stable_across_attempts() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { keys });
    let second = flow.run(7).await?.remove(0);
    flow.flush().await;
    let error = seen.events().into_iter().find_map(|event| event.error);
    assert_eq!(error.as_deref(), Some(&*second.join(" ")));
    let different: std::collections::BTreeSet<_> = second.iter().collect();
    assert_eq!(different.len(), 3);
    Ok(())
}

#[node]
async fn differ((a, b): (String, String)) -> bool {
    a != b
}

flow! {
    #[flow(name = "twin")]
    struct Twin(u32) -> String;

    key;
}

#[tokio::test(start_paused = true)]
async fn keys_of_playbooks_differ() -> Result<(), FlowError> {
    assert!(flow! { [Key, Twin] -> join -> differ }.run(7).await?);
    Ok(())
}
