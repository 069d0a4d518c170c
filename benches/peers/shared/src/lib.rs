//! What the peers share. Most of them are a graph that is awaited, message by message: those are
//! a [`Line`], and how it is streamed, held and spawned is written here once.

pub mod by_hand;
mod line;

use std::fmt::Debug;

use harness::{Subject, Figure, Sample, Work};

pub use line::{
    Computing, Line, Never, Quickly, Retrieve, Slowly, cores, memory, memory_held, request,
    streamed, waits,
};

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

/// How many nodes the lines of trivial nodes have.
const STEPS: [u64; 5] = [1, 3, 10, 30, 100];

/// All lines of trivial nodes, which one function measures.
pub fn steps<F>(
    subject: Subject,
    measure: impl Fn(Sample) -> F + Copy + 'static,
) -> Subject
where
    F: Future<Output = Figure> + Send + 'static,
{
    STEPS.into_iter().fold(subject, |subject, nodes| {
        subject.can(Work::Nodes(nodes), measure)
    })
}

/// None of them, and why.
pub fn no_steps(subject: Subject, why: &str) -> Subject {
    STEPS.into_iter().fold(subject, |subject, nodes| {
        subject.cannot(Work::Nodes(nodes), why)
    })
}
