//! Traces that are dropped while they hold something whose `Drop` panics: the panic goes no further
//! than the trace, and a started flow accounts for the message.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::panicking;

use futures_util::FutureExt;
use penguiflow::prelude::*;
use penguiflow_tests::support::{balances, drain, tasks};
use tokio::task::yield_now;

/// Panics when it is dropped, and counts that.
struct Loud(Arc<AtomicU32>);

impl Drop for Loud {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        panic!("dropped");
    }
}

#[node]
async fn wait(loud: Loud) -> u32 {
    std::future::pending::<()>().await;
    drop(loud);
    0
}

#[node]
async fn forget(loud: Loud) -> u32 {
    let drops = loud.0.load(Ordering::Relaxed);
    std::mem::forget(loud);
    drops
}

#[node]
async fn send(loud: Loud, ctx: Ctx) -> Loud {
    ctx.chunk("begun").await;
    loud
}

#[node]
async fn wait_after(_: &Loud) -> u32 {
    std::future::pending().await
}

fn loud() -> (Loud, Arc<AtomicU32>) {
    let drops = Arc::new(AtomicU32::new(0));
    (Loud(Arc::clone(&drops)), drops)
}

/// Drops a value; returns whether a panic came out.
fn panics<T>(value: T) -> bool {
    catch_unwind(AssertUnwindSafe(|| drop(value))).is_err()
}

#[tokio::test]
async fn a_run_that_is_dropped_lets_no_panic_out() {
    let flow = flow! { wait };
    let (input, drops) = loud();
    let not_begun = flow.run(input);
    assert!(!panics(not_begun));
    let (input, more) = loud();
    let mut begun = flow.run(input);
    assert!((&mut begun).now_or_never().is_none());
    assert!(!panics(begun));
    let (input, all) = loud();
    let mut begun = flow.run_all(input);
    assert!((&mut begun).now_or_never().is_none());
    assert!(!panics(begun));
    let drops = [drops, more, all].map(|drops| drops.load(Ordering::Relaxed));
    assert_eq!(drops, [1, 1, 1]);
}

/// A panic in a `Drop` that runs while another panic unwinds would abort the process.
#[tokio::test]
async fn a_run_that_is_dropped_by_a_panic_does_not_abort() {
    let flow = flow! { wait };
    let (input, drops) = loud();
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let mut run = flow.run(input);
        assert!((&mut run).now_or_never().is_none());
        assert!(panicking(), "for this test");
    }));
    assert!(unwound.is_err());
    assert_eq!(drops.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_stream_that_is_dropped_lets_no_panic_out() {
    let flow = flow! { send -> wait_after };
    let (input, drops) = loud();
    let mut begun = flow.trace(input);
    while let Some(item) = begun.next().now_or_never() {
        assert!(matches!(item, Some(Ok(TraceItem::Chunk(_)))), "it waits");
    }
    assert!(!panics(begun));
    assert_eq!(drops.load(Ordering::Relaxed), 1);
    let flow = flow! { send };
    let (input, drops) = loud();
    let mut unread = flow.trace(input);
    assert!(matches!(unread.next().await, Some(Ok(TraceItem::Chunk(_)))));
    assert!(!panics(unread), "its output is not read");
    assert_eq!(drops.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_started_flow_accounts_for_what_is_dropped_with_a_panic() -> Result<(), FlowError> {
    let flow = flow! { wait };
    let running = flow.start();
    let (input, drops) = loud();
    let cancelled = running.emit(input).await?;
    yield_now().await;
    assert!(running.cancel(cancelled));
    yield_now().await;
    assert_eq!(drops.load(Ordering::Relaxed), 1);
    let (input, more) = loud();
    running.emit(input).await?;
    let ledger = running.abort().await;
    assert_eq!((ledger.cancelled, ledger.in_flight), (2, 0));
    assert!(balances(&ledger));
    assert_eq!((more.load(Ordering::Relaxed), tasks()), (1, 0));
    assert_eq!(drain(&running).await.len(), 2);
    let after = flow! { forget }.run(loud().0).await?;
    assert_eq!(after, 0);
    Ok(())
}

/// The same where the runtime ends first.
#[test]
fn a_runtime_that_ends_leaves_the_ledger_right() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    let (input, drops) = loud();
    let running = runtime.block_on(async {
        let running = flow! { wait }.start();
        running.emit(input).await.expect("it is open");
        yield_now().await;
        running
    });
    drop(runtime);
    let ledger = running.ledger();
    assert!(balances(&ledger));
    assert_eq!((ledger.in_flight, ledger.emitted), (0, 1));
    assert_eq!(drops.load(Ordering::Relaxed), 1);
}
