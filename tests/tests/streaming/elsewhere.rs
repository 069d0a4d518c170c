//! Chunks from other tasks and threads: spawned nodes, blocking ones, the user's own.

use std::thread;

use penguiflow::prelude::*;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::read;
use penguiflow_tests::support::{Notebook, ms, secs};

fn numbered(node: &str, chunks: u32) -> Vec<String> {
    let lines = (0..chunks).map(|n| format!("{node}#0/ {n}: {n}"));
    let end = [format!("{node}#0/ {chunks}: ."), format!("= {chunks}")];
    lines.chain(end).collect()
}

#[node(spawn)]
async fn spawned(n: u32, ctx: Ctx) -> u32 {
    for number in 0..n {
        ctx.chunk(number.to_string()).await;
    }
    n
}

#[node(blocking)]
fn blocking(n: u32, ctx: Ctx) -> u32 {
    for number in 0..n {
        ctx.chunk(number.to_string()).send_blocking();
    }
    n
}

/// A thread that tokio knows nothing of.
#[node]
async fn by_a_thread(n: u32, ctx: Ctx) -> u32 {
    let (done, end) = oneshot::channel();
    thread::spawn(move || {
        for number in 0..n {
            ctx.chunk(number.to_string()).send_blocking();
        }
        done.send(n)
    });
    end.await.expect("the thread ends")
}

#[node]
async fn by_a_task(n: u32, ctx: Ctx) -> u32 {
    let task = tokio::spawn(async move {
        for number in 0..n {
            ctx.chunk(number.to_string()).await;
        }
        n
    });
    task.await.expect("the task ends")
}

#[tokio::test]
async fn all_that_holds_a_context_may_send_and_waits_for_room() {
    assert_eq!(read(&flow! { spawned }, 40).await, numbered("spawned", 40));
    assert_eq!(
        read(&flow! { blocking }, 40).await,
        numbered("blocking", 40)
    );
    assert_eq!(
        read(&flow! { by_a_thread }, 40).await,
        numbered("by_a_thread", 40)
    );
    assert_eq!(
        read(&flow! { by_a_task }, 40).await,
        numbered("by_a_task", 40)
    );
}

/// A reader that sleeps is woken by a chunk from another thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_cross_threads() {
    let flow = flow! { spawned -> blocking };
    for _ in 0..20 {
        let lines = read(&flow, 100).await;
        let chunks = lines.iter().filter(|line| !line.ends_with('.'));
        assert_eq!(chunks.count(), 201);
    }
}

#[node]
async fn blocks_a_task(n: u32, ctx: Ctx) -> u32 {
    ctx.chunk("a").send_blocking();
    n
}

/// In place of a deadlock: a task that blocks would wait for itself.
#[tokio::test]
async fn blocking_a_task_is_told() {
    assert_eq!(read(&flow! { blocks_a_task }, 1).await, ["! Panicked"]);
}

#[node(retries = 1, backoff = "10ms")]
async fn leaves_a_task_behind(n: u32, ctx: Ctx) -> Result<u32, &'static str> {
    let attempt = ctx.attempt();
    ctx.chunk("here").await;
    tokio::spawn(async move {
        sleep(ms(5)).await;
        ctx.chunk("behind").await;
        ctx.chunk("behind").stream("another").await;
    });
    if attempt == 0 {
        return Err("again");
    }
    sleep(ms(10)).await;
    Ok(n)
}

/// What comes after its attempt's end is dropped, also on streams that were not begun, so that
/// the engine's end is the end.
#[tokio::test(start_paused = true)]
async fn a_task_that_outlives_its_attempt_is_not_heard() {
    let node = "leaves_a_task_behind";
    assert_eq!(
        read(&flow! { leaves_a_task_behind }, 1).await,
        [
            format!("{node}#0/ 0: here"),
            format!("{node}#0/ 1: ."),
            format!("{node}#1/ 0: here"),
            format!("{node}#1/ 1: behind"),
            format!("{node}#1/another 0: behind"),
            format!("{node}#1/ 2: ."),
            format!("{node}#1/another 1: ."),
            "= 1".to_owned(),
        ]
    );
}

#[node]
async fn gives_its_context_away(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    tokio::spawn(async move {
        sleep(secs(1)).await;
        for _ in 0..100 {
            ctx.chunk("nobody").await;
        }
        notes.write("done");
    });
    n
}

/// Nobody takes what comes after the trace's end, so nobody waits for it, though the stream
/// is still there.
#[tokio::test(start_paused = true)]
async fn after_the_trace_nobody_waits() {
    let notes = Notebook::new();
    let flow = flow! { gives_its_context_away }.with_state(notes.clone());
    let mut trace = flow.trace(1);
    assert!(trace.next().await.is_some() && trace.next().await.is_none());
    sleep(secs(2)).await;
    assert_eq!(notes.lines(), ["done"]);
    assert!(trace.next().await.is_none());
}
