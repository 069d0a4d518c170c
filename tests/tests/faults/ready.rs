//! Work that never waits lets others run: counted in visits between two turns of another task on
//! the same thread, whatever the machine's speed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use penguiflow::host::Line;
use penguiflow::prelude::*;
use tokio::task::yield_now;

/// Visits since the other task's last turn, and the most there were.
#[derive(Clone, Default)]
struct Visits(Arc<(AtomicU64, AtomicU64, AtomicBool)>);

impl Visits {
    fn count(&self) {
        let (now, most, _) = &*self.0;
        let visits = now.fetch_add(1, Ordering::Relaxed) + 1;
        most.fetch_max(visits, Ordering::Relaxed);
    }
}

#[node]
async fn spin(n: u64, State(visits): State<Visits>) -> ControlFlow<u64, u64> {
    visits.count();
    match n {
        0 => ControlFlow::Break(n),
        n => ControlFlow::Continue(n - 1),
    }
}

#[node]
async fn step(n: u64, State(visits): State<Visits>) -> u64 {
    visits.count();
    n
}

use self::step as a;
use self::step as b;
use self::step as c;
use self::step as d;
use self::step as e;

#[node]
async fn list(n: u64) -> Vec<u64> {
    vec![n; n as usize]
}

#[node]
async fn short_list(n: u64) -> Vec<u64> {
    vec![n; 8]
}

#[node]
async fn count(list: Vec<u64>) -> u64 {
    list.len() as u64
}

#[node]
async fn count_all(list: Vec<u64>) -> u64 {
    list.len() as u64
}

/// The most visits in one go while a flow runs.
async fn most_in_one_go<F>(flow: Flow<F>, input: u64) -> u64
where
    F: Line<Visits, In = u64>,
{
    let visits = Visits::default();
    let flow = flow.with_state(visits.clone()).hops(u32::MAX);
    let other = tokio::spawn({
        let visits = visits.clone();
        async move {
            let (now, _, is_over) = &*visits.0;
            while !is_over.load(Ordering::Relaxed) {
                now.store(0, Ordering::Relaxed);
                yield_now().await;
            }
        }
    });
    yield_now().await;
    let ended = flow.run_all(input).await;
    ended.expect("no node fails");
    visits.0.2.store(true, Ordering::Relaxed);
    other.await.expect("it ends");
    visits.0.1.load(Ordering::Relaxed)
}

/// 2,048, and what is begun when the budget is used up.
const LIMIT: u64 = 2048 + 200;

#[tokio::test]
async fn loops_and_maps_let_others_run_after_so_many_visits() {
    let stateful = |most: u64, what: &str| assert!(most <= LIMIT, "{what}: {most} in one go");
    let flow = flow! { spin -> spin };
    stateful(most_in_one_go(flow, 20_000).await, "a loop");
    let flow = flow! { spin -> a -> b -> c -> d -> e -> spin };
    stateful(most_in_one_go(flow, 5_000).await, "a loop with a long body");
    let flow = flow! { list -> [a; 8] -> join -> count };
    stateful(most_in_one_go(flow, 20_000).await, "a map");
    let flow = flow! { list -> [a -> b -> c -> d -> e; 8] -> join -> count };
    stateful(most_in_one_go(flow, 5_000).await, "a map of chains");
    let flow = flow! {
        list -> [short_list -> [a -> b; 8] -> join -> count; 8] -> join -> count_all
    };
    stateful(most_in_one_go(flow, 2_000).await, "a map of short maps");
}

/// So what spins can be ended, and times out.
#[tokio::test]
async fn what_spins_can_be_ended() -> Result<(), FlowError> {
    let within = Duration::from_secs(20);
    let flow = flow! { spin -> spin }
        .with_state(Visits::default())
        .hops(u32::MAX);
    let running = flow.clone().start();
    running.emit(u64::MAX).await?;
    yield_now().await;
    let ledger = tokio::time::timeout(within, running.abort()).await;
    assert_eq!(ledger.expect("it ends").cancelled, 1);
    let running = flow.clone().start();
    running.emit(u64::MAX).await?;
    let ended = running.stop_within(Duration::from_millis(10));
    let ledger = tokio::time::timeout(within, ended).await;
    assert_eq!(ledger.expect("it ends").cancelled, 1);
    let run = tokio::time::timeout(Duration::from_millis(10), flow.run(u64::MAX));
    assert!(run.await.is_err(), "its time is over");
    Ok(())
}
