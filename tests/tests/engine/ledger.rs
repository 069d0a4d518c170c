//! The ledger: every message is accounted for exactly once, at every moment.

use penguiflow::prelude::*;

use penguiflow_tests::support::{balances, drain, ms, tasks};

#[node]
async fn decide(n: u64) -> Result<ControlFlow<u64, Option<u64>>, String> {
    tokio::time::sleep(ms(n)).await;
    match n % 4 {
        0 => Ok(ControlFlow::Break(n)),
        1 => Err(format!("no {n}")),
        2 => Ok(ControlFlow::Continue(None)),
        _ => panic!("{n} is three too many"),
    }
}

#[node]
async fn unwrap(n: Option<u64>) -> Option<u64> {
    n
}

/// Each way of ending once a millisecond, and a cancel now and then.
#[tokio::test(start_paused = true)]
async fn the_equation_holds_at_every_step() -> Result<(), FlowError> {
    let running = flow! { decide -> unwrap }.capacity(1000).start();
    let mut trace_ids = Vec::new();
    for n in 0..100 {
        trace_ids.push(running.emit(n).await?);
        assert!(balances(&running.ledger()));
    }
    assert_eq!(running.ledger().in_flight, 100);
    let mut before = running.ledger();
    for (n, trace_id) in trace_ids.into_iter().enumerate() {
        if n % 10 == 7 {
            assert!(running.cancel(trace_id), "{n} is in flight still");
        }
        tokio::time::sleep(ms(1)).await;
        let now = running.ledger();
        assert!(balances(&now), "{now:?}");
        assert!(now.in_flight < before.in_flight, "one more has ended");
        before = now;
    }
    let ledger = running.stop().await;
    assert_eq!(
        (
            ledger.emitted,
            ledger.completed,
            ledger.filtered,
            ledger.in_flight
        ),
        (100, 25, 25, 0)
    );
    // Of 7, 17, 27, … five are 3 mod 4, which would have panicked, and five 1 mod 4.
    assert_eq!((ledger.failed, ledger.cancelled), (40, 10));
    let results = drain(&running).await;
    assert_eq!(results.len(), 75, "an answer each, but for the filtered");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_was_not_taken_in_is_not_counted() -> Result<(), FlowError> {
    let running = flow! { decide -> unwrap }.capacity(1).start();
    running.emit(4).await?;
    let _ = running.try_emit(8).expect_err("it is full");
    running.stop().await;
    let _ = running.try_emit(8).expect_err("it is closed");
    let _ = running.emit(8).await.expect_err("it is closed");
    assert_eq!(running.ledger().emitted, 1);
    Ok(())
}

/// Traces that are run in the caller's task have no books: their caller has the answer.
#[tokio::test(start_paused = true)]
async fn run_keeps_no_books() -> Result<(), FlowError> {
    let flow = flow! { decide -> unwrap };
    let running = flow.start();
    flow.run(4).await?;
    assert_eq!(running.ledger(), Ledger::default());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_ledger_can_be_written_down() -> Result<(), Box<dyn std::error::Error>> {
    let running = flow! { decide -> unwrap }.start();
    running.emit(4).await?;
    running.emit(1000).await?;
    tokio::time::sleep(ms(10)).await;
    let json = serde_json::to_value(running.ledger())?;
    let expected = serde_json::json!({
        "emitted": 2, "completed": 1, "failed": 0, "cancelled": 0, "filtered": 0, "in_flight": 1,
    });
    assert_eq!(json, expected);
    assert!(
        format!("{running:?}").contains("emitted: 2, completed: 1"),
        "{running:?}"
    );
    Ok(())
}

#[derive(Clone)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("a destructor goes off");
        }
    }
}

#[node]
async fn sets_off(wait: u64) {
    let _bomb = Bomb;
    tokio::time::sleep(ms(wait)).await;
}

/// Even a panic where nobody expects one is accounted for, and leaves no task behind.
#[tokio::test(start_paused = true)]
async fn a_panicking_destructor_is_accounted_for() -> Result<(), FlowError> {
    let running = flow! { sets_off }.start();
    running.emit(1).await?;
    let cancelled = running.emit(1000).await?;
    tokio::time::sleep(ms(10)).await;
    assert!(running.cancel(cancelled));
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.failed, ledger.cancelled), (2, 1, 1));
    assert!(balances(&ledger));
    assert_eq!(tasks(), 0);
    Ok(())
}
