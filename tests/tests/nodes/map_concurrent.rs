//! `map_concurrent`: a worker on each item, some at a time, inside a node.

use std::convert::Infallible;
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

use penguiflow::prelude::*;
use tokio::time::{Instant, sleep, timeout};

use penguiflow_tests::support::{Notebook, ms, tasks};

/// Sleeps for the milliseconds, and gives them back.
async fn wait(milliseconds: u64) -> Result<u64, Infallible> {
    sleep(ms(milliseconds)).await;
    Ok(milliseconds)
}

#[tokio::test(start_paused = true)]
async fn results_come_in_the_order_of_the_items() {
    let Ok(waited) = map_concurrent([30, 10, 20], wait, 3).await;
    assert_eq!(waited, [30, 10, 20]);
}

#[tokio::test(start_paused = true)]
async fn no_items_are_an_empty_list_at_once() {
    let begun = Instant::now();
    let Ok(waited) = map_concurrent([], wait, 3).await;
    assert_eq!((waited.len(), begun.elapsed()), (0, ms(0)));
}

/// Protects the number at work: a slow first item holds up only its own place, so 100 ms are
/// enough for it and for nine others beside it.
#[tokio::test(start_paused = true)]
async fn n_are_at_work_also_while_the_first_is_slow() {
    let begun = Instant::now();
    let items = [90, 10, 10, 10, 10, 10, 10, 10, 10, 10];
    let Ok(waited) = map_concurrent(items, wait, 2).await;
    assert_eq!(waited, items);
    assert_eq!(begun.elapsed(), ms(90));
}

#[tokio::test(start_paused = true)]
async fn no_more_than_n_are_at_work() {
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let worker = async |milliseconds| {
        most.fetch_max(1 + now.fetch_add(1, Relaxed), Relaxed);
        let waited = wait(milliseconds).await;
        now.fetch_sub(1, Relaxed);
        waited
    };
    let Ok(_) = map_concurrent((0..50).map(|n| n % 7), worker, 4).await;
    assert_eq!((most.into_inner(), now.into_inner()), (4, 0));
}

#[tokio::test(start_paused = true)]
async fn zero_at_a_time_is_one_at_a_time() {
    let begun = Instant::now();
    let Ok(waited) = map_concurrent([10, 20], wait, 0).await;
    assert_eq!((waited, begun.elapsed()), (vec![10, 20], ms(30)));
}

#[tokio::test(start_paused = true)]
async fn as_many_at_a_time_as_there_are_is_no_limit() {
    let begun = Instant::now();
    let Ok(waited) = map_concurrent(0..1_000, wait, usize::MAX).await;
    assert!(waited.into_iter().eq(0..1_000));
    assert_eq!(begun.elapsed(), ms(999));
}

/// Protects laziness: an item is taken when there is room for it, so endless items are fine
/// until a worker fails.
#[tokio::test(start_paused = true)]
async fn items_are_taken_when_there_is_room() {
    let taken = AtomicUsize::new(0);
    let items = std::iter::repeat_with(|| taken.fetch_add(1, Relaxed));
    let worker = async |n| match n {
        7 => Err(format!("no luck with {n}")),
        _ => Ok(()),
    };
    let result = map_concurrent(items, worker, 3).await;
    assert_eq!(result, Err("no luck with 7".to_owned()));
    let taken = taken.into_inner();
    assert!((8..=10).contains(&taken), "{taken}");
}

#[tokio::test(start_paused = true)]
async fn dropping_it_drops_all_of_its_workers_and_nothing_was_spawned() {
    let notes = Notebook::new();
    let worker = async |name: &'static str| {
        let _gone = notes.on_drop(name);
        pending::<Result<(), Infallible>>().await
    };
    let mapped = map_concurrent(["a", "b", "c"], worker, 2);
    assert!(timeout(ms(10), mapped).await.is_err());
    let mut lines = notes.lines();
    lines.sort();
    assert_eq!((lines, tasks()), (vec!["a".into(), "b".into()], 0));
}

#[tokio::test]
async fn nothing_runs_before_it_is_awaited() {
    let runs = AtomicUsize::new(0);
    let worker = async |_| Ok::<_, Infallible>(runs.fetch_add(1, Relaxed));
    let mut mapped = map_concurrent([1, 2], worker, 2);
    assert_eq!(runs.load(Relaxed), 0);
    let poll = mapped
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(poll, Poll::Ready(Ok(done)) if done == [0, 1]));
}

/// What a worker borrows from its node: the message, a state and the context.
#[node(spawn, concurrency = 2)]
async fn measure(
    words: Vec<String>,
    State(notes): State<Notebook>,
    ctx: Ctx,
) -> Result<Vec<usize>, String> {
    let (notes, ctx) = (&notes, &ctx);
    let long = words.iter().filter(|word| word.len() > 2);
    let worker = |word: &String| {
        let length = word.len();
        async move {
            sleep(ms(length as u64)).await;
            notes.write(format!("attempt {}: {length}", ctx.attempt()));
            Ok(length)
        }
    };
    map_concurrent(long, worker, 2).await
}

/// Protects use inside nodes: what workers borrow crosses threads in a started flow.
#[tokio::test(start_paused = true)]
async fn workers_may_borrow_from_their_node() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { measure }.with_state(notes.clone()).start();
    let words = ["gentoo", "of", "ice", "krill"];
    running.emit(words.map(str::to_owned).to_vec()).await?;
    let lengths = running.fetch().await.expect("a result")?;
    assert_eq!(lengths.payload, [6, 3, 5]);
    assert_eq!(
        notes.lines(),
        ["attempt 0: 3", "attempt 0: 6", "attempt 0: 5"]
    );
    Ok(())
}
