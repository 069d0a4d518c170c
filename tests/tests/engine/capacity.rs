//! How much may be in flight, and how much may wait to be fetched.

use penguiflow::prelude::*;
use tokio::time::{Instant, timeout};

use penguiflow_tests::support::{balances, drain, ms};

#[node]
async fn wait_ten(n: u32) -> u32 {
    tokio::time::sleep(ms(10)).await;
    n
}

/// On the order of one wait, not of ten thousand.
#[tokio::test(start_paused = true)]
async fn ten_thousand_messages_take_one_wait() -> Result<(), FlowError> {
    let running = flow! { wait_ten }.capacity(10_000).backlog(10_000).start();
    let begin = Instant::now();
    for n in 0..10_000 {
        running.emit(n).await?;
    }
    assert_eq!(running.ledger().in_flight, 10_000);
    let ledger = running.stop().await;
    assert_eq!(begin.elapsed(), ms(10));
    assert_eq!(ledger.completed, 10_000);
    let outputs: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    let mut outputs = outputs?;
    outputs.sort();
    assert!(outputs.into_iter().eq(0..10_000));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_capacity_is_sixty_four_unless_set() -> Result<(), FlowError> {
    let running = flow! { wait_ten }.start();
    for n in 0..64 {
        running.try_emit(n).expect("there is room for 64");
    }
    assert!(running.try_emit(64).is_err());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_capacity_of_zero_counts_as_one() -> Result<(), FlowError> {
    let running = flow! { wait_ten }.capacity(0).backlog(0).start();
    running.emit(1).await?;
    assert!(running.try_emit(2).is_err());
    assert_eq!(running.fetch().await.expect("a result")?.payload, 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_huge_capacity_is_no_fault() -> Result<(), FlowError> {
    let running = flow! { wait_ten }
        .capacity(usize::MAX)
        .backlog(usize::MAX)
        .start();
    running.emit(1).await?;
    assert_eq!(running.stop().await.completed, 1);
    Ok(())
}

/// Results that nobody fetches fill the backlog, then the flow, then `emit` waits: memory
/// is bounded by both.
#[tokio::test(start_paused = true)]
async fn unfetched_results_hold_the_flow_up() -> Result<(), FlowError> {
    let running = flow! { wait_ten }.capacity(4).backlog(3).start();
    let mut emitted = 0;
    while let Ok(emit) = timeout(ms(100), running.emit(emitted)).await {
        emit?;
        emitted += 1;
    }
    assert_eq!(emitted, 3 + 4);
    let ledger = running.ledger();
    assert_eq!((ledger.completed, ledger.in_flight), (3, 4));
    assert!(balances(&ledger));

    let begin = Instant::now();
    assert_eq!(running.fetch().await.expect("a result")?.payload, 0);
    running.emit(emitted).await?;
    assert_eq!(begin.elapsed(), ms(0), "one fetch lets one in");
    Ok(())
}

/// Everything comes out of the smallest flow, in whatever rhythm it is fetched.
#[tokio::test(start_paused = true)]
async fn a_small_backlog_loses_nothing() -> Result<(), FlowError> {
    let running = flow! { wait_ten }.capacity(3).backlog(1).start();
    let (emits, fetched) = tokio::join!(
        async {
            for n in 0..50 {
                running.emit(n).await?;
            }
            running.stop().await;
            Ok::<_, FlowError>(())
        },
        async {
            let mut fetched = Vec::new();
            while let Some(result) = running.fetch().await {
                fetched.push(result.map(|message| message.payload));
                tokio::time::sleep(ms(7)).await;
            }
            fetched
        }
    );
    emits?;
    let fetched: Result<Vec<_>, _> = fetched.into_iter().collect();
    let mut fetched = fetched?;
    fetched.sort();
    assert!(fetched.into_iter().eq(0..50));
    Ok(())
}

#[node]
async fn slow_first(n: u32) -> u32 {
    if n == 0 {
        tokio::time::sleep(ms(1000)).await;
    }
    n
}

/// With `ordered()`, results wait for an earlier one: they count as unfetched, too.
#[tokio::test(start_paused = true)]
async fn results_that_wait_for_their_turn_are_bounded() -> Result<(), FlowError> {
    let running = flow! { slow_first }
        .capacity(4)
        .backlog(3)
        .ordered()
        .start();
    let mut emitted = 0;
    while let Ok(emit) = timeout(ms(100), running.emit(emitted)).await {
        emit?;
        emitted += 1;
        assert!(emitted < 100, "nothing holds the emits up");
    }
    assert_eq!(emitted, 3 + 4);
    let outputs = async {
        let mut outputs = Vec::new();
        for _ in 0..emitted {
            outputs.push(running.fetch().await.expect("a result")?.payload);
        }
        Ok::<_, FlowError>(outputs)
    };
    let outputs = timeout(ms(2000), outputs)
        .await
        .expect("nothing is stuck")?;
    assert!(outputs.into_iter().eq(0..emitted));
    Ok(())
}

/// The same with many threads: nobody who waits for room is forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_backlog_gets_nothing_stuck() -> Result<(), Box<dyn std::error::Error>> {
    #[node]
    async fn at_once(n: u32) -> u32 {
        tokio::task::yield_now().await;
        n
    }
    for ordered in [false, true] {
        let flow = flow! { at_once }.capacity(8).backlog(1);
        let running = if ordered {
            flow.ordered().start()
        } else {
            flow.start()
        };
        let (sea, rookery) = running.split();
        drop(running);
        let emitter = tokio::spawn(async move {
            for n in 0..5_000 {
                sea.emit(n).await?;
            }
            Ok::<_, FlowError>(())
        });
        let mut fetched = 0;
        let drained = async {
            while let Some(result) = rookery.fetch().await {
                result?;
                fetched += 1;
            }
            Ok::<_, FlowError>(())
        };
        timeout(penguiflow_tests::support::secs(10), drained).await??;
        emitter.await??;
        assert_eq!(fetched, 5_000);
    }
    Ok(())
}
