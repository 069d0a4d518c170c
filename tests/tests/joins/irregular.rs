//! Branches whose code is no plain line: what a `match` and a loop in them share, what several
//! nodes lead to, and how many ways a `match` makes of one. All were found by generated flows.

use penguiflow::prelude::*;

use super::{plus, start, sum};
use penguiflow_tests::support::Notebook;

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn square(n: u32) -> u32 {
    n * n
}

/// In one arm the branch is over, in the others something that they share comes before that.
#[tokio::test(start_paused = true)]
async fn an_arm_that_ends_the_branch_passes_by_what_others_share() -> Result<(), FlowError> {
    let flow = flow! {
        start -> [
            match {
                0 => double,
                n if n < 10 => square(n) -> plus,
                other => start_again(other) -> plus,
            },
            last,
        ] -> join -> sum
    };
    assert_eq!(flow.run(0).await?, 0);
    assert_eq!(flow.run(3).await?, 10 + 3);
    assert_eq!(flow.run(20).await?, 21 + 20);
    Ok(())
}

#[node]
async fn start_again(n: u32) -> u32 {
    n
}

#[node]
pub(super) async fn last(n: u32) -> u32 {
    n
}

#[node]
async fn key_of_one(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    notes.write(ctx.idempotency_key());
    n
}

#[node]
async fn key_of_another(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    notes.write(ctx.idempotency_key());
    n
}

#[node]
async fn key_of_the_last(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    notes.write(ctx.idempotency_key());
    n
}

/// However many ways an arm leads, those beside it have keys of their own.
#[tokio::test(start_paused = true)]
async fn arms_of_different_widths_leave_each_way_its_key() -> Result<(), FlowError> {
    for (n, ways) in [(0, 2), (1, 3)] {
        let notes = Notebook::new();
        let flow = flow! {
            start -> [
                match {
                    0 => key_of_one,
                    other => [key_of_another, plus_key] -> join -> add,
                },
                key_of_the_last,
            ] -> join -> sum
        };
        let flow = flow.with_state(notes.clone());
        flow.run(n).await?;
        let mut keys: Vec<_> = notes.timed().into_iter().map(|(_, key)| key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), ways);
    }
    Ok(())
}

/// Also where a race in the arm is over before all of its ways have set out.
#[tokio::test(start_paused = true)]
async fn a_race_in_an_arm_leaves_the_ways_beside_it_their_keys() -> Result<(), FlowError> {
    let mut keys = Vec::new();
    for n in [1, 2] {
        let notes = Notebook::new();
        let flow = flow! {
            start -> [
                match {
                    0 => double,
                    other => [quick, square] -> race,
                },
                key_of_the_last,
            ] -> join -> sum
        };
        let message =
            Message::new(n).trace_id("4bf92f3577b34da6a3ce929d0e0e4736".parse().expect("an id"));
        flow.with_state(notes.clone()).run(message).await?;
        keys.extend(notes.timed().into_iter().map(|(_, key)| key));
    }
    assert_eq!(keys[0], keys[1]);
    Ok(())
}

/// Ends in `None` at once.
#[node]
async fn none(_: u32) -> Option<u32> {
    None
}

/// Also where a join in the arm is over before all of its branches have set out, since a quorum goes
/// on without it.
#[tokio::test(start_paused = true)]
async fn a_join_that_ends_early_leaves_the_branches_beside_it_their_keys() -> Result<(), FlowError>
{
    use double as double_too;
    use none as none_too;
    let id: TraceId = "4bf92f3577b34da6a3ce929d0e0e4736".parse().expect("an id");
    let mut keys = Vec::new();
    for is_early in [false, true] {
        let notes = Notebook::new();
        // The same branches in both, which end at once in another order.
        let flow = flow! {
            start -> [
                match {
                    0 => last,
                    n if *n > 1 => [[square, none] -> join -> add, [key_of_one, double] -> join -> sum2]
                        -> quorum(1) -> count,
                    n => [[none_too, square_too] -> join -> add_too, [key_of_another, double_too] -> join -> sum3]
                        -> quorum(1) -> count_too,
                },
                key_of_the_last,
            ]
        };
        let flow = flow.with_state(notes.clone());
        let message = Message::new(if is_early { 1 } else { 2 }).trace_id(id);
        flow.run_all(message).await?;
        let mut lines = notes.lines();
        lines.sort();
        keys.push(lines);
    }
    assert_eq!(keys[0].len(), 2);
    assert_eq!(keys[0], keys[1]);
    Ok(())
}

use super::sum as sum2;
use super::sum as sum3;
use add as add_too;
use count as count_too;
use square as square_too;

/// Is quick with ones.
#[node]
async fn quick(n: u32) -> u32 {
    if n != 1 {
        tokio::task::yield_now().await;
    }
    n
}

#[node]
async fn plus_key(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    tokio::task::yield_now().await;
    notes.write(ctx.idempotency_key());
    n + 1
}

#[node]
pub(super) async fn show(n: u32) -> u32 {
    n
}

#[node]
pub(super) async fn count(numbers: Vec<u32>) -> u32 {
    numbers.iter().sum()
}

#[node]
async fn sieve(n: u32) -> Option<u32> {
    n.is_multiple_of(2).then_some(n)
}

#[node]
async fn fails(n: u32) -> Result<u32, String> {
    match n {
        n if n < 2 => Err("too small".to_owned()),
        n => Ok(n),
    }
}

#[node]
async fn instead(n: u32) -> u32 {
    n
}

#[node]
async fn add((one, other): (u32, u32)) -> u32 {
    one + other
}

#[node]
async fn said((one, other): (Result<u32, NodeError>, Result<u32, NodeError>)) -> String {
    format!(
        "{:?} {:?}",
        one.map_err(|error| error.kind),
        other.map_err(|error| error.kind)
    )
}

/// A join that several nodes lead to, in a branch that a `settle` tolerates, ends as nothing.
#[tokio::test(start_paused = true)]
async fn a_tolerated_join_after_a_fallback_ends_as_nothing() -> Result<(), FlowError> {
    let flow = flow! {
        start -> [fails else instead -> [plus, sieve] -> join -> add, last] -> settle -> said
    };
    assert_eq!(flow.clone().run(0).await?, "Ok(1) Ok(0)");
    assert_eq!(flow.clone().run(2).await?, "Ok(5) Ok(2)");
    let error = flow.run(3).await.expect_err("a branch of it is nothing");
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Unjoined, Some("settle"))
    );
    Ok(())
}

#[node]
async fn stamp(message: Message<u32>) -> Message<u32> {
    message.tenant("stamped")
}

#[node]
async fn refuse(_n: u32) -> Result<u32, String> {
    Err("no".to_owned())
}

/// The headers after a `settle` are those of its first input, be it a failure from the middle of
/// a fork within.
#[tokio::test(start_paused = true)]
async fn a_failure_within_a_fork_comes_in_its_own_headers() -> Result<(), FlowError> {
    let flow = flow! {
        start -> [[stamp -> refuse, plus] -> join -> add, last] -> settle -> said -> tenant
    };
    assert_eq!(flow.run(1).await?, "stamped");
    Ok(())
}

#[node]
async fn tenant(message: Message<String>) -> String {
    message.headers.tenant
}

/// Fails in its third round.
#[node]
async fn wade(n: u32) -> Result<u32, String> {
    match n {
        2 => Err("too deep".to_owned()),
        n => Ok(n + 1),
    }
}

#[node]
async fn set_out(n: u32, State(notes): State<Notebook>) -> u32 {
    notes.write(n);
    n
}

#[node]
async fn print(said: String) -> String {
    said
}

#[node]
async fn anew(_said: String) -> u32 {
    0
}

/// The rounds after a `settle` are the most of all its inputs, be it a failure from the middle of
/// a fork within.
#[tokio::test(start_paused = true)]
async fn a_failure_within_a_fork_has_gone_its_rounds() {
    let notes = Notebook::new();
    let flow = flow! {
        set_out -> [
            [wade -> match { n if n < 100 => wade(n), n => show(n) }, plus] -> join -> add,
            last,
        ] -> settle -> said -> match { said if said.starts_with("Err") => anew(said) -> set_out, said => print(said) }
    };
    let error = flow.hops(4).with_state(notes.clone()).run(0).await;
    assert_eq!(
        error.map_err(|error| error.kind()),
        Err(ErrorKind::BudgetExhausted)
    );
    assert_eq!(notes.timed().len(), 2, "two rounds of the inner loop count");
}

/// What follows a join may be an arm that passes the first output on.
#[tokio::test]
async fn an_arm_behind_a_join_may_take_the_first_output() -> Result<(), FlowError> {
    let flow = flow! {
        start -> [double, square] -> join -> match {
            (n, _) if n > 8 => last(n),
            (_, n) => plus(n),
        }
    };
    assert_eq!(flow.run(5).await?, 10);
    assert_eq!(flow.run(3).await?, 9 + 1);
    Ok(())
}
