//! `emit` and `try_emit`: messages go in, and wait for room.

use penguiflow::prelude::*;
use tokio::time::{Instant, timeout};

use penguiflow_tests::support::{drain, ms};

#[node]
async fn wait(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

#[tokio::test(start_paused = true)]
async fn emit_returns_the_trace_id() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    let message = Message::new(1);
    let sent = message.trace_id;
    assert_eq!(running.emit(message).await?, sent);
    assert_eq!(running.fetch().await.expect("a result")?.trace_id, sent);
    assert_ne!(running.emit(1).await?, sent);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn emit_waits_while_the_flow_is_full() -> Result<(), FlowError> {
    let running = flow! { wait }.capacity(2).start();
    let begin = Instant::now();
    running.emit(100).await?;
    running.emit(40).await?;
    assert_eq!(begin.elapsed(), ms(0));
    running.emit(0).await?;
    assert_eq!(begin.elapsed(), ms(40));
    assert_eq!(running.ledger().in_flight, 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_dropped_emit_has_taken_nothing() -> Result<(), FlowError> {
    let running = flow! { wait }.capacity(1).start();
    running.emit(100).await?;
    assert!(timeout(ms(10), running.emit(1)).await.is_err());
    assert_eq!(running.ledger().emitted, 1);
    assert!(timeout(ms(10), running.emit(1)).await.is_err());
    // Nor does it hold a place: the next one gets in when the first trace is over.
    let begin = Instant::now();
    running.emit(7).await?;
    assert_eq!(begin.elapsed(), ms(80));
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (2, 2));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn emits_get_in_in_the_order_in_which_they_came() -> Result<(), FlowError> {
    let running = flow! { wait }.capacity(1).start();
    running.emit(50).await?;
    let (a, b, c) = tokio::join!(running.emit(1), running.emit(2), running.emit(3));
    a.and(b).and(c)?;
    running.stop().await;
    let outputs: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    assert_eq!(outputs?, [50, 1, 2, 3]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn try_emit_gives_the_message_back_when_the_flow_is_full() -> Result<(), FlowError> {
    let running = flow! { wait }.capacity(1).start();
    running.emit(100).await?;
    let message = Message::new(5).tenant("acme");
    let error = running.try_emit(message.clone()).expect_err("it is full");
    assert!(matches!(&error, TryEmitError::Full(_)));
    assert_eq!(
        error.to_string(),
        "the flow has as many traces in flight as it has capacity for"
    );
    assert_eq!(format!("{error:?}"), "Full(..)");
    assert_eq!(error.into_message(), message);
    assert_eq!(running.ledger().emitted, 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn try_emit_gives_the_message_back_when_the_flow_is_closed() {
    let running = flow! { wait }.start();
    assert!(running.try_emit(1).is_ok());
    running.stop().await;
    let error = running.try_emit(5).expect_err("it is closed");
    assert!(matches!(&error, TryEmitError::Closed(_)));
    assert_eq!(
        error.to_string(),
        "the flow was stopped and takes no more messages"
    );
    assert_eq!(error.into_message().payload, 5);
    assert_eq!(running.ledger().emitted, 1);
}

#[tokio::test(start_paused = true)]
async fn emit_fails_when_the_flow_is_closed() {
    let running = flow! { wait }.start();
    running.stop().await;
    let message = Message::new(1).tenant("acme");
    let trace_id = message.trace_id;
    let error = running.emit(message).await.expect_err("it is closed");
    assert_eq!(
        (error.kind(), error.trace_id()),
        (ErrorKind::Closed, trace_id)
    );
    assert_eq!((error.node(), error.attempts()), (None, 0));
    assert_eq!(error.headers().tenant, "acme");
    assert_eq!(
        error.to_string(),
        "the flow was stopped and takes no more messages"
    );
}

#[tokio::test(start_paused = true)]
async fn stop_turns_waiting_emits_away() -> Result<(), FlowError> {
    let running = flow! { wait }.capacity(1).start();
    running.emit(100).await?;
    let (waiting, ledger) = tokio::join!(running.emit(1), running.stop());
    assert_eq!(
        waiting.map_err(|error| error.kind()),
        Err(ErrorKind::Closed)
    );
    assert_eq!((ledger.emitted, ledger.completed), (1, 1));
    Ok(())
}

/// One handle, many tasks: a server keeps it in its state.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_started_flow_is_shared_between_tasks() -> Result<(), Box<dyn std::error::Error>> {
    let running = std::sync::Arc::new(flow! { wait }.capacity(3).start());
    let emitters: Vec<_> = (0..8)
        .map(|_| {
            let running = std::sync::Arc::clone(&running);
            tokio::spawn(async move {
                for _ in 0..50 {
                    running.emit(0).await?;
                }
                Ok::<_, FlowError>(())
            })
        })
        .collect();
    for emitter in emitters {
        emitter.await??;
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (400, 400));
    assert_eq!(drain(&running).await.len(), 400);
    Ok(())
}
