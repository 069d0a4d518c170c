//! What the peers share. Most of them are a graph that is awaited, message by message: those are
//! a [`Line`], and how it is streamed and spawned is written here once.

pub mod by_hand;
mod line;

use std::fmt::Debug;

use harness::{Figure, Sample};

pub use line::{Line, Never, Quickly, Retrieve, Slowly, memory, request, streamed, waits};

/// Awaits `call` on one message at a time, once it has answered as the functions do by hand.
pub async fn checked<I, O, F, G>(
    sample: Sample,
    make: impl Fn(u64) -> I,
    call: impl Fn(I) -> F,
    by_hand: impl Fn(I) -> G,
) -> Figure
where
    O: PartialEq + Debug,
    F: Future<Output = O>,
    G: Future<Output = O>,
{
    assert_eq!(call(make(7)).await, by_hand(make(7)).await);
    sample.awaited(make, call).await
}
