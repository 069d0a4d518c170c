//! Chunks with a kind and with JSON.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use penguiflow::prelude::*;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;
use tokio::time::sleep;

use super::chunk;
use penguiflow_tests::support::secs;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Progress {
    done: u32,
    of: u32,
}

#[node]
async fn work(of: u32, ctx: Ctx) -> u32 {
    for done in 1..=of {
        ctx.chunk_json("progress", &Progress { done, of }).await;
    }
    let end = format!("{of} done");
    ctx.chunk(end)
        .kind(format!("end of {of}"))
        .stream("words")
        .await;
    ctx.chunk("plain").json("quoted").last().await;
    of
}

#[tokio::test]
async fn a_chunk_says_what_it_is() -> Result<(), Box<dyn std::error::Error>> {
    let flow = flow! { work };
    let mut trace = flow.trace(2);
    for done in [1, 2] {
        let progress = chunk(&mut trace).await?;
        assert_eq!((progress.kind(), &*progress.text), (Some("progress"), ""));
        assert_eq!(progress.json::<Progress>()?, Progress { done, of: 2 });
        assert_eq!(progress.seq, u64::from(done) - 1);
        assert!(progress.json::<String>().is_err());
    }
    let words = chunk(&mut trace).await?;
    assert_eq!((words.kind(), &*words.text), (Some("end of 2"), "2 done"));
    assert_eq!((&*words.stream, words.data), ("words", None));
    let last = chunk(&mut trace).await?;
    assert_eq!((last.kind(), &*last.text), (None, "plain"));
    assert_eq!(
        (last.data, last.end),
        (Some(json!("quoted")), Some(StreamEnd::Complete))
    );
    // What the engine sends is of no kind.
    let end = chunk(&mut trace).await?;
    assert_eq!((&*end.stream, end.kind, end.data), ("words", None, None));
    Ok(())
}

/// A reader in another language finds the JSON as it is, and nothing where there is none.
#[tokio::test]
async fn a_chunk_serialises_with_its_json() -> Result<(), FlowError> {
    let flow = flow! { work };
    let mut trace = flow.trace(1);
    let written = serde_json::to_value(chunk(&mut trace).await?).expect("plain data");
    assert_eq!(written["kind"], "progress");
    assert_eq!(written["data"], json!({ "done": 1, "of": 1 }));
    chunk(&mut trace).await?;
    chunk(&mut trace).await?;
    let end = serde_json::to_value(chunk(&mut trace).await?).expect("plain data");
    assert!(
        end.get("kind").is_none() && end.get("data").is_none(),
        "{end}"
    );
    Ok(())
}

static SERIALISED: AtomicUsize = AtomicUsize::new(0);

struct Counted;

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SERIALISED.fetch_add(1, Ordering::Relaxed);
        serializer.serialize_unit()
    }
}

#[node]
async fn counts(_: u32, ctx: Ctx) -> u32 {
    ctx.chunk_json("count", &Counted).await;
    1
}

#[tokio::test]
async fn without_a_reader_nothing_is_serialised() -> Result<(), FlowError> {
    let flow = flow! { counts };
    flow.run(1).await?;
    assert_eq!(SERIALISED.load(Ordering::Relaxed), 0);
    chunk(&mut flow.trace(1)).await?;
    assert_eq!(SERIALISED.load(Ordering::Relaxed), 1);
    Ok(())
}

#[node(idle = "10s")]
async fn slow(of: u32, ctx: Ctx) -> u32 {
    for done in 0..of {
        sleep(secs(9)).await;
        ctx.chunk_json("progress", &done).await;
    }
    of
}

#[tokio::test(start_paused = true)]
async fn json_breaks_the_silence() -> Result<(), FlowError> {
    assert_eq!(flow! { slow }.run(20).await?, 20);
    Ok(())
}

#[node]
async fn odd(_: u32, ctx: Ctx) -> u32 {
    ctx.chunk_json("odd", &BTreeMap::from([((1, 2), 3)])).await;
    1
}

#[tokio::test]
async fn what_is_no_json_is_the_nodes_failure() {
    let flow = flow! { odd };
    let error = chunk(&mut flow.trace(1))
        .await
        .expect_err("its keys are no text");
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Panicked, Some("odd"))
    );
    let text = error.to_string();
    assert!(
        text.contains("cannot be written as JSON: key must be a string"),
        "{text}"
    );
}

#[tokio::test]
async fn a_test_sees_kinds() -> Result<(), serde_json::Error> {
    let test = Ctx::for_test();
    assert_eq!(work(1, test.build()).await, 1);
    let chunks = test.chunks();
    let kinds: Vec<_> = chunks.iter().map(Chunk::kind).collect();
    assert_eq!(kinds, [Some("progress"), Some("end of 1"), None]);
    assert_eq!(chunks[0].json::<Progress>()?.done, 1);
    Ok(())
}

#[node(blocking)]
fn on_a_thread(n: u32, ctx: Ctx) -> u32 {
    ctx.chunk_json("progress", &n).send_blocking();
    n
}

#[tokio::test]
async fn a_thread_sends_json() -> Result<(), Box<dyn std::error::Error>> {
    let flow = flow! { on_a_thread };
    let progress = chunk(&mut flow.trace(7)).await?;
    assert_eq!(
        (progress.kind(), progress.json::<u32>()?),
        (Some("progress"), 7)
    );
    Ok(())
}
