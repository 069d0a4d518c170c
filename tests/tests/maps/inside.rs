//! What stands in a map: a group that meets in it, a `match`, a loop, a fallback's node.

use penguiflow::prelude::*;

use super::{count, failure, plus, sum};
use penguiflow_tests::support::ms;

#[node]
async fn slow_double(n: u64) -> u64 {
    tokio::time::sleep(ms(20 - n)).await;
    n * 2
}

#[node]
async fn fast_square(n: u64) -> u64 {
    tokio::time::sleep(ms(n)).await;
    n * n
}

#[node]
async fn add((one, other): (u64, u64)) -> u64 {
    one + other
}

/// The parts of different items never meet.
#[tokio::test(start_paused = true)]
async fn a_group_meets_in_each_item() -> Result<(), FlowError> {
    let flow = flow! { count -> [plus -> [slow_double, fast_square] -> join -> add; 3] -> join };
    assert_eq!(flow.run(6).await?, [3, 8, 15, 24, 35, 48]);
    Ok(())
}

/// Also where the map begins with the group, or is nothing but one.
#[tokio::test(start_paused = true)]
async fn a_map_may_be_a_group_that_meets() -> Result<(), FlowError> {
    let flow = flow! { count -> [[slow_double, fast_square] -> join; 3] -> join };
    assert_eq!(flow.run(4).await?, [(0, 0), (2, 1), (4, 4), (6, 9)]);
    let race = flow! { count -> [[slow_double, fast_square] -> race; 3] -> join };
    assert_eq!(race.run(4).await?, [0, 1, 4, 9]);
    Ok(())
}

#[node]
async fn odd_is_none(n: u64) -> Option<u64> {
    n.is_multiple_of(2).then_some(n)
}

/// Also where failures are tolerated: `None` is no failure, and `settle` has nothing to hand on.
#[tokio::test(start_paused = true)]
async fn an_item_whose_join_is_left_waiting_leaves_a_settle_waiting() {
    let flow = flow! { count -> [[odd_is_none, plus] -> join -> add; 3] -> settle };
    let told = "node `settle` was left waiting: nothing came from `add[1]`".to_owned();
    assert_eq!(failure(flow.run(3).await), (ErrorKind::Unjoined, told));
}

#[node]
async fn odd_fails(n: u64) -> Result<u64, String> {
    if n.is_multiple_of(2) {
        Ok(n)
    } else {
        Err(format!("{n} is odd"))
    }
}

/// A branch that fails in an item is the item's failure.
#[tokio::test(start_paused = true)]
async fn an_item_whose_branch_fails_has_failed() -> Result<(), FlowError> {
    let flow = flow! { count -> [[odd_fails, plus] -> join -> add; 3] -> settle };
    let list = flow.run(3).await?;
    let ends: Vec<_> = list
        .iter()
        .map(|part| part.as_ref().map_err(|error| error.kind))
        .collect();
    assert_eq!(ends, [Ok(&1), Err(ErrorKind::Failed), Ok(&5)]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn such_an_item_leaves_a_join_over_all_items_waiting() {
    let flow = flow! { count -> [[odd_is_none, plus] -> join -> add; 3] -> join -> sum };
    let end = failure(flow.run(3).await);
    assert_eq!(end.0, ErrorKind::Unjoined);
    assert!(end.1.contains("nothing came from"), "{}", end.1);
}

/// Each item takes an arm of its own; what the arms have in common follows in the map.
#[tokio::test(start_paused = true)]
async fn a_match_stands_in_a_map() -> Result<(), FlowError> {
    #[node]
    async fn even(n: u64) -> String {
        format!("{n} is even")
    }
    #[node]
    async fn odd(n: u64) -> String {
        format!("{n} is odd")
    }
    let flow = flow! {
        count -> [plus -> match { n if n % 2 == 0 => even, n => odd(n * 10) }; 2] -> join
    };
    let list = flow.run(3).await?;
    assert_eq!(list, ["10 is odd", "2 is even", "30 is odd"]);
    let followed = flow! {
        count -> [plus -> match { 1 => even(100u64), n => odd(n) } -> loud; 2] -> join
    };
    assert_eq!(followed.run(2).await?, ["100 IS EVEN", "2 IS ODD"]);
    Ok(())
}

#[node]
async fn loud(text: String) -> String {
    text.to_uppercase()
}

#[node]
async fn collatz(n: u64) -> u64 {
    if n.is_multiple_of(2) {
        n / 2
    } else {
        3 * n + 1
    }
}

#[node]
async fn done(n: u64) -> u64 {
    n
}

/// An item that goes round a loop leaves it by an arm, and rounds are each item's own.
#[tokio::test(start_paused = true)]
async fn a_loop_stands_in_a_map() -> Result<(), FlowError> {
    let flow = flow! {
        count -> [plus -> collatz -> match { 1 => done(1u64), n if n > 90 => done(n), _ => collatz }; 2]
            -> join
    };
    assert_eq!(flow.clone().hops(20).run(6).await?, [1; 6]);
    let end = failure(flow.hops(3).run(6).await);
    assert_eq!(end.0, ErrorKind::BudgetExhausted);
    Ok(())
}

#[node]
async fn unlucky_seven(n: u64) -> Result<u64, String> {
    if n == 7 {
        Err("seven".to_owned())
    } else {
        Ok(n)
    }
}

#[node]
async fn a_hundred(_: u64) -> u64 {
    100
}

/// A fallback in a map saves its item.
#[tokio::test(start_paused = true)]
async fn a_fallback_stands_in_a_map() -> Result<(), FlowError> {
    let flow = flow! { count -> [unlucky_seven else a_hundred; 2] -> join -> sum };
    assert_eq!(flow.run(9).await?, 29 + 100);
    let chained = flow! { count -> [plus -> unlucky_seven else a_hundred -> done; 2] -> join };
    assert_eq!(chained.run(8).await?, [1, 2, 3, 4, 5, 6, 100, 8]);
    Ok(())
}
