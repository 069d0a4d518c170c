//! A trace that is dropped at any of its polls, or cancelled at any tick, leaves nothing behind:
//! no task, no permit, no payload, no parked step, no open span, no attempt that never ended.

mod large;
mod watch;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use penguiflow::prelude::*;

use large::Load;
use penguiflow_tests::support::{balances, ms, secs};
use watch::{Watch, numbers};

/// Polls a future that many times, and drops it: right away, or when it is woken again.
async fn polled<T>(polls: usize, is_woken: bool, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match work.as_mut().poll(context) {
            Poll::Pending if left == 0 && !is_woken => Poll::Ready(None),
            poll => poll.map(Some),
        }
    })
    .await
}

/// Drops what is begun at each of its polls in turn, until it comes to its end.
async fn drop_at_each_poll(
    work: impl AsyncFn(&Watch) -> Result<Vec<u32>, FlowError>,
) -> Result<(), FlowError> {
    for is_woken in [false, true] {
        for polls in 0.. {
            let watch = Watch::begin();
            let work = watch.resumed(work(&watch));
            let end = polled(polls, is_woken, work).await;
            let place = format!("dropped after {polls} polls");
            watch.is_left_clean(&place).await;
            if let Some(end) = end {
                assert_eq!(end?, [24]);
                assert!(polls > 40, "{polls} polls are few for so many stages");
                break;
            }
        }
    }
    Ok(())
}

/// As `run` does.
#[tokio::test(start_paused = true)]
async fn a_run_leaves_nothing_open() -> Result<(), FlowError> {
    drop_at_each_poll(async |watch| watch.flow.run_all(watch.load()).await.map(numbers)).await
}

/// With a deadline, each wait is one of another kind.
#[tokio::test(start_paused = true)]
async fn a_run_with_a_deadline_leaves_nothing_open() -> Result<(), FlowError> {
    let run = async |watch: &Watch| {
        let message = Message::new(watch.load()).deadline_in(secs(60));
        watch.flow.run_all(message).await.map(numbers)
    };
    drop_at_each_poll(run).await
}

/// A slow reader, for whom chunks wait, and whom nodes wait for.
async fn read(watch: &Watch) -> Result<Vec<u32>, FlowError> {
    let mut trace = watch.flow.trace(watch.load());
    let mut outputs = Vec::<Load>::new();
    while let Some(item) = trace.next().await {
        if let TraceItem::Output(message) = item? {
            outputs.push(message.payload);
        }
        tokio::time::sleep(ms(1)).await;
    }
    Ok(numbers(outputs))
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_is_read_leaves_nothing_open() -> Result<(), FlowError> {
    drop_at_each_poll(read).await
}

/// Lets the runtime go on a little: three turns for whatever is ready, then the next timer.
async fn tick(number: usize) {
    match number % 4 {
        3 => tokio::time::sleep(ms(1)).await,
        _ => tokio::task::yield_now().await,
    }
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_is_cancelled_at_any_tick_leaves_nothing_open() -> Result<(), FlowError> {
    for ticks in 0.. {
        let watch = Watch::begin();
        let running = watch.flow.start();
        let id = running.emit(watch.load()).await?;
        for number in 0..ticks {
            tick(number).await;
            watch.resume();
        }
        let is_cancelled = running.cancel(id);
        let end = watch.resumed(running.fetch()).await.expect("an answer");
        assert_eq!(end.map(drop).is_err(), is_cancelled);
        assert!(balances(&running.ledger()));
        let place = format!("cancelled after {ticks} ticks");
        watch.is_left_clean(&place).await;
        if !is_cancelled {
            assert!(ticks > 40, "{ticks} ticks are few for so many stages");
            break;
        }
    }
    Ok(())
}
