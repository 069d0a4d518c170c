//! Nodes with all sorts of policies.

use std::future::pending;

use penguiflow::prelude::*;

use super::world::Here;

#[node(timeout = "100ms")]
pub(crate) async fn quick(n: u32, here: Here) -> Result<u32, String> {
    here.attempt(100, 0).await.map(|()| n)
}

#[node(timeout = "300ms")]
pub(crate) async fn slow(n: u32, here: Here) -> Result<u32, String> {
    here.attempt(300, 0).await.map(|()| n)
}

/// 4 × 200 ms, and waits of 50, 100 and 100 ms.
#[node(
    timeout = "200ms",
    retries = 3,
    backoff = "50ms..100ms",
    jitter = false
)]
pub(crate) async fn stubborn(n: u32, here: Here) -> Result<u32, String> {
    here.attempt(200, 3).await.map(|()| n)
}

/// At most 3 × 100 ms, and waits of 40 and 80 ms.
#[node(timeout = "100ms", retries = 2, backoff = "40ms", jitter = true)]
pub(crate) async fn jittery(n: u32, here: Here) -> Result<u32, String> {
    here.attempt(100, 2).await.map(|()| n)
}

/// Never in time, in the worst world.
#[node(timeout = "150ms", retries = 1, backoff = "30ms", jitter = false)]
pub(crate) async fn hopeless(n: u32, here: Here) -> Result<u32, String> {
    here.attempt(150, 1).await?;
    match here.world.below(2) {
        0 => Ok(n),
        _ => pending().await,
    }
}

/// Two at once.
#[node(timeout = "100ms", concurrency = 2)]
pub(crate) async fn narrow(n: u32, here: Here) -> Result<u32, String> {
    here.attempt(100, 0).await.map(|()| n)
}

/// Three at once, and often.
#[node(
    timeout = "80ms",
    concurrency = 3,
    retries = 2,
    backoff = "1ms",
    jitter = false
)]
pub(crate) async fn busy(n: u32, here: Here) -> Result<u32, String> {
    here.attempt(80, 2).await.map(|()| n)
}

/// A list of as many numbers, of up to 7.
#[node(timeout = "50ms")]
pub(crate) async fn list(n: u32, here: Here) -> Result<Vec<u32>, String> {
    here.attempt(50, 0).await?;
    Ok(vec![n; here.world.below(8) as usize])
}

#[node(timeout = "10ms")]
pub(crate) async fn count(numbers: Vec<u32>, here: Here) -> Result<u32, String> {
    here.attempt(10, 0).await?;
    Ok(numbers.len() as u32)
}

#[node(timeout = "10ms")]
pub(crate) async fn tally(numbers: Vec<Result<u32, NodeError>>, here: Here) -> Result<u32, String> {
    here.attempt(10, 0).await?;
    Ok(numbers.len() as u32)
}

/// What follows a join of two.
#[node(timeout = "20ms")]
pub(crate) async fn pair((one, _): (u32, u32), here: Here) -> Result<u32, String> {
    here.attempt(20, 0).await.map(|()| one)
}

/// What follows a settled join of two.
#[node(timeout = "20ms")]
pub(crate) async fn settled(
    (one, _): (Result<u32, NodeError>, Result<u32, NodeError>),
    here: Here,
) -> Result<u32, String> {
    here.attempt(20, 0).await?;
    Ok(one.unwrap_or(0))
}

/// Goes round; never leaves, in the worst world.
#[node(timeout = "70ms")]
pub(crate) async fn around(n: u32, here: Here) -> Result<ControlFlow<u32, u32>, String> {
    here.attempt(70, 0).await?;
    Ok(match here.world.below(4) {
        0 => ControlFlow::Break(n),
        _ => ControlFlow::Continue(n),
    })
}

pub(crate) enum Turn {
    Done(u32),
    More(u32),
}

/// There is always more, in the worst world.
#[node(timeout = "60ms")]
pub(crate) async fn plan(n: u32, here: Here) -> Result<Turn, String> {
    here.attempt(60, 0).await?;
    Ok(match here.world.below(4) {
        0 => Turn::Done(n),
        _ => Turn::More(n),
    })
}

pub(crate) struct Approval;

#[node(timeout = "25ms")]
pub(crate) async fn shelve(n: u32, here: Here) -> Result<(u32, Approval), String> {
    here.attempt(25, 0).await?;
    Ok((n, Approval))
}

#[node(timeout = "35ms")]
pub(crate) async fn publish((n, _): (u32, Approval), here: Here) -> Result<u32, String> {
    here.attempt(35, 0).await.map(|()| n)
}
