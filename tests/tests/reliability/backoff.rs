//! The waits between attempts: doubling, capped, drawn at random or exact, or asked for by the error.

use penguiflow::Backoff;
use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, secs};

#[node(retries = 5, jitter = false)]
async fn by_default(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

#[node(retries = 6, backoff = "100ms..1s", jitter = false)]
async fn capped(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

#[node(retries = 3, backoff = "10s..10s", jitter = false)]
async fn constant(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

/// 500 ms, doubled at every retry.
#[tokio::test(start_paused = true)]
async fn the_backoff_doubles_at_each_retry() {
    let notes = Notebook::new();
    let _ = flow! { by_default }
        .run(notes.clone())
        .await
        .expect_err("it fails");
    assert_eq!(notes.times(), [0, 500, 1500, 3500, 7500, 15_500]);
}

#[tokio::test(start_paused = true)]
async fn the_backoff_doubles_up_to_its_longest() {
    let notes = Notebook::new();
    let _ = flow! { capped }
        .run(notes.clone())
        .await
        .expect_err("it fails");
    assert_eq!(notes.times(), [0, 100, 300, 700, 1500, 2500, 3500]);
}

#[tokio::test(start_paused = true)]
async fn the_backoff_may_be_constant() {
    let notes = Notebook::new();
    let _ = flow! { constant }
        .run(notes.clone())
        .await
        .expect_err("it fails");
    assert_eq!(notes.times(), [0, 10_000, 20_000, 30_000]);
}

#[node(retries = 40, jitter = false)]
async fn stubborn(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

/// 500 ms doubled forty times would be seventeen thousand years.
#[tokio::test(start_paused = true)]
async fn no_wait_is_longer_than_thirty_seconds_unless_set() {
    let notes = Notebook::new();
    let _ = flow! { stubborn }
        .run(notes.clone())
        .await
        .expect_err("it fails");
    let times = notes.times();
    let longest = times.windows(2).map(|pair| pair[1] - pair[0]).max();
    assert_eq!((times.len(), longest), (41, Some(30_000)));
}

#[test]
fn a_backoff_counts_retries_from_one() {
    let backoff = Backoff::new(ms(100), secs(1));
    let waits: Vec<_> = (0..6)
        .map(|retry| backoff.longest(retry).as_millis())
        .collect();
    assert_eq!(waits, [100, 100, 200, 400, 800, 1000]);
    assert_eq!(backoff.longest(u32::MAX), secs(1));
    assert!(backoff.jitter && backoff.wait(3) <= ms(400));
    let exact = Backoff {
        jitter: false,
        ..backoff
    };
    assert_eq!(exact.wait(3), ms(400));
}

#[node(retries = 4, backoff = "1s..4s")]
async fn jittery(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

/// Each wait is drawn between zero and the longest.
#[tokio::test(start_paused = true)]
async fn jitter_is_full() {
    let mut quarters = [0; 4];
    for _ in 0..200 {
        let notes = Notebook::new();
        let _ = flow! { jittery }
            .run(notes.clone())
            .await
            .expect_err("it fails");
        let times = notes.times();
        let waits = times.windows(2).map(|pair| pair[1] - pair[0]);
        for (wait, longest) in waits.zip([1000, 2000, 4000, 4000]) {
            // The clock counts in milliseconds.
            assert!(wait <= longest + 1, "{wait} of {longest}");
        }
        quarters[usize::from(times[1] as u16 / 251)] += 1;
    }
    // 50 in each, give or take eight standard deviations.
    assert!(
        quarters.iter().all(|drawn| (1..=100).contains(drawn)),
        "{quarters:?}"
    );
}

#[node(retries = 1, backoff = "1s")]
async fn refused_at_first(notes: Notebook, ctx: Ctx) -> Result<(), &'static str> {
    if ctx.attempt() == 0 {
        return Err("busy");
    }
    notes.write("back");
    Ok(())
}

/// A busy server does not get them back at once.
#[tokio::test(start_paused = true)]
async fn callers_that_fail_together_come_back_apart() {
    let notes = Notebook::new();
    let flow = flow! { refused_at_first };
    let callers = (0..100).map(|_| flow.run(notes.clone()));
    futures_util::future::join_all(callers).await;
    let mut times = notes.times();
    assert_eq!(times.len(), 100);
    times.dedup();
    // Of 1,000 milliseconds, 100 callers draw some 95 different ones.
    assert!(times.len() > 70, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn jitter_is_switched_off_at_run_time() {
    let notes = Notebook::new();
    let _ = flow! { jittery }
        .policy::<jittery>(|policy| policy.jitter(false))
        .run(notes.clone())
        .await
        .expect_err("it fails");
    assert_eq!(notes.times(), [0, 1000, 3000, 7000, 11_000]);
}

#[node(retries = 4, backoff = "1s..4s", jitter = true)]
async fn jittery_by_its_word(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

/// `jitter = true` is the default, written out.
#[test]
fn jitter_may_be_written_out() {
    let policy = |flow: &'static penguiflow::Graph| flow.nodes[0].policy;
    let written = policy(flow! { jittery_by_its_word }.graph());
    assert!(written.backoff.jitter);
    assert_eq!(written, policy(flow! { jittery }.graph()));
}

/// A wait that the other side asks for is not drawn, whatever the backoff does.
#[node(retries = 20, backoff = "1s..4s")]
async fn turned_away(notes: Notebook) -> Result<(), TurnedAway> {
    notes.write("attempt");
    Err(TurnedAway(secs(7)))
}

#[derive(Debug, thiserror::Error, Retryable)]
#[error("too many requests")]
#[after(0)]
struct TurnedAway(std::time::Duration);

#[tokio::test(start_paused = true)]
async fn a_wait_that_was_asked_for_is_exact() {
    let notes = Notebook::new();
    let _ = flow! { turned_away }
        .run(notes.clone())
        .await
        .expect_err("it fails");
    let times = notes.times();
    assert!(
        times.windows(2).all(|pair| pair[1] - pair[0] == 7000),
        "{times:?}"
    );
}

#[node(retries = 3, backoff = "1s", after_max = "5m", jitter = false)]
async fn asked_to_wait(notes: Notebook, ctx: Ctx) -> Result<(), AskedToWait> {
    notes.write("attempt");
    Err(AskedToWait(u64::from(ctx.attempt())))
}

#[derive(Debug)]
struct AskedToWait(u64);

impl std::fmt::Display for AskedToWait {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "come back in {} s", self.0)
    }
}

impl std::error::Error for AskedToWait {}

impl Retryable for AskedToWait {
    fn retry(&self) -> Retry {
        match self.0 {
            0 => Retry::After(ms(0)),
            1 => Retry::Backoff,
            longer => Retry::After(secs(100 * longer)),
        }
    }
}

/// `After` is taken at its word up to `after_max`, also beyond the longest wait; the backoff goes by the
/// number of the retry.
#[tokio::test(start_paused = true)]
async fn the_other_side_may_say_how_long() {
    let notes = Notebook::new();
    let _ = flow! { asked_to_wait }
        .run(notes.clone())
        .await
        .expect_err("it fails");
    assert_eq!(notes.times(), [0, 0, 2000, 202_000]);
}
