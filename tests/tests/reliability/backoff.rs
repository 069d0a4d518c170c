//! The waits between attempts: exact, doubling, capped, and with jitter within bounds.

use penguiflow::Backoff;
use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, secs};

#[node(retries = 5)]
async fn by_default(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

#[node(retries = 6, backoff = "100ms..1s")]
async fn capped(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

#[node(retries = 3, backoff = "10s..10s")]
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

#[node(retries = 40)]
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
    assert_eq!(backoff.wait(3), ms(400));
}

#[node(retries = 4, backoff = "1s..4s", jitter = true)]
async fn jittery(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

/// Each wait is drawn from its upper half, so that callers do not come back together.
#[tokio::test(start_paused = true)]
async fn jitter_stays_in_the_upper_half() {
    let mut firsts = Vec::new();
    for _ in 0..100 {
        let notes = Notebook::new();
        let _ = flow! { jittery }
            .run(notes.clone())
            .await
            .expect_err("it fails");
        let times = notes.times();
        let waits = times.windows(2).map(|pair| pair[1] - pair[0]);
        for (wait, longest) in waits.zip([1000, 2000, 4000, 4000]) {
            assert!(
                (longest / 2..=longest).contains(&wait),
                "{wait} of {longest}"
            );
        }
        firsts.push(times[1]);
    }
    let middle = firsts.iter().filter(|wait| **wait < 750).count();
    assert!(
        (10..=90).contains(&middle),
        "{middle} of 100 in the lower part"
    );
}

#[node(retries = 3, backoff = "1s", after_max = "5m")]
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
