//! `fetch` and `try_fetch`: results come out, each once.

use penguiflow::prelude::*;
use tokio::time::{Instant, timeout};

use penguiflow_tests::support::{drain, ms};

#[node]
async fn wait(milliseconds: u64) -> Result<u64, String> {
    tokio::time::sleep(ms(milliseconds)).await;
    match milliseconds {
        13 => Err("unlucky".to_owned()),
        other => Ok(other),
    }
}

#[node]
async fn and_half(milliseconds: u64) -> u64 {
    milliseconds + milliseconds / 2
}

#[tokio::test(start_paused = true)]
async fn fetch_waits_for_the_next_result() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    running.emit(30).await?;
    running.emit(10).await?;
    let begin = Instant::now();
    assert_eq!(running.fetch().await.expect("a result")?.payload, 10);
    assert_eq!(begin.elapsed(), ms(10));
    assert_eq!(running.fetch().await.expect("a result")?.payload, 30);
    assert_eq!(begin.elapsed(), ms(30));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failed_message_is_answered_too() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    let trace_id = running.emit(13).await?;
    let error = running
        .fetch()
        .await
        .expect("an answer")
        .expect_err("13 fails");
    assert_eq!(
        (error.kind(), error.trace_id()),
        (ErrorKind::Failed, trace_id)
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn try_fetch_takes_what_is_there() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    assert!(running.try_fetch().is_none());
    running.emit(10).await?;
    assert!(running.try_fetch().is_none());
    tokio::time::sleep(ms(11)).await;
    assert_eq!(running.try_fetch().expect("a result")?.payload, 10);
    assert!(running.try_fetch().is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn fetch_is_none_when_all_is_out() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    running.emit(10).await?;
    running.stop().await;
    assert!(running.fetch().await.is_some());
    assert!(running.fetch().await.is_none());
    assert!(running.fetch().await.is_none(), "it stays so");
    Ok(())
}

/// Also for those who wait already, and also when the last trace gives nothing.
#[tokio::test(start_paused = true)]
async fn stop_wakes_those_who_fetch() -> Result<(), FlowError> {
    #[node]
    async fn swallow(milliseconds: u64) -> Option<u64> {
        tokio::time::sleep(ms(milliseconds)).await;
        None
    }
    let idle = flow! { wait }.start();
    let (fetched, _) = tokio::join!(idle.fetch(), idle.stop());
    assert!(fetched.is_none());
    let running = flow! { swallow }.start();
    running.emit(20).await?;
    let begin = Instant::now();
    let (fetched, _) = tokio::join!(running.fetch(), running.stop());
    assert!(fetched.is_none());
    assert_eq!(begin.elapsed(), ms(20));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_dropped_fetch_has_taken_nothing() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    running.emit(30).await?;
    for _ in 0..5 {
        assert!(timeout(ms(5), running.fetch()).await.is_err());
    }
    assert_eq!(running.fetch().await.expect("a result")?.payload, 30);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_result_goes_to_one_fetcher() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    let (one, other, _) = tokio::join!(running.fetch(), running.fetch(), async {
        running.emit(10).await?;
        running.emit(20).await
    });
    let mut payloads = [one, other].map(|result| {
        let message = result.expect("a result").expect("neither fails");
        message.payload
    });
    payloads.sort();
    assert_eq!(payloads, [10, 20]);
    assert!(running.try_fetch().is_none());
    Ok(())
}

/// A trace's outputs come out together, at its end.
#[tokio::test(start_paused = true)]
async fn all_outputs_of_a_trace_come_at_its_end() -> Result<(), FlowError> {
    let running = flow! { wait -> and_half; wait -> slow }.start();
    running.emit(10).await?;
    let begin = Instant::now();
    let first = running.fetch().await.expect("a result")?;
    assert_eq!((first.payload, begin.elapsed()), (15, ms(50)));
    let second = running.try_fetch().expect("the other one")?;
    assert_eq!((second.payload, begin.elapsed()), (10, ms(50)));
    assert_eq!(running.ledger().completed, 1, "it was one message");
    Ok(())
}

#[node]
async fn slow(n: u64) -> u64 {
    tokio::time::sleep(ms(40)).await;
    n
}

/// Outputs or one error, never both: what one branch gave is not given out when another
/// one fails.
#[tokio::test(start_paused = true)]
async fn a_failed_trace_gives_one_error_and_no_output() -> Result<(), FlowError> {
    let running = flow! { slow; wait }.start();
    running.emit(13).await?;
    let flow = flow! { and_half; fails_late }.start();
    flow.emit(1).await?;
    for (running_stop, results) in [
        (running.stop().await, drain(&running).await),
        (flow.stop().await, drain(&flow).await),
    ] {
        assert_eq!((running_stop.emitted, running_stop.failed), (1, 1));
        assert!(matches!(results.as_slice(), [Err(_)]), "{results:?}");
    }
    Ok(())
}

#[node]
async fn fails_late(n: u64) -> Result<u64, String> {
    tokio::time::sleep(ms(500)).await;
    Err(format!("no {n}"))
}

/// `fetch` passes over what was filtered; the ledger counts it.
#[tokio::test(start_paused = true)]
async fn filtered_messages_are_passed_over() -> Result<(), FlowError> {
    #[node]
    async fn odd(n: u64) -> Option<u64> {
        (n % 2 == 1).then_some(n)
    }
    let running = flow! { odd }.ordered().start();
    for n in 0..6 {
        running.emit(n).await?;
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.filtered), (3, 3));
    let outputs: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    assert_eq!(outputs?, [1, 3, 5]);
    Ok(())
}
