//! Where a playbook may stand, and what may be in it.

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms};

#[node]
async fn plus(n: u32) -> u32 {
    n + 1
}

#[node]
async fn even(n: u32) -> Option<u32> {
    n.is_multiple_of(2).then_some(n)
}

flow! {
    struct Even(u32) -> u32;

    even -> plus;
}

/// A playbook that gives nothing ends its path, and the path alone.
#[tokio::test]
async fn a_filtered_playbook_ends_the_path() -> Result<(), FlowError> {
    let flow = flow! { Even -> plus };
    assert_eq!(flow.run(2).await?, 4);
    let error = flow.run(1).await.expect_err("odd");
    assert_eq!(error.kind(), ErrorKind::Filtered);
    assert_eq!(flow! { [Even, plus_ten] }.run_all(1).await?, [11]);
    Ok(())
}

#[node]
async fn plus_ten(n: u32) -> u32 {
    n + 10
}

struct Add(u32);

#[node]
impl Add {
    async fn call(&self, n: u32) -> u32 {
        n + self.0
    }
}

flow! {
    struct Values(u32) -> u32;

    let two: Add = Add(2);
    let three: Add = Add(3);
    two -> three;
}

#[tokio::test]
async fn a_playbook_may_have_nodes_with_fields() -> Result<(), FlowError> {
    let flow = flow! {
        let four: Add = Add(4);
        Values -> four
    };
    assert_eq!(flow.run(1).await?, 10);
    assert_eq!(flow.run(2).await?, 11);
    Ok(())
}

#[node]
async fn note(n: u32, State(notes): State<Notebook>) -> u32 {
    notes.write(n);
    n
}

flow! {
    struct Noted(u32) -> u32;

    note;
}

#[tokio::test]
async fn a_playbooks_nodes_have_the_callers_state() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { Noted -> plus }.with_state(notes.clone());
    flow.run(7).await?;
    assert_eq!(notes.lines(), ["7"]);
    Ok(())
}

#[node]
async fn till_ten(n: u32) -> ControlFlow<u32, u32> {
    match n {
        10.. => ControlFlow::Break(n),
        n => ControlFlow::Continue(n),
    }
}

flow! {
    struct Plus(u32) -> u32;

    plus;
}

/// A round of the caller's loop is a run of its own.
#[tokio::test]
async fn a_playbook_may_stand_in_a_loop() -> Result<(), FlowError> {
    let flow = flow! { till_ten -> Plus -> till_ten };
    assert_eq!(flow.run(5).await?, 10);
    let error = flow.run(1).await.expect_err("9 rounds");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    Ok(())
}

#[node]
async fn step(n: u32) -> ControlFlow<String, u32> {
    tokio::time::sleep(ms(u64::from(10 - n))).await;
    match n {
        5.. => ControlFlow::Break(n.to_string()),
        n => ControlFlow::Continue(n + 2),
    }
}

flow! {
    /// A controller in a loop.
    struct Agent(u32) -> String;

    step -> step;
}

#[node]
async fn tasks(n: u32) -> Vec<u32> {
    (0..n).collect()
}

#[node]
async fn list(texts: Vec<String>) -> String {
    texts.join(" ")
}

/// Each item has a loop of its own, with rounds of its own.
#[tokio::test(start_paused = true)]
async fn a_playbook_may_stand_in_a_map() -> Result<(), FlowError> {
    let flow = flow! { tasks -> [Agent; 4] -> join -> list };
    assert_eq!(flow.run(6).await?, "6 5 6 5 6 5");
    Ok(())
}

#[node]
async fn both((agent, n): (String, u32)) -> String {
    format!("{agent} {n}")
}

#[node]
async fn either(n: u32) -> String {
    n.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_playbook_may_stand_in_a_join() -> Result<(), FlowError> {
    let flow = flow! { plus -> [Agent, Plus] -> join -> both };
    assert_eq!(flow.run(0).await?, "5 2");
    let flow = flow! { [Even, plus_ten] -> race -> either };
    assert_eq!(flow.run(1).await?, "11");
    let error = flow! { [Agent, Even] -> join -> both }.run(1).await;
    assert_eq!(error.expect_err("odd").kind(), ErrorKind::Unjoined);
    Ok(())
}

#[node]
async fn slips(n: u32) -> Result<u32, String> {
    Err(format!("no {n}"))
}

flow! {
    struct Slips(u32) -> u32;

    plus -> slips;
}

#[node]
async fn sorry(failed: Failed<u32>) -> u32 {
    assert_eq!(failed.error.node.as_deref(), Some("Slips"));
    failed.input + 100
}

#[tokio::test]
async fn a_playbook_may_have_a_fallback_or_be_one() -> Result<(), FlowError> {
    assert_eq!(flow! { Slips else sorry }.run(1).await?, 101);
    assert_eq!(flow! { slips else Plus }.run(1).await?, 2);
    assert_eq!(flow! { Slips else Plus -> plus }.run(1).await?, 3);
    Ok(())
}

flow! {
    struct Middle(u32) -> u32;

    plus -> Slips;
}

flow! {
    struct Outer(u32) -> u32;

    Middle -> plus;
}

/// Protects the path of an error, and that `plus` is three nodes: one in each of the flows.
#[tokio::test]
async fn a_playbook_may_have_playbooks_in_it() {
    let error = flow! { Outer }.run(1).await.expect_err("it slips");
    assert_eq!(error.path().as_deref(), Some("Outer/Middle/Slips/slips"));
    assert!(error.to_string().ends_with("node `slips` failed: no 3"));
    assert_eq!(error.kind(), ErrorKind::Failed);
}

#[node]
async fn left(n: u32, ctx: Ctx) -> Result<u32, FlowError> {
    ctx.call(&Plus::flow(), n).await
}

#[node]
async fn right(n: u32, ctx: Ctx) -> Result<u32, FlowError> {
    ctx.call(&Plus::flow(), n * 10).await
}

#[node]
async fn sum((a, b): (u32, u32)) -> u32 {
    a + b
}

#[tokio::test]
async fn several_branches_may_call_it_at_once() -> Result<(), FlowError> {
    let flow = flow! { [left, right] -> join -> sum };
    assert_eq!(flow.run(2).await?, 24);
    Ok(())
}

#[node]
async fn factorial(n: u64, ctx: Ctx) -> Result<u64, FlowError> {
    match n {
        0 => Ok(1),
        n => Ok(n * ctx.call(&Factorial::flow(), n - 1).await?),
    }
}

flow! {
    struct Factorial(u64) -> u64;

    factorial;
}

#[tokio::test]
async fn a_flow_may_call_itself() -> Result<(), FlowError> {
    assert_eq!(Factorial::flow().run(10).await?, 3_628_800);
    Ok(())
}
