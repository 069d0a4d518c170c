//! What is dropped with a branch, an item, a loser or an attempt, and panics then, hides no failure, no
//! winner and no timeout.

use penguiflow::prelude::*;
use penguiflow_tests::support::ms;

use super::{Loud, bad, bad_loud, count, failed, good, loud, show, start, sum, three, told};

#[node]
async fn holds(n: u32) -> u32 {
    let _loud = Loud(n);
    std::future::pending().await
}

#[node]
async fn refuses(_: &Loud) -> Result<u32, &'static str> {
    Err("no such user")
}

#[node]
async fn sum_loud((one, other): (Loud, u32)) -> u32 {
    one.open() + other
}

/// The failure of a branch stays, whatever the others hold: a future, an output, what was put out,
/// or the input that the node itself was lent.
#[tokio::test]
async fn what_is_dropped_with_a_branch_does_not_hide_a_failure() {
    let flow = flow! { start -> [holds, bad] -> join -> sum };
    assert_eq!(told(&flow.run(1).await.expect_err("bad")), failed("bad"));
    let flow = flow! { start -> [loud, bad] -> join -> sum_loud };
    assert_eq!(told(&flow.run(1).await.expect_err("bad")), failed("bad"));
    let flow = flow! { holds; bad };
    assert_eq!(
        told(&flow.run_all(1).await.expect_err("bad")),
        failed("bad")
    );
    let flow = flow! { loud; bad_loud };
    assert_eq!(
        told(&flow.run_all(1).await.expect_err("bad")),
        failed("bad_loud")
    );
    let error = flow! { loud -> refuses }.run(1).await.expect_err("bad");
    assert_eq!(told(&error), failed("refuses"));
    assert_eq!(error.to_string(), "node `refuses` failed: no such user");
}

/// A started flow reports the same.
#[tokio::test]
async fn a_dropped_branch_hides_no_failure_in_a_started_flow() -> Result<(), FlowError> {
    let running = flow! { start -> [holds, bad] -> join -> sum }.start();
    running.emit(1).await?;
    let error = running.fetch().await.expect("an answer").expect_err("bad");
    assert_eq!(told(&error), failed("bad"));
    Ok(())
}

#[node]
async fn louds(_: u32) -> Vec<Loud> {
    vec![Loud(0), Loud(1), Loud(2)]
}

#[node]
async fn loud_then_bad(n: u32) -> Result<Loud, &'static str> {
    match n {
        0 => Ok(Loud(n)),
        _ => Err("no such user"),
    }
}

#[node]
async fn open_badly(loud: Loud) -> Result<u32, &'static str> {
    loud.open();
    Err("no such user")
}

#[node]
async fn open(loud: Loud) -> u32 {
    loud.open()
}

#[node]
async fn count_louds(list: Vec<Loud>) -> usize {
    list.into_iter().map(Loud::open).count()
}

#[node]
async fn holds_first(n: u32) -> u32 {
    match n {
        0 => {
            let _loud = Loud(n);
            std::future::pending().await
        }
        n => n,
    }
}

/// Nor do the items of a map that came, or that wait for their turn.
#[tokio::test]
async fn the_other_items_do_not_hide_a_failure() {
    let flow = flow! { three -> [loud_then_bad; 8] -> join -> count_louds };
    let error = flow.run(1).await.expect_err("bad");
    assert_eq!(told(&error), failed("loud_then_bad"));
    let flow = flow! { louds -> [open_badly; 1] -> join -> count };
    let error = flow.run(1).await.expect_err("bad");
    assert_eq!(told(&error), failed("open_badly"));
}

#[tokio::test]
async fn the_winner_of_a_race_stays_the_winner() -> Result<(), FlowError> {
    let flow = flow! { start -> [holds, good] -> race -> show };
    assert_eq!(flow.run(1).await?, 1);
    let flow = flow! { three -> [holds_first; 8] -> race -> show };
    assert_eq!(flow.run(1).await?, 1);
    let flow = flow! { louds -> [open; 1] -> race -> show };
    assert_eq!(flow.run(1).await?, 0);
    Ok(())
}

#[node(timeout = "5ms")]
async fn slow(n: u32) -> u32 {
    let _loud = Loud(n);
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_timeout_stays_a_timeout() {
    let error = flow! { slow }.run(1).await.expect_err("it is slow");
    assert_eq!(told(&error), (ErrorKind::TimedOut, Some("slow")));
    let late = Message::new(1).deadline_in(ms(5));
    let error = flow! { holds }.run(late).await.expect_err("it is late");
    assert_eq!(told(&error), (ErrorKind::DeadlineExceeded, Some("holds")));
}
