//! A visit that emits into its own flow where its own trace holds the only place: an error that says
//! so, in place of a wait without end. Where the place may become free, it waits.

use std::sync::OnceLock;

use penguiflow::OpenSea;
use penguiflow::prelude::*;

static SEA: OnceLock<OpenSea<Own>> = OnceLock::new();

flow! {
    struct Own(u32) -> String;

    emits;
}

#[node]
async fn emits(n: u32) -> String {
    let sea = SEA.get().expect("it is started");
    match n {
        0 => "done".to_owned(),
        n => match sea.emit(n - 1).await {
            Ok(_) => "emitted".to_owned(),
            Err(error) => format!("{:?}: {error}", error.kind()),
        },
    }
}

#[tokio::test(start_paused = true)]
async fn an_emit_that_would_wait_for_its_own_trace_is_an_error() -> Result<(), FlowError> {
    let (sea, rookery) = Own::flow().capacity(1).start().split();
    assert!(SEA.set(sea.clone()).is_ok());
    sea.emit(1).await?;
    let told = rookery.fetch().await.expect("a result")?.payload;
    assert_eq!(
        told,
        "Failed: would wait for itself: it is emitted by a visit of the flow, whose trace holds the \
         only place of its `capacity`. Use `try_emit`, emit it in a task of its own, or raise \
         `capacity`"
    );
    sea.emit(0).await?;
    assert_eq!(rookery.fetch().await.expect("a result")?.payload, "done");
    // From outside it waits, as ever.
    let (one, other, results) = tokio::join!(sea.emit(0), sea.emit(0), async {
        [rookery.fetch().await, rookery.fetch().await]
    });
    one.and(other)?;
    assert!(results.iter().all(Option::is_some));
    Ok(())
}

static WIDER: OnceLock<OpenSea<Wider>> = OnceLock::new();

flow! {
    struct Wider(u32) -> u32;

    emits_more;
}

#[node]
async fn emits_more(n: u32) -> Result<u32, FlowError> {
    if n > 0 {
        WIDER.get().expect("it is started").emit(n - 1).await?;
    }
    Ok(n)
}

/// Another trace holds a place, and may be over before.
#[tokio::test(start_paused = true)]
async fn with_more_places_it_waits() -> Result<(), FlowError> {
    let running = Wider::flow().capacity(2).start();
    let (sea, rookery) = running.split();
    assert!(WIDER.set(sea.clone()).is_ok());
    sea.emit(3).await?;
    for _ in 0..4 {
        rookery.fetch().await.expect("a result")?;
    }
    Ok(())
}

static PARKING: OnceLock<OpenSea<Parking>> = OnceLock::new();

flow! {
    struct Parking(u32) -> u32;

    start -> [emits_once, ask -> await u8 -> answer] -> join -> add;
}

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn emits_once(n: u32) -> Result<u32, FlowError> {
    if n > 0 {
        PARKING.get().expect("it is started").emit(n - 1).await?;
    }
    Ok(n)
}

#[node]
async fn ask(n: u32) -> u32 {
    n
}

#[node]
async fn answer((n, given): (u32, u8)) -> u32 {
    n + u32::from(given)
}

#[node]
async fn add((one, other): (u32, u32)) -> u32 {
    one + other
}

/// A trace that parks frees its place while a branch of it waits for one.
#[tokio::test(start_paused = true)]
async fn where_a_trace_may_park_it_waits() -> Result<(), FlowError> {
    let flow = Parking::flow().capacity(1);
    let running = flow.start();
    let id = running.emit(1).await?;
    let (sea, rookery) = running.split();
    assert!(PARKING.set(sea.clone()).is_ok());
    while flow.parked().len() < 2 {
        tokio::task::yield_now().await;
    }
    flow.resume(id, 1_u8).await.expect("it waits");
    assert_eq!(rookery.fetch().await.expect("a result")?.payload, 1 + 1 + 1);
    let left: Vec<_> = flow.parked();
    flow.resume(left[0].trace_id, 1_u8).await.expect("it waits");
    assert_eq!(rookery.fetch().await.expect("a result")?.payload, 1);
    Ok(())
}
