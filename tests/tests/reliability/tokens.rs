//! Token budgets: what is spent counts for the whole trace, and what they end.

use penguiflow::prelude::*;

#[node]
async fn spend(n: u64, ctx: Ctx) -> u64 {
    ctx.spend_tokens(n);
    n
}

#[node]
async fn left(_: u64, ctx: Ctx) -> Option<u64> {
    ctx.tokens_left()
}

#[tokio::test]
async fn a_straight_line_ends_once_more_than_the_budget_is_spent() -> Result<(), FlowError> {
    let flow = flow! { spend -> left }.tokens(100);
    assert_eq!(flow.run(40).await?, 60);
    assert_eq!(flow.run(100).await?, 0);
    let error = flow.run(101).await.expect_err("too much");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    assert_eq!(error.node(), Some("left"));
    Ok(())
}

/// The message's budget stands before the flow's; without any, nothing is counted down.
#[tokio::test]
async fn a_message_has_its_own_budget() -> Result<(), FlowError> {
    let flow = flow! { spend -> left };
    assert_eq!(flow.run(Message::new(40).tokens(50)).await?, 10);
    let filtered = flow.run(40).await.expect_err("it has no budget");
    assert_eq!(filtered.kind(), ErrorKind::Filtered);
    let flow = flow.tokens(10);
    assert_eq!(flow.run(Message::new(40).tokens(50)).await?, 10);
    Ok(())
}

#[node]
async fn think(n: u64, ctx: Ctx) -> ControlFlow<u64, u64> {
    ctx.spend_tokens(50);
    ControlFlow::Continue(n + 1)
}

#[node]
async fn give_up(n: u64) -> ControlFlow<u64, u64> {
    ControlFlow::Break(n)
}

/// Protects the state reached so far, which the `else` node is given.
#[tokio::test]
async fn a_loop_goes_no_further_round() -> Result<(), FlowError> {
    let flow = flow! { think -> think }.tokens(100);
    let error = flow.run(0).await.expect_err("it never breaks");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    let flow = flow! { think -> think else give_up }.tokens(100);
    assert_eq!(flow.run(0).await?, 2);
    Ok(())
}

#[node(retries = 2, backoff = "1ms")]
async fn third_time(n: u64, ctx: Ctx) -> Result<u64, &'static str> {
    ctx.spend_tokens(10);
    if ctx.attempt() < 2 {
        Err("not yet")
    } else {
        Ok(n)
    }
}

flow! {
    struct Spend(u64) -> u64;

    spend -> third_time;
}

#[node]
async fn call(n: u64, ctx: Ctx) -> Result<u64, FlowError> {
    ctx.call(&Spend::flow(), n).await
}

#[tokio::test(start_paused = true)]
async fn retries_and_playbooks_count_for_the_trace() -> Result<(), FlowError> {
    let flow = flow! { third_time -> left }.tokens(100);
    assert_eq!(flow.run(1).await?, 70);
    let flow = flow! { Spend -> left }.tokens(100);
    assert_eq!(flow.run(20).await?, 50);
    let flow = flow! { call -> left }.tokens(100);
    assert_eq!(flow.run(20).await?, 50);
    Ok(())
}

#[node]
async fn first((a, _): (u64, u64)) -> u64 {
    a
}

#[node]
async fn start(n: u64) -> u64 {
    n
}

#[tokio::test]
async fn branches_add_up() -> Result<(), FlowError> {
    use spend as spend_too;
    let flow = flow! { start -> [spend, spend_too] -> join -> first -> left }.tokens(100);
    assert_eq!(flow.run(30).await?, 40);
    Ok(())
}
