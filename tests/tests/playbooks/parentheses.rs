//! `(think -> act -> think)`: a part in parentheses is a flow of its own, in the same trace.

use std::time::Duration;

use expect_test::expect;
use penguiflow::prelude::*;
use penguiflow_tests::by_json::same;
use penguiflow_tests::support::watched;

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Plan(u32);

#[node]
async fn ask(n: u32) -> Plan {
    Plan(n)
}

#[node]
async fn think(plan: Plan) -> ControlFlow<String, u32> {
    match plan.0 {
        0 => ControlFlow::Break("done".to_owned()),
        n => ControlFlow::Continue(n),
    }
}

#[node(timeout = "1s")]
async fn act(n: u32) -> Result<Plan, String> {
    if n == 99 {
        Err("no luck".to_owned())
    } else {
        Ok(Plan(n - 1))
    }
}

#[node]
async fn shout(text: String) -> String {
    text.to_uppercase()
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn even(n: u32) -> Option<u32> {
    n.is_multiple_of(2).then_some(n)
}

#[node]
async fn plus_one(n: u32) -> u32 {
    n + 1
}

#[node]
async fn plus_two(n: u32) -> u32 {
    n + 2
}

#[node]
async fn thrice(n: u32) -> u32 {
    n * 3
}

#[node]
async fn many_of(n: u32) -> Vec<u32> {
    vec![n, n + 1]
}

#[node]
async fn minus_one(n: u32) -> u32 {
    n - 1
}

#[node]
async fn sum((one, other): (u32, u32)) -> u32 {
    one + other
}

#[node]
async fn many(n: u32) -> Vec<u32> {
    (0..n).collect()
}

#[node]
async fn sorry(failed: Failed<Plan>) -> String {
    format!("sorry, {:?}", failed.input)
}

#[node]
async fn fail(_: u32) -> Result<u32, String> {
    Err("no".to_owned())
}

use double as double_again;

#[derive(Clone, Debug, Default, PartialEq)]
struct Add(u32);

#[node]
impl Add {
    async fn call(&self, n: u32) -> u32 {
        n + self.0
    }
}

#[tokio::test]
async fn what_breaks_out_of_it_goes_on() -> Result<(), FlowError> {
    let flow = flow! { ask -> (think -> act -> think) -> shout };
    assert_eq!(flow.run(3).await?, "DONE");
    let whole = flow! { (think -> act -> think) };
    assert_eq!(whole.run(Plan(2)).await?, "done");
    let single = flow! { plus_one -> (double) -> (minus_one) };
    assert_eq!(single.run(2).await?, 5);
    Ok(())
}

flow! {
    /// Parts of nodes with fields, one in the other.
    pub(crate) struct Sums(u32) -> u32;

    let one: Add = Add(1);
    let ten: Add = Add(one.0 * 10);
    let hundred: Add = Add(ten.0 * 10);
    double -> (ten -> (plus_one -> one) -> minus_one) -> hundred;
}

#[tokio::test]
async fn its_nodes_may_have_fields_and_it_may_be_in_another_one() -> Result<(), FlowError> {
    assert_eq!(Sums::flow().run(1).await?, 113);
    assert_eq!(flow! { Sums -> plus_one }.run(1).await?, 114);
    let local = 5;
    let flow = flow! {
        let five: Add = Add(local);
        let more: Add = Add(five.0 + local);
        more -> (double -> five)
    };
    assert_eq!(flow.run(0).await?, 25);
    Ok(())
}

flow! {
    /// The same, with traits for the flow's type.
    #[derive(Clone, Debug, Default, PartialEq)]
    struct Derived(u32) -> u32;

    let one: Add = Add(1);
    let ten: Add = Add(10);
    let hundred: Add = Add(100);
    double -> (ten -> (plus_one -> one) -> minus_one) -> (minus_one_again) -> hundred;
}

use minus_one as minus_one_again;

/// A derive asks the same of each field, and parts with fields are fields.
#[tokio::test]
async fn what_a_flow_derives_its_parts_derive() -> Result<(), FlowError> {
    fn derives<T: Clone + std::fmt::Debug + Default + PartialEq>() -> T {
        T::default()
    }
    assert_eq!(derives::<Derived>(), derives::<Derived>().clone());
    assert_eq!(Derived::flow().run(1).await?, 112);
    Ok(())
}

#[tokio::test]
async fn it_stands_wherever_a_node_does() -> Result<(), FlowError> {
    let branches = flow! { double -> [(plus_one -> double_again), _] -> join -> sum };
    assert_eq!(branches.run(1).await?, 8);
    let race = flow! { double -> [(fail -> plus_one), (minus_one)] -> race };
    assert_eq!(race.run(1).await?, 1);
    let items = flow! { many -> [(plus_one -> double); 2] -> join };
    assert_eq!(items.run(3).await?, [2, 4, 6]);
    let arms = flow! {
        plus_one -> match {
            0..=9 => (double -> minus_one),
            other => (double_again),
        } -> even
    };
    assert_eq!(arms.run(20).await?, 42);
    let looped = flow! {
        double -> (plus_one) -> match { n if n < 9 => double(n), n => minus_one(n) }
    };
    assert_eq!(looped.run(2).await?, 10);
    Ok(())
}

#[tokio::test]
async fn it_has_fallbacks_and_is_one() -> Result<(), FlowError> {
    let flow = flow! { ask -> (think -> act -> think) else sorry -> shout };
    assert_eq!(flow.run(99).await?, "SORRY, PLAN(99)");
    assert_eq!(flow.run(1).await?, "DONE");
    let taking_over = flow! { fail else (plus_one -> double) else minus_one };
    assert_eq!(taking_over.run(1).await?, 4);
    Ok(())
}

#[tokio::test]
async fn a_path_that_ends_in_it_ends() -> Result<(), FlowError> {
    let flow = flow! { plus_one -> (even -> double) -> minus_one };
    assert_eq!(flow.run(1).await?, 3);
    let filtered = flow.run(2).await.expect_err("nothing comes out");
    assert_eq!(filtered.kind(), ErrorKind::Filtered);
    Ok(())
}

#[tokio::test]
async fn an_error_says_where_in_it() {
    let flow = flow! { ask -> (think -> act -> think) -> shout };
    let error = flow.run(99).await.expect_err("it fails");
    assert_eq!(error.path().as_deref(), Some("(think)/act"));
    expect!["node `(think)` failed: node `act` failed: no luck"].assert_eq(&error.to_string());
}

#[tokio::test]
async fn its_events_have_its_name_in_their_path() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { ask -> (think -> act -> think) });
    flow.run(1).await?;
    flow.flush().await;
    let starts: Vec<_> = seen
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("node_start"))
        .collect();
    expect![[r#"
        [
            "node_start ask 0",
            "node_start (think) 0",
            "node_start think 0",
            "node_start act 0",
            "node_start think 0",
        ]
    "#]]
    .assert_debug_eq(&starts);
    Ok(())
}

flow! {
    #[flow(hops = 4)]
    struct Four(u32) -> String;

    ask -> (think -> act -> think) -> shout;
}

/// Its loops have the budget of the flow around it, counted anew.
#[tokio::test]
async fn its_rounds_count_by_themselves() -> Result<(), FlowError> {
    let flow = || flow! { ask -> (think -> act -> think) -> shout };
    assert_eq!(flow().run(7).await?, "DONE");
    let exhausted = |error: FlowError| error.kind() == ErrorKind::BudgetExhausted;
    assert!(flow().run(8).await.is_err_and(exhausted));
    assert_eq!(flow().hops(20).run(15).await?, "DONE");
    assert_eq!(flow().run(Message::new(15).hops(20)).await?, "DONE");
    assert_eq!(Four::flow().run(3).await?, "DONE");
    assert!(Four::flow().run(4).await.is_err_and(exhausted));
    assert_eq!(Four::flow().hops(6).run(5).await?, "DONE");
    Ok(())
}

#[test]
fn the_worst_case_counts_its_rounds() {
    let info = &Four::flow().graph().nodes[1];
    assert_eq!(info.name, "(think)");
    assert_eq!(Four::WORST_CASE, None);
    assert_eq!(Timed::WORST_CASE, Some(Duration::from_secs(3)));
    assert_eq!(Timed::WORST_ATTEMPTS.of("(slow)/slow"), Some(1));
}

#[node(timeout = "1s")]
async fn slow(n: u32) -> u32 {
    n
}

#[node(timeout = "2s")]
async fn slower(n: u32) -> u32 {
    n
}

flow! {
    struct Timed(u32) -> u32;

    (slow -> slower);
}

#[test]
fn it_is_drawn_as_a_playbook() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            ask[ask]
            _think_[["(think)"]]
            shout[shout]
            Rookery([Rookery])
            OpenSea -->|u32| ask
            ask -->|Plan| _think_
            _think_ -->|String| shout
            shout -->|String| Rookery
    "#]]
    .assert_eq(&Four::flow().graph().to_mermaid());
    let graph: serde_json::Value =
        serde_json::from_str(&Four::flow().graph().to_json()).expect("it is JSON");
    assert_eq!(graph["nodes"][1]["playbook"]["name"], "(think)");
    assert_eq!(graph["nodes"][1]["playbook"]["nodes"][0]["name"], "think");
}

#[tokio::test]
async fn a_host_runs_it_as_one_step() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        let add: Add = Add(3);
        many_of -> [(double -> add); 2] -> join
    };
    assert_eq!(same!(flow)?, [[3, 5]]);
    Ok(())
}

#[tokio::test]
async fn it_may_be_compiled_out_and_so_may_branches_in_it() -> Result<(), FlowError> {
    let flow = flow! {
        double -> [#[cfg(any())] (plus_one), #[cfg(all())] (minus_one -> plus_two), even] -> join
    };
    assert_eq!(flow.run(1).await?, (3, 2));
    let inside = flow! {
        double -> (plus_one -> [minus_one, #[cfg(any())] even, plus_two] -> join -> sum) -> thrice
    };
    assert_eq!(inside.run(1).await?, 21);
    Ok(())
}
