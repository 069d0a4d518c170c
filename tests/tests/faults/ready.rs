//! Work that never waits lets others run: counted in visits between two turns of another task on
//! the same thread, whatever the machine's speed.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use penguiflow::host::Line;
use penguiflow::prelude::*;
use tokio::task::{Id, yield_now};

/// Visits of a task since another one had its turn, and the most there were.
#[derive(Clone, Default)]
struct Visits(Arc<(AtomicU64, AtomicU64, AtomicBool, Mutex<Option<Id>>)>);

impl Visits {
    fn count(&self) {
        let (now, most, _, task) = &*self.0;
        let is = tokio::task::try_id();
        let was = std::mem::replace(&mut *task.lock().expect("no panic"), is);
        if is != was {
            now.store(0, Ordering::Relaxed);
        }
        let visits = now.fetch_add(1, Ordering::Relaxed) + 1;
        most.fetch_max(visits, Ordering::Relaxed);
    }
}

/// Goes to the end of the runtime's queue. `yield_now` would wait for tokio to look for events.
async fn let_others_run() {
    let mut has_waited = false;
    poll_fn(|cx| match std::mem::replace(&mut has_waited, true) {
        true => Poll::Ready(()),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
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

flow! {
    struct Five(u64) -> u64;

    a -> b -> c -> d -> e;
}

use self::Five as FiveAgain;
use self::Five as FiveMore;
use self::Five as FiveOthers;
use self::Five as LastFive;

flow! {
    struct TwentyFive(u64) -> u64;

    Five -> FiveAgain -> FiveMore -> FiveOthers -> LastFive;
}

use self::TwentyFive as Many;
use self::TwentyFive as ManyAgain;
use self::TwentyFive as ManyMore;
use self::TwentyFive as ManyOthers;
use self::TwentyFive as ManyLast;

flow! {
    struct Long(u64) -> u64;

    TwentyFive -> Many -> ManyAgain -> ManyMore -> ManyOthers -> ManyLast;
}

/// The most visits in one go while a flow runs, and how many turns others had.
async fn goes(visits: &Visits, work: impl Future) -> (u64, u64) {
    let other = tokio::spawn({
        let visits = visits.clone();
        async move {
            let (now, _, is_over, _) = &*visits.0;
            let mut turns = 0;
            while !is_over.load(Ordering::Relaxed) {
                now.store(0, Ordering::Relaxed);
                turns += 1;
                let_others_run().await;
            }
            turns
        }
    });
    yield_now().await;
    work.await;
    visits.0.2.store(true, Ordering::Relaxed);
    let turns = other.await.expect("it ends");
    (visits.0.1.load(Ordering::Relaxed), turns)
}

async fn goes_of<F>(flow: Flow<F>, input: u64) -> (u64, u64)
where
    F: Line<Visits, In = u64>,
{
    let visits = Visits::default();
    let flow = flow.with_state(visits.clone()).hops(u32::MAX);
    goes(&visits, async {
        let ended = flow.run_all(input).await;
        ended.expect("no node fails");
    })
    .await
}

async fn most_in_one_go<F>(flow: Flow<F>, input: u64) -> u64
where
    F: Line<Visits, In = u64>,
{
    goes_of(flow, input).await.0
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

/// A round that is longer than tokio's whole budget, by what its playbooks visit.
#[tokio::test]
async fn rounds_of_many_visits_let_others_run() {
    let flow = flow! { spin -> Long -> spin };
    let most = most_in_one_go(flow, 500).await;
    assert!(most <= LIMIT + 151, "{most} in one go");
}

#[node]
async fn tens(n: u64) -> Vec<u64> {
    vec![10; n as usize]
}

#[node]
async fn down(n: u64, State(visits): State<Visits>) -> u64 {
    visits.count();
    n - 1
}

/// No item goes round often, but all do.
#[tokio::test]
async fn short_loops_in_items_let_others_run() {
    let flow = flow! {
        tens -> [down -> match { 0 => a, _ => down }; 8] -> join -> count
    };
    let most = most_in_one_go(flow, 5_000).await;
    assert!(most <= LIMIT, "{most} in one go");
}

/// No trace does, but a worker runs many.
#[tokio::test]
async fn short_loops_of_many_messages_let_others_run() {
    let visits = Visits::default();
    let flow = flow! { spin -> Long -> spin };
    let flow = flow.with_state(visits.clone()).capacity(1_000);
    let running = flow.start();
    let (most, _) = goes(&visits, async {
        for _ in 0..500 {
            running.emit(6).await.expect("it is open");
        }
        running.stop().await;
    })
    .await;
    assert!(most <= LIMIT + 151, "{most} in one go");
}

#[node]
async fn none(_: u64) -> Option<u64> {
    None
}

/// What a round costs depends on the loop alone.
#[tokio::test]
async fn a_short_loop_in_a_large_flow_lets_others_run_as_often_as_in_a_small_one() {
    let (_, small) = goes_of(flow! { spin -> spin }, 20_000).await;
    let (_, large) = goes_of(flow! { spin -> spin; none -> Long }, 20_000).await;
    assert!(small > 5 && large <= small + 2, "{large} and {small}");
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
