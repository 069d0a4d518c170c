//! OpenSea and Rookery by themselves: a `Sink` and a `Stream`, in different tasks.

use futures_util::{SinkExt, StreamExt, stream};
use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, balances, ms, tasks};

#[node]
async fn wait(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

#[node]
async fn forever(notes: Notebook) {
    let _dropped = notes.on_drop("dropped");
    std::future::pending().await
}

/// A stream goes in at one end and comes out at the other.
#[tokio::test(start_paused = true)]
async fn a_flow_is_a_sink_and_a_stream() -> Result<(), FlowError> {
    let (mut sea, rookery) = flow! { wait }.capacity(3).ordered().start().split();
    let emitter = async move {
        let mut inputs = stream::iter([50, 10, 30, 20, 40].map(Ok));
        sea.send_all(&mut inputs).await?;
        SinkExt::<u64>::close(&mut sea).await
    };
    let (sent, outputs) = tokio::join!(emitter, rookery.collect::<Vec<_>>());
    sent?;
    let outputs: Result<Vec<_>, _> = outputs.into_iter().collect();
    let payloads: Vec<_> = outputs?
        .into_iter()
        .map(|message| message.payload)
        .collect();
    assert_eq!(payloads, [50, 10, 30, 20, 40]);
    assert_eq!(tasks(), 0);
    Ok(())
}

/// The sink is ready when there is capacity, and not before.
#[tokio::test(start_paused = true)]
async fn the_sink_has_backpressure() -> Result<(), FlowError> {
    let running = flow! { wait }.capacity(2).start();
    let (mut sea, _rookery) = running.split();
    let begin = tokio::time::Instant::now();
    for _ in 0..4 {
        sea.send(100).await?;
    }
    assert_eq!(begin.elapsed(), ms(100));
    assert_eq!(running.ledger().emitted, 4);
    Ok(())
}

/// A sink that got ready holds a place, which it gives back when it is dropped.
#[tokio::test(start_paused = true)]
async fn a_ready_sink_that_is_dropped_holds_no_place() -> Result<(), FlowError> {
    let running = flow! { wait }.capacity(1).start();
    let (mut sea, _rookery) = running.split();
    std::future::poll_fn(|cx| SinkExt::<u64>::poll_ready_unpin(&mut sea, cx)).await?;
    assert!(running.try_emit(1).is_err(), "the place is taken");
    drop(sea);
    assert!(running.try_emit(1).is_ok());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_sink_fails_when_the_flow_is_closed() {
    let running = flow! { wait }.start();
    let (mut sea, _rookery) = running.split();
    running.stop().await;
    let error = sea.send(1).await.expect_err("it is closed");
    assert_eq!(error.kind(), ErrorKind::Closed);
    let error = sea
        .send(Message::new(1))
        .await
        .expect_err("it stays closed");
    assert_eq!(error.kind(), ErrorKind::Closed);
}

/// The last OpenSea is the last to close; until then, the stream waits.
#[tokio::test(start_paused = true)]
async fn the_stream_ends_after_the_last_sea_is_gone() -> Result<(), FlowError> {
    let (sea, mut rookery) = flow! { wait }.start().split();
    let clone = sea.clone();
    drop(sea);
    clone.emit(10).await?;
    assert!(rookery.next().await.is_some());
    let waiting = tokio::time::timeout(ms(100), rookery.next()).await;
    assert!(waiting.is_err(), "a clone may still emit");
    clone.emit(10).await?;
    drop(clone);
    assert_eq!(
        rookery.next().await.expect("what was in flight")?.payload,
        10
    );
    assert!(rookery.next().await.is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_result_goes_to_one_clone_of_rookery() -> Result<(), FlowError> {
    let (sea, rookery) = flow! { wait }.start().split();
    for n in 0..20 {
        sea.emit(n % 5).await?;
    }
    drop(sea);
    let clone = rookery.clone();
    let (one, other) = tokio::join!(rookery.collect::<Vec<_>>(), clone.collect::<Vec<_>>());
    assert_eq!(one.len() + other.len(), 20);
    Ok(())
}

/// Fire and forget: traces run on, and their results are thrown away.
#[tokio::test(start_paused = true)]
async fn without_a_rookery_traces_still_run() -> Result<(), FlowError> {
    let running = flow! { wait }.capacity(2).backlog(1).start();
    let (sea, rookery) = running.split();
    drop((running, rookery));
    for _ in 0..10 {
        sea.emit(10).await?;
    }
    tokio::time::sleep(ms(20)).await;
    assert!(
        format!("{sea:?}").contains("emitted: 10, completed: 10"),
        "{sea:?}"
    );
    Ok(())
}

/// Nobody can emit, nobody can fetch: what is in flight has no purpose left.
#[tokio::test(start_paused = true)]
async fn dropping_both_ends_cancels_what_is_in_flight() -> Result<(), FlowError> {
    for rookery_first in [true, false] {
        let notes = Notebook::new();
        let (sea, rookery) = flow! { forever }.start().split();
        sea.emit(notes.clone()).await?;
        tokio::time::sleep(ms(1)).await;
        if rookery_first {
            drop(rookery);
            assert_eq!(notes.lines(), [""; 0]);
            drop(sea);
        } else {
            drop(sea);
            assert_eq!(notes.lines(), [""; 0]);
            drop(rookery);
        }
        tokio::time::sleep(ms(1)).await;
        assert_eq!(notes.lines(), ["dropped"]);
        assert_eq!(tasks(), 0);
    }
    Ok(())
}

/// What waits for room in the backlog is let go when nobody can fetch any more.
#[tokio::test(start_paused = true)]
async fn dropping_rookery_lets_go_of_what_waits_for_it() -> Result<(), FlowError> {
    let running = flow! { wait }.backlog(1).start();
    let (sea, rookery) = running.split();
    for _ in 0..5 {
        sea.emit(1).await?;
    }
    tokio::time::sleep(ms(5)).await;
    assert_eq!(running.ledger().in_flight, 4);
    drop((running, rookery));
    tokio::time::sleep(ms(5)).await;
    assert_eq!(tasks(), 0);
    assert!(format!("{sea:?}").contains("completed: 5"), "{sea:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_ends_share_one_ledger() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    let (sea, rookery) = running.split();
    let trace_id = sea.emit(1000).await?;
    assert!(running.cancel(trace_id));
    let error = rookery
        .fetch()
        .await
        .expect("an answer")
        .expect_err("it was cancelled");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(rookery.try_fetch().is_none());
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.cancelled), (1, 1));
    assert!(balances(&ledger));
    Ok(())
}
