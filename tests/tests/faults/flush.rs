//! `flush` and `stop` keep their second whatever the runtime is busy with: a blocking pool that
//! is full made them wait until one of its threads was free.

use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use penguiflow::Event;
use penguiflow::prelude::*;
use tokio::runtime::{Builder, Runtime};

use penguiflow_tests::support::watched;

#[node]
async fn next(n: u64) -> u64 {
    n + 1
}

/// Takes the only thread of the runtime's blocking pool, until the sender is dropped.
fn fill_the_pool(runtime: &Runtime) -> Sender<()> {
    let (free, is_free) = channel();
    let (begun, has_begun) = channel();
    drop(runtime.spawn_blocking(move || {
        let _ = begun.send(());
        let _ = is_free.recv_timeout(Duration::from_secs(30));
    }));
    assert!(has_begun.recv().is_ok());
    free
}

fn runtimes() -> [Runtime; 2] {
    let build = |mut builder: Builder| {
        let runtime = builder.enable_all().max_blocking_threads(1).build();
        runtime.expect("a runtime")
    };
    [
        build(Builder::new_current_thread()),
        build(Builder::new_multi_thread()),
    ]
}

#[test]
fn a_full_blocking_pool_does_not_hold_up_flush_and_stop() {
    for runtime in runtimes() {
        let free = fill_the_pool(&runtime);
        let begin = Instant::now();
        let (flow, seen) = watched(flow! { next });
        runtime
            .block_on(async {
                assert_eq!(flow.run(1).await?, 2);
                flow.flush().await;
                assert_eq!(seen.events().len(), 4);
                let running = flow.start();
                running.emit(1).await?;
                running.stop().await;
                Ok::<_, FlowError>(())
            })
            .expect("it runs");
        assert_eq!(seen.events().len(), 8, "all is seen when `stop` is over");
        let took = begin.elapsed();
        assert!(took < Duration::from_millis(900), "{took:?}");
        drop(free);
    }
}

#[test]
fn a_full_blocking_pool_and_a_hanging_observer_cost_a_second() {
    for runtime in runtimes() {
        let free = fill_the_pool(&runtime);
        let (open, gate) = channel::<()>();
        let flow = flow! { next }.observe(move |_: &Event| {
            let _ = gate.recv_timeout(Duration::from_secs(30));
        });
        let took = runtime.block_on(async {
            let running = flow.start();
            let _ = running.emit(1).await;
            let begin = Instant::now();
            running.stop().await;
            begin.elapsed()
        });
        assert!(took >= Duration::from_millis(900), "{took:?}");
        assert!(took < Duration::from_millis(1900), "{took:?}");
        drop((open, free));
    }
}

#[node]
async fn pause(n: u64) -> u64 {
    tokio::time::sleep(Duration::from_millis(n)).await;
    n
}

/// A paused clock runs ahead to the next timer when nothing is left to do. That observers are
/// waited for is not nothing: else the patience of `stop_within` would be over at once.
#[tokio::test(start_paused = true)]
async fn a_flush_does_not_move_a_paused_clock() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { pause });
    let flow = flow.observe(|_: &Event| std::thread::sleep(Duration::from_millis(20)));
    let begin = tokio::time::Instant::now();
    let running = flow.start();
    running.emit(30).await?;
    running.stop_within(Duration::from_millis(100)).await;
    assert_eq!(begin.elapsed(), Duration::from_millis(30));
    assert_eq!(seen.events().len(), 4);
    let flushed = tokio::time::timeout(Duration::from_millis(1), flow.flush());
    assert!(flushed.await.is_ok());
    assert_eq!(begin.elapsed(), Duration::from_millis(30));
    Ok(())
}
