//! Arms that lead back: loops that another arm ends, within the hop budget.

use penguiflow::prelude::*;

use super::{output, outputs, step_by_step};

/// What an agent still wants to look up.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Plan {
    found: u32,
    wanted: u32,
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
enum Next {
    Search(Plan),
    Enough { found: u32 },
}

#[node]
async fn begin(wanted: u32) -> Plan {
    Plan { found: 0, wanted }
}

#[node]
async fn plan(plan: Plan) -> Next {
    if plan.found < plan.wanted {
        Next::Search(plan)
    } else {
        Next::Enough { found: plan.found }
    }
}

#[node]
async fn search(plan: Plan) -> Plan {
    Plan {
        found: plan.found + 1,
        ..plan
    }
}

#[node]
async fn answer(found: u32) -> String {
    format!("{found} facts")
}

flow! {
    /// The loop has no `ControlFlow`: an arm leads out of it.
    #[flow(durable)]
    struct Agent(u32) -> String;

    begin -> plan -> match {
        Next::Search(open) => search(open) -> plan,
        Next::Enough { found } => answer(found),
    };
}

#[tokio::test]
async fn an_arm_leads_back_and_another_one_out() -> Result<(), FlowError> {
    let flow = Agent::flow();
    assert_eq!(output(&flow, 0u32).await?, "0 facts");
    assert_eq!(output(&flow, 5u32).await?, "5 facts");
    assert_eq!(flow.run(5).await?, "5 facts");
    Ok(())
}

/// With `hops(n)` the body runs at most n times: n - 1 searches come back to the plan.
#[tokio::test]
async fn the_hop_budget_counts_routed_rounds() -> Result<(), FlowError> {
    let flow = Agent::flow().hops(4);
    assert_eq!(output(&flow, 3u32).await?, "3 facts");
    for result in [
        flow.run(4).await.map(|text| vec![text]),
        step_by_step(&flow, Message::new(4)).await,
    ] {
        let error = result.expect_err("the budget is used up");
        assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
        assert_eq!(error.node(), Some("search"));
    }
    assert_eq!(flow.run(Message::new(4).hops(5)).await?, "4 facts");
    Ok(())
}

#[node]
async fn collatz(number: u32) -> u32 {
    if number.is_multiple_of(2) {
        number / 2
    } else {
        number * 3 + 1
    }
}

#[node]
async fn is_one(_: u32) -> String {
    "one".to_owned()
}

/// An arm leads straight back to its own node, with the whole value or a part of it.
#[tokio::test]
async fn a_node_may_be_routed_to_itself() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] collatz -> match { 1 => is_one, _ => collatz } }.hops(200);
    assert_eq!(output(&flow, 27u32).await?, "one");
    let short = flow! {
        #[flow(durable)]
        collatz -> match {
            1 => is_one,
            even if even % 2 == 0 => collatz(even / 2),
            odd => collatz(odd * 3 + 1),
        }
    };
    assert_eq!(output(&short.hops(100), 27u32).await?, "one");
    let hops = flow.graph().edges.iter().map(|edge| edge.is_hop);
    assert_eq!(hops.collect::<Vec<_>>(), [false, true]);
    let error = flow
        .clone()
        .hops(5)
        .run(27)
        .await
        .expect_err("27 takes long");
    assert_eq!(
        (error.node(), error.kind()),
        (Some("collatz"), ErrorKind::BudgetExhausted)
    );
    Ok(())
}

#[node]
async fn report(plan: Plan) -> String {
    format!("{} so far", plan.found)
}

/// An arm that is a group: one branch goes round, the other one out.
#[tokio::test]
async fn an_arm_may_go_round_and_out_at_once() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        search -> match {
            done if done.found >= done.wanted => report,
            _ => [search, report],
        }
    };
    let start = Plan {
        found: 0,
        wanted: 3,
    };
    assert_eq!(
        outputs(&flow, start.clone()).await?,
        ["1 so far", "2 so far", "3 so far"]
    );
    let error = flow
        .clone()
        .hops(2)
        .run_all(start)
        .await
        .expect_err("too few");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    Ok(())
}

/// The way out of a loop may be an arm of a match around the one that goes round.
#[tokio::test]
async fn a_loop_may_be_left_by_an_outer_match() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        plan -> match {
            Next::Search(_) => match {
                Next::Search(first) if first.found == 0 => search(Plan { found: 10, ..first }),
                Next::Search(more) => search(more),
                Next::Enough { found } => search(Plan { found, wanted: 0 }),
            } -> plan,
            Next::Enough { found } => answer(found),
        }
    };
    let start = Plan {
        found: 0,
        wanted: 12,
    };
    assert_eq!(output(&flow, start).await?, "12 facts");
    Ok(())
}

/// A group inside a loop: every round, each branch goes on by itself.
#[tokio::test]
async fn branches_of_a_loop_are_routed_each() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        halve -> [up, down] -> match { small @ 0..=2 => tell(small), more => halve(more) }
    };
    assert_eq!(outputs(&flow, 6u32).await?, ["0", "1", "2", "2"]);
    Ok(())
}

#[node]
async fn halve(number: u32) -> u32 {
    number / 2
}

#[node]
async fn up(number: u32) -> u32 {
    number + 1
}

#[node]
async fn down(number: u32) -> u32 {
    number - 1
}

#[node]
async fn tell(number: u32) -> String {
    number.to_string()
}
