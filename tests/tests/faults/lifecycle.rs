//! Faults of the original in starting, stopping and cancelling.

use std::sync::Arc;

use penguiflow::prelude::*;
use tokio::time::{Instant, timeout};

use penguiflow_tests::support::{Notebook, balances, drain, ms, secs, tasks};

#[node]
async fn wait(milliseconds: u64) -> Result<u64, String> {
    tokio::time::sleep(ms(milliseconds)).await;
    match milliseconds {
        13 => Err("unlucky".to_owned()),
        other => Ok(other),
    }
}

#[node]
async fn next(n: u64) -> u64 {
    n
}

/// After a failed `run` the original said that it was running already, forever.
#[tokio::test(start_paused = true)]
async fn b12_a_flow_whose_run_failed_can_run_again() -> Result<(), FlowError> {
    let flow = flow! { wait };
    assert!(flow.run(13).await.is_err());
    assert_eq!(flow.run(1).await?, 1);
    assert!(timeout(ms(1), flow.run(100)).await.is_err());
    assert_eq!(flow.run(1).await?, 1);
    let (one, other) = tokio::join!(flow.run(1), flow.run(2));
    assert_eq!((one?, other?), (1, 2));
    Ok(())
}

/// The original lost what was in flight, and ran what was left at the next start.
#[tokio::test(start_paused = true)]
async fn b18_stop_is_a_drain_and_nothing_comes_back() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { work }.with_state(notes.clone());
    let running = flow.start();
    for n in 0..10 {
        running.emit(n).await?;
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (10, 10));
    assert_eq!(drain(&running).await.len(), 10);
    let again = flow.start();
    tokio::time::sleep(secs(1)).await;
    assert_eq!(again.stop().await, Ledger::default());
    assert_eq!(notes.lines().len(), 10);
    Ok(())
}

#[node]
async fn work(n: u64, notes: State<Notebook>) -> u64 {
    notes.0.write(n);
    tokio::time::sleep(ms(n)).await;
    n
}

/// A cancellation inside a node killed the original's worker for good.
#[node]
async fn cancels_its_own_work(n: u64) -> Result<u64, tokio::task::JoinError> {
    let work = tokio::spawn(std::future::pending::<u64>());
    if n == 0 {
        work.abort();
        return work.await;
    }
    work.abort();
    Ok(n)
}

#[tokio::test(start_paused = true)]
async fn b19_a_cancellation_inside_a_node_is_an_error_like_any_other() -> Result<(), FlowError> {
    let running = flow! { cancels_its_own_work }.ordered().start();
    for n in [0, 1, 0, 2] {
        running.emit(n).await?;
    }
    let ledger = running.stop().await;
    assert_eq!(
        (ledger.completed, ledger.failed, ledger.cancelled),
        (2, 2, 0)
    );
    let results = drain(&running).await;
    assert!(
        matches!(results.as_slice(), [Err(_), Ok(1), Err(_), Ok(2)]),
        "{results:?}"
    );
    Ok(())
}

/// The original took 64 messages more after its stop, then blocked forever.
#[tokio::test(start_paused = true)]
async fn b30_a_stopped_flow_refuses_messages_at_once() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    running.emit(1).await?;
    running.stop().await;
    for _ in 0..100 {
        let emit = timeout(ms(1), running.emit(1))
            .await
            .expect("it does not wait");
        assert_eq!(emit.map_err(|error| error.kind()), Err(ErrorKind::Closed));
        assert!(matches!(running.try_emit(1), Err(TryEmitError::Closed(_))));
    }
    assert_eq!(running.ledger().emitted, 1);
    Ok(())
}

/// The original's capacity of 64 let 129 messages in.
#[tokio::test(start_paused = true)]
async fn b32_the_capacity_is_what_it_says() {
    for capacity in [1, 2, 64, 100] {
        let running = flow! { wait -> next }.capacity(capacity).start();
        let taken = (0..300).filter(|_| running.try_emit(1000).is_ok()).count();
        assert_eq!(taken, capacity);
        tokio::time::sleep(ms(100)).await;
        assert!(
            running.try_emit(1000).is_err(),
            "nor does it grow while they run"
        );
    }
}

/// The original's stop left two tasks per node with several inputs.
#[tokio::test(start_paused = true)]
async fn b33_stop_leaves_no_task_behind() -> Result<(), FlowError> {
    let flow = flow! {
        wait -> next;
        quick -> next;
        next -> tail; next -> other_tail;
    };
    let running = flow.start();
    for n in 0..5 {
        running.emit(n).await?;
    }
    let fetching = timeout(ms(1), running.fetch());
    assert!(fetching.await.is_ok());
    assert!(tasks() > 0);
    running.stop().await;
    assert_eq!(tasks(), 0);
    let running = flow.start();
    running.emit(1000).await?;
    running.abort().await;
    assert_eq!(tasks(), 0);
    Ok(())
}

#[node]
async fn quick(n: u64) -> u64 {
    n
}

#[node]
async fn tail(n: u64) -> u64 {
    n
}

#[node]
async fn other_tail(n: u64) -> u64 {
    n
}

/// A cancelled trace's fetch never returned.
#[tokio::test(start_paused = true)]
async fn c01_cancelling_wakes_the_fetch_that_waits() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    let trace_id = running.emit(100_000).await?;
    let begin = Instant::now();
    let (fetched, cancelled) = tokio::join!(running.fetch(), async {
        tokio::time::sleep(ms(20)).await;
        running.cancel(trace_id)
    });
    assert!(cancelled);
    let error = fetched.expect("an answer").expect_err("it was cancelled");
    assert_eq!(
        (error.kind(), error.trace_id()),
        (ErrorKind::Cancelled, trace_id)
    );
    assert_eq!(begin.elapsed(), ms(20));
    Ok(())
}

#[node]
async fn hold(token: Arc<()>) -> Result<Arc<()>, String> {
    tokio::time::sleep(ms(1)).await;
    if Arc::strong_count(&token) == 0 {
        Err("gone".to_owned())
    } else {
        Ok(token)
    }
}

/// 2,000 round trips left 2,000 locks behind.
#[tokio::test(start_paused = true)]
async fn c02_round_trips_leave_nothing_behind() -> Result<(), FlowError> {
    let token = Arc::new(());
    let running = flow! { hold }.start();
    for _ in 0..2000 {
        running.emit(Arc::clone(&token)).await?;
        running.fetch().await.expect("an answer")?;
    }
    tokio::task::yield_now().await;
    assert_eq!(Arc::strong_count(&token), 1);
    assert_eq!((running.ledger().in_flight, tasks()), (0, 0));
    Ok(())
}

#[node(retries = 9, backoff = "500ms..10s", jitter = false)]
async fn fails(_: u64) -> Result<u64, &'static str> {
    Err("no")
}

/// A cancel in a backoff sleep waited 450 ms of its 500.
#[tokio::test(start_paused = true)]
async fn c07_cancelling_does_not_wait_for_a_backoff() -> Result<(), FlowError> {
    let running = flow! { fails }.start();
    let trace_id = running.emit(1).await?;
    tokio::time::sleep(ms(50)).await;
    let begin = Instant::now();
    running.cancel(trace_id);
    let error = running
        .fetch()
        .await
        .expect("an answer")
        .expect_err("it was cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    running.stop().await;
    assert_eq!((begin.elapsed(), tasks()), (ms(0), 0));
    Ok(())
}

/// Cancelling one trace lost another one's messages where a queue was full.
#[tokio::test(start_paused = true)]
async fn c08_cancelling_one_trace_loses_no_other() -> Result<(), FlowError> {
    let running = flow! { wait -> next }
        .capacity(8)
        .backlog(1)
        .ordered()
        .start();
    let mut trace_ids = Vec::new();
    for n in 0..8 {
        trace_ids.push(running.emit(20 + n).await?);
    }
    tokio::time::sleep(ms(100)).await;
    assert_eq!(running.ledger().in_flight, 7, "they wait for room");
    assert!(running.cancel(trace_ids[3]) && running.cancel(trace_ids[7]));
    assert!(balances(&running.ledger()));
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.cancelled), (6, 2));
    let outputs: Vec<_> = drain(&running)
        .await
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    assert_eq!(outputs, [20, 21, 22, 24, 25, 26]);
    Ok(())
}
