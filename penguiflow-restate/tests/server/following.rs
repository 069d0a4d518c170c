//! Who follows a trace is given its chunks and outputs as they come, and sees what it waits for.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use futures_util::StreamExt;
use penguiflow::ErasedRunning;
use penguiflow::host::{HostTrace, ParkedStep};
use penguiflow::prelude::*;
use penguiflow_restate::{Client, Error, Running, Trace, endpoint};
use tokio::sync::Semaphore;

use crate::support::{Worker, admin, again, registered, server};

/// How far the node that speaks may go.
#[derive(Clone)]
struct Words(Arc<Semaphore>);

impl Words {
    fn none() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    fn allow(&self, words: usize) {
        self.0.add_permits(words);
    }
}

/// Sends each word when it may.
#[node]
async fn speak(text: String, State(words): State<Words>, ctx: Ctx) -> usize {
    for word in text.split(' ') {
        words.0.acquire().await.expect("it is open").forget();
        ctx.chunk(word).await;
    }
    text.len()
}

flow! {
    #[flow(durable)]
    struct Speech(String) -> usize;

    speak;
}

/// A worker of the speech, which goes as far as its words are allowed.
async fn speaking(client: &Client) -> (Words, Running<String, usize>, Worker) {
    let words = Words::none();
    let flow = Speech::flow().with_state(words.clone());
    let worker = registered(client, endpoint().flow(flow.clone())).await;
    (words, client.flow(flow), worker)
}

async fn next_chunk(trace: &mut Trace<usize>) -> Chunk {
    match trace.next().await {
        Some(Ok(TraceItem::Chunk(chunk))) => chunk,
        other => panic!("a chunk: {other:?}"),
    }
}

async fn next_output(trace: &mut Trace<usize>) -> usize {
    match trace.next().await {
        Some(Ok(TraceItem::Output(output))) => output.payload,
        other => panic!("an output: {other:?}"),
    }
}

#[tokio::test]
async fn chunks_come_while_the_node_runs_and_the_output_after_them() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let (words, running, _worker) = speaking(&client).await;
    let mut trace = running.trace("to be or".to_owned()).await.expect("sent");
    for (number, word) in ["to", "be", "or"].into_iter().enumerate() {
        words.allow(1);
        let chunk = next_chunk(&mut trace).await;
        assert_eq!((&*chunk.text, chunk.seq), (word, number as u64));
        assert_eq!((&*chunk.node, chunk.trace_id), ("speak", trace.trace_id()));
    }
    let last = next_chunk(&mut trace).await;
    assert_eq!((last.is_last, last.end), (true, Some(StreamEnd::Complete)));
    assert_eq!(next_output(&mut trace).await, 8);
    assert!(trace.next().await.is_none());
}

#[tokio::test]
async fn a_step_that_another_worker_begins_again_sends_its_chunks_anew() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let words = Words::none();
    let flow = Speech::flow().with_state(words.clone());
    let first = registered(&client, endpoint().flow(flow.clone())).await;
    let running = client.flow(flow.clone());
    let mut trace = running.trace("to be".to_owned()).await.expect("sent");
    words.allow(1);
    assert_eq!(next_chunk(&mut trace).await.text, "to");
    let address = first.address.clone();
    drop(first);
    let _second = again(&endpoint().flow(flow), &address);
    words.allow(2);
    let mut said = Vec::new();
    for _ in 0..3 {
        let chunk = next_chunk(&mut trace).await;
        said.push((chunk.seq, chunk.text));
    }
    let anew = [(0, "to"), (1, "be"), (2, "")].map(|(seq, text)| (seq, text.to_owned()));
    assert_eq!(said, anew);
    assert_eq!(next_output(&mut trace).await, 5);
    assert!(trace.next().await.is_none());
}

/// Says something, and fails; or says a lot.
#[node]
async fn try_to(times: usize, ctx: Ctx) -> Result<usize, &'static str> {
    for _ in 0..times {
        ctx.chunk("try").await;
    }
    match times {
        1 => Err("lost its words"),
        times => Ok(times),
    }
}

flow! {
    #[flow(durable)]
    struct Trying(usize) -> usize;

    try_to;
}

#[tokio::test]
async fn what_a_failed_node_has_sent_comes_before_the_error() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Trying::flow())).await;
    let mut trace = client.flow(Trying::flow()).trace(1).await.expect("sent");
    assert_eq!(next_chunk(&mut trace).await.text, "try");
    assert_eq!(next_chunk(&mut trace).await.end, Some(StreamEnd::Failed));
    match trace.next().await {
        Some(Err(Error::Flow(error))) => assert_eq!(error.node(), Some("try_to")),
        other => panic!("an error: {other:?}"),
    }
    assert!(trace.next().await.is_none());
}

#[tokio::test]
async fn many_chunks_come_each_once_in_their_order() {
    let Some((server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Trying::flow())).await;
    let mut trace = client.flow(Trying::flow()).trace(500).await.expect("sent");
    for seq in 0..=500 {
        assert_eq!(next_chunk(&mut trace).await.seq, seq);
    }
    assert_eq!(next_output(&mut trace).await, 500);
    assert!(trace.next().await.is_none());

    // The server keeps none of the requests.
    let query = r#"{"query": "SELECT target_handler_name AS handler FROM sys_invocation"}"#;
    let invocations = admin(&server, "POST /query", query).await;
    assert!(
        invocations.ends_with(r#"{"rows":[{"handler":"run"}]}"#),
        "{invocations}"
    );
}

#[node]
async fn count((text, approved): (String, bool), ctx: Ctx) -> usize {
    ctx.chunk("counting").await;
    text.len() * usize::from(approved)
}

#[node]
async fn draft(topic: String, ctx: Ctx) -> String {
    ctx.chunk("drafting").await;
    format!("on {topic}")
}

flow! {
    #[flow(durable)]
    struct Approved(String) -> usize;

    draft -> await bool -> count;
}

/// Follows a trace until it waits. Returns what it has said, and what it waits for.
async fn until_it_waits(trace: &mut HostTrace) -> (Vec<String>, Vec<ParkedStep>) {
    let mut said = Vec::new();
    let waits = poll_fn(|cx| {
        loop {
            match trace.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(TraceItem::Chunk(chunk)))) => said.push(chunk.text),
                Poll::Ready(other) => panic!("it has ended: {other:?}"),
                Poll::Pending if trace.waits().is_empty() => return Poll::Pending,
                Poll::Pending => return Poll::Ready(trace.waits()),
            }
        }
    })
    .await;
    said.retain(|text| !text.is_empty());
    (said, waits)
}

/// What a trace says and puts out from now on.
async fn rest(mut trace: HostTrace) -> Vec<String> {
    let mut said = Vec::new();
    while let Some(item) = trace.next().await {
        match item.expect("it does not fail") {
            TraceItem::Chunk(chunk) => said.push(chunk.text),
            TraceItem::Output(output) => said.push(output.payload),
            _ => {}
        }
    }
    said.retain(|text| !text.is_empty());
    said
}

#[tokio::test]
async fn who_leaves_a_trace_that_waits_can_watch_it_again() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Approved::flow())).await;
    let running: ErasedRunning = client.flow(Approved::flow()).into();
    let message = Message::new(br#""krill""#.to_vec());
    let mut trace = running.trace(message).await.expect("sent");
    let id = trace.trace_id();
    let (said, waits) = until_it_waits(&mut trace).await;
    assert_eq!(said, ["drafting"]);
    assert_eq!(waits[0].node, "await bool");
    trace.leave().expect("it goes on");

    let mut trace = running.watch(id).await.expect("it waits");
    assert_eq!(
        until_it_waits(&mut trace).await,
        (Vec::new(), waits.clone())
    );
    let resumed = running.resume(id, Some(waits[0].step), b"true".to_vec());
    resumed.await.expect("it waits for a bool");
    assert_eq!(rest(trace).await, ["counting", "8"]);

    // It is over: its output is still there.
    let trace = running.watch(id).await.expect("the server has it");
    assert_eq!(rest(trace).await, ["8"]);
}

#[tokio::test]
async fn a_trace_that_nobody_followed_is_watched_from_then_on() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Approved::flow())).await;
    let running = client.flow(Approved::flow());
    let id = running.emit("krill".to_owned()).await.expect("sent");
    let erased: ErasedRunning = running.clone().into();
    let mut trace = erased.watch(id).await.expect("it runs");
    let (_, waits) = until_it_waits(&mut trace).await;
    assert_eq!(waits.len(), 1);
    running.resume(id, true).await.expect("it waits");
    assert_eq!(rest(trace).await, ["counting", "8"]);
    let unknown = running.watch(TraceId::random()).await;
    assert!(matches!(unknown, Err(Error::NotThere(_))));
}

#[tokio::test]
async fn the_same_message_sent_again_is_the_same_trace() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let (words, running, _worker) = speaking(&client).await;
    let message = Message::new("to be".to_owned());
    let mut first = running.trace(message.clone()).await.expect("sent");
    words.allow(1);
    assert_eq!(next_chunk(&mut first).await.text, "to");
    let mut second = running.trace(message).await.expect("sent");
    words.allow(1);
    // Who follows it sees it go on; the first one is given the outputs alone.
    assert_eq!(next_chunk(&mut second).await.text, "be");
    assert!(next_chunk(&mut second).await.is_last);
    assert_eq!(next_output(&mut second).await, 5);
    assert!(second.next().await.is_none());
    loop {
        match first.next().await {
            Some(Ok(TraceItem::Output(output))) => break assert_eq!(output.payload, 5),
            Some(Ok(_)) => {}
            other => panic!("an output: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_cancels_its_trace() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let (_words, running, _worker) = speaking(&client).await;
    let trace = running.trace("to be".to_owned()).await.expect("sent");
    let id = trace.trace_id();
    drop(trace);
    match running.outputs(id).await {
        Err(Error::Flow(error)) => assert_eq!(error.kind(), ErrorKind::Cancelled),
        other => panic!("it was cancelled: {other:?}"),
    }
}
