//! What many items cost is in proportion to their number: counted in polls of their futures, and in
//! instructions by `benches/instructions`.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use penguiflow::host::Line;
use penguiflow::prelude::*;
use tokio::task::yield_now;

/// Polls of items, and items that were dropped.
#[derive(Clone, Default)]
struct Count(Arc<(AtomicU64, AtomicU64)>);

impl Count {
    /// Runs a node's work, and counts its polls.
    async fn polls<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        poll_fn(|cx| {
            self.0.0.fetch_add(1, Ordering::Relaxed);
            work.as_mut().poll(cx)
        })
        .await
    }
}

struct Dropped(Count);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.0.1.fetch_add(1, Ordering::Relaxed);
    }
}

#[node]
async fn list(n: u64) -> Vec<u64> {
    (0..n).collect()
}

#[node]
async fn same_list(n: u64) -> Vec<u64> {
    (0..n).collect()
}

#[node]
async fn fail(n: u64, State(count): State<Count>) -> Result<u64, String> {
    let _dropped = Dropped(count.clone());
    count.polls(yield_now()).await;
    Err(n.to_string())
}

/// All but the first wait forever.
#[node]
async fn slow(n: u64, State(count): State<Count>) -> u64 {
    let _dropped = Dropped(count.clone());
    let work = poll_fn(|cx| match n {
        0 => Poll::Ready(()),
        _ => {
            let _ = cx.waker();
            Poll::Pending
        }
    });
    if n == 0 {
        count.polls(yield_now()).await;
    }
    count.polls(work).await;
    n
}

#[node]
async fn wait(n: u64, State(count): State<Count>) -> u64 {
    let _dropped = Dropped(count.clone());
    count.polls(yield_now()).await;
    n
}

#[node]
async fn failed(results: Vec<Result<u64, NodeError>>) -> u64 {
    results.iter().filter(|result| result.is_err()).count() as u64
}

#[node]
async fn size(list: Vec<u64>) -> u64 {
    list.len() as u64
}

#[node]
async fn sum(list: Vec<u64>) -> u64 {
    list.into_iter().sum()
}

/// How many polls and drops of items a message takes.
async fn cost<F>(flow: &Flow<F>, items: u64) -> (u64, u64)
where
    F: Line<Count, In = u64>,
{
    let count = Count::default();
    let flow = flow.clone().with_state(count.clone());
    let _ = flow.run_all(items).await;
    let (polls, drops) = &*count.0;
    (polls.load(Ordering::Relaxed), drops.load(Ordering::Relaxed))
}

/// Each item is polled as often as it is woken, however many there are beside it.
#[tokio::test]
async fn failing_items_are_polled_twice_each() {
    let race = flow! { list -> [fail; 8] -> race };
    let settle = flow! { list -> [fail; 1000000] -> settle -> failed };
    for items in [1_000, 16_000] {
        assert_eq!(cost(&race, items).await, (2 * items, items), "race");
        assert_eq!(cost(&settle, items).await, (2 * items, items), "settle");
    }
}

#[tokio::test]
async fn a_winner_drops_each_of_the_others_unpolled() {
    let race = flow! { list -> [slow; 1000000] -> race };
    for items in [1_000, 16_000] {
        assert_eq!(cost(&race, items).await, (items + 2, items));
    }
}

#[tokio::test]
async fn items_of_maps_in_maps_are_polled_twice_each() {
    let flow = flow! {
        list -> [same_list -> [wait; 1000000] -> join -> size; 1000000] -> join -> sum
    };
    for outer in [20, 80, 160] {
        let inner = outer * (outer - 1) / 2;
        assert_eq!(cost(&flow, outer).await, (2 * inner, inner));
    }
}
