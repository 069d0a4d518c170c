//! What the crowd found, one wake at a time and without threads: a trace that waits for
//! room in the backlog is woken, whatever became of the others that waited.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Poll, Waker};
use std::time::Duration;

use penguiflow::TraceId;
use penguiflow::prelude::*;

/// What a test does from inside a node.
type Hook = Arc<OnceLock<Box<dyn Fn(TraceId) + Send + Sync>>>;

/// Cancels its own trace, if it is the second one.
#[node]
async fn cancel_second(n: u32, ctx: Ctx, State(hook): State<Hook>) -> u32 {
    if let (1, Some(cancel)) = (n, hook.get()) {
        cancel(ctx.trace_id());
    }
    n
}

/// A trace that is cancelled in its last moment does not wait for room: it would take
/// another's wake with it.
#[tokio::test(start_paused = true)]
async fn a_cancelled_trace_takes_no_wake() -> Result<(), FlowError> {
    let hook = Hook::default();
    let flow = flow! { cancel_second }.with_state(Arc::clone(&hook));
    let running = Arc::new(flow.backlog(1).start());
    let itself = Arc::downgrade(&running);
    let cancel = move |id| {
        itself.upgrade().map(|running| running.cancel(id));
    };
    assert!(hook.set(Box::new(cancel)).is_ok());
    for n in 0..3 {
        running.emit(n).await?;
        settle().await;
    }
    let mut answers = Vec::new();
    for _ in 0..3 {
        let answer = tokio::time::timeout(Duration::from_secs(1), running.fetch()).await;
        let answer = answer.expect("it is woken").expect("it is open");
        answers.push(answer.map_or_else(|error| Err(error.kind()), |out| Ok(out.payload)));
    }
    assert_eq!(answers, [Ok(0), Err(ErrorKind::Cancelled), Ok(2)]);
    Ok(())
}

/// The wakers of the tasks that came by.
type Bells = Arc<Mutex<Vec<Waker>>>;

/// Leaves a waker of its task behind, as a timer or a channel may. It waits once before, since
/// only a trace that waits has a task of its own.
#[node]
async fn leave_bell(n: u32, State(bells): State<Bells>) -> u32 {
    tokio::task::yield_now().await;
    poll_fn(|cx| {
        bells.lock().expect("a bell").push(cx.waker().clone());
        Poll::Ready(())
    })
    .await;
    n
}

/// A trace that waits for room and is woken by something else takes room if there is
/// some, and nobody's wake.
#[tokio::test(start_paused = true)]
async fn a_trace_that_was_woken_by_chance_takes_no_wake() -> Result<(), FlowError> {
    let bells = Bells::default();
    let flow = flow! { leave_bell }.with_state(Arc::clone(&bells));
    let running = flow.backlog(1).start();
    for n in 0..3 {
        running.emit(n).await?;
        settle().await;
    }
    let next = || {
        running
            .try_fetch()
            .and_then(Result::ok)
            .map(|out| out.payload)
    };
    // The third is polled before the second, which the fetch makes room for.
    bells.lock().expect("a bell")[2].wake_by_ref();
    assert_eq!(next(), Some(0));
    settle().await;
    assert_eq!(next(), Some(2));
    settle().await;
    running.emit(3).await?;
    settle().await;
    assert_eq!(next(), Some(1));
    settle().await;
    assert_eq!(next(), Some(3), "it is woken");
    Ok(())
}

/// Lets every task come to where it waits.
async fn settle() {
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
}
