//! `_`: a branch that hands on what comes to its list.

use expect_test::expect;
use penguiflow::prelude::*;

use super::{Branch, failure, plus, start, sum, tell_pair, tell_settled};
use penguiflow_tests::by_json::same;
use penguiflow_tests::support::{Notebook, watched};

#[node]
async fn length(text: &str) -> usize {
    text.len()
}

#[node]
async fn first(text: &str) -> Option<char> {
    text.chars().next()
}

#[node]
async fn trimmed(text: String) -> String {
    text.trim().to_owned()
}

#[node]
async fn cited((length, text): (usize, String)) -> String {
    format!("{text} ({length})")
}

#[node]
async fn words(text: String) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[node]
async fn doubled(n: u32) -> u32 {
    n * 2
}

#[node]
async fn thrice(n: u32) -> u32 {
    n * 3
}

#[node]
async fn zero(_: u32) -> String {
    "zero".to_owned()
}

#[node]
async fn told(n: u32) -> String {
    n.to_string()
}

#[node]
async fn many(n: u32) -> Vec<u32> {
    vec![n, n + 1, n + 2]
}

#[node]
async fn key(_: u32, ctx: Ctx) -> String {
    ctx.idempotency_key().to_string()
}

#[node]
async fn stamped(message: Message<u32>) -> Message<u32> {
    message.topic("stamped")
}

#[node]
async fn topic(message: Message<(u32, u32)>) -> String {
    message.headers.topic.clone().unwrap_or("none".to_owned())
}

flow! {
    struct Cited(String) -> String;

    trimmed -> [length, _] -> join -> cited;
}

#[tokio::test]
async fn it_stands_at_any_place_and_keeps_its_own_type() -> Result<(), FlowError> {
    let text = || " krill ".to_owned();
    let last = flow! { trimmed -> [length, first, _] -> join };
    assert_eq!(last.run(text()).await?, (5, 'k', "krill".to_owned()));
    let middle = flow! { trimmed -> [length, _, first] -> join };
    assert_eq!(middle.run(text()).await?, (5, "krill".to_owned(), 'k'));
    let begin = flow! { trimmed -> [_, length] -> join };
    assert_eq!(begin.run(text()).await?, ("krill".to_owned(), 5));
    let cited = flow! { trimmed -> [length, _] -> join -> cited };
    assert_eq!(cited.run(text()).await?, "krill (5)");
    Ok(())
}

#[tokio::test]
async fn it_stands_in_joins_maps_and_arms_and_after_them() -> Result<(), FlowError> {
    let nested = flow! { trimmed -> [[length, _] -> join -> cited, _] -> join };
    let (cited_text, text) = nested.run("cod".to_owned()).await?;
    assert_eq!((cited_text.as_str(), text.as_str()), ("cod (3)", "cod"));
    let after_join = flow! { start -> [plus, doubled] -> join -> [sum, _] -> join };
    assert_eq!(after_join.run(4).await?, (13, (5, 8)));
    let items = flow! { words -> [[length, _] -> join -> cited; 2] -> join };
    assert_eq!(items.run("a of".to_owned()).await?, ["a (1)", "of (2)"]);
    let first_of_items = flow! { words -> [[_, length] -> join; 2] -> join };
    assert_eq!(
        first_of_items.run("a of".to_owned()).await?,
        [("a".to_owned(), 1), ("of".to_owned(), 2)]
    );
    let list = flow! { words -> [[length; 2] -> join, _] -> join };
    assert_eq!(
        list.run("a of".to_owned()).await?,
        (vec![1, 2], vec!["a".to_owned(), "of".to_owned()])
    );
    let arm = flow! {
        start -> match { 0 => zero, _ => [plus, _] -> join -> tell_pair }
    };
    assert_eq!(arm.with_state(Notebook::new()).run(2).await?, "(3, 2)");
    let after_arms = flow! {
        start -> match { 0 => plus, other => doubled } -> [thrice, _] -> join -> sum
    };
    assert_eq!(after_arms.run(0).await?, 4);
    let after_arms = flow! {
        start -> match { 0 => plus, other => doubled } -> [thrice, _] -> join -> sum
    };
    assert_eq!(after_arms.run(5).await?, 40);
    Ok(())
}

/// It is there when the other branches begin, and comes first in a quorum.
#[tokio::test(start_paused = true)]
async fn settle_and_quorum_take_it_as_a_branch_that_succeeds() -> Result<(), FlowError> {
    let settled = flow! {
        let bad: Branch = Branch::fails(10);
        start -> [bad, _] -> settle -> tell_settled
    };
    let told = settled.with_state(Notebook::new()).run(7).await?;
    assert_eq!(told, "node `bad` failed: no luck after 10; 7");
    let quorum = flow! {
        let slow: Branch = Branch::gives(20);
        let quick: Branch = Branch::gives(10);
        start -> [slow, quick, _] -> quorum(2)
    };
    assert_eq!(quorum.with_state(Notebook::new()).run(7).await?, [7, 17]);
    Ok(())
}

/// A branch that ends in `None` leaves it alone at the join.
#[tokio::test(start_paused = true)]
async fn a_join_that_lacks_another_branch_is_unjoined() {
    let flow = flow! {
        let none: Branch = Branch::is_none(10);
        start -> [none, _] -> join -> tell_pair
    };
    let (kind, text) = failure(flow.with_state(Notebook::new()).run(7).await);
    assert_eq!(kind, ErrorKind::Unjoined);
    assert_eq!(
        text,
        "node `join` was left waiting: nothing came from `none`"
    );
}

/// The branches beside it have the ids of their own places, and no visit is its own.
#[tokio::test]
async fn it_has_a_place_among_the_branches_and_no_visit() -> Result<(), FlowError> {
    let message =
        || Message::new(0).trace_id("4bf92f3577b34da6a3ce929d0e0e4736".parse().expect("an id"));
    let (flow, seen) = watched(flow! { start -> [_, key] -> join });
    let (_, second) = flow.run(message()).await?;
    flow.flush().await;
    assert_eq!(seen.count("node_start"), 2);
    let (_, beside) = flow! { start -> [plus, key] -> join }
        .run(message())
        .await?;
    let (first, _) = flow! { start -> [key, _] -> join }.run(message()).await?;
    assert_eq!(second, beside);
    assert_ne!(first, second);
    Ok(())
}

/// It is an input of the join as others are, with the headers that came to the list.
#[tokio::test]
async fn its_headers_are_those_that_came_to_the_list() -> Result<(), FlowError> {
    for (message, topic) in [
        (
            flow! { start -> [_, stamped] -> join -> topic }
                .run(1)
                .await?,
            "stamped",
        ),
        (
            flow! { #[flow(headers = "first")] start -> [_, stamped] -> join -> topic }
                .run(1)
                .await?,
            "none",
        ),
        (
            flow! { start -> [stamped, _] -> join -> topic }
                .run(1)
                .await?,
            "stamped",
        ),
    ] {
        assert_eq!(message, topic);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_host_comes_to_the_same_outputs() -> Result<(), FlowError> {
    let join = flow! {
        #[flow(durable)]
        let slow: Branch = Branch::gives(30);
        start -> [_, slow -> plus] -> join -> [sum, _] -> join
    };
    assert_eq!(same!(join)?, [(31, (0, 31))]);
    let arms = flow! {
        #[flow(durable)]
        start -> match { 0 => [plus, _] -> settle -> tell_settled, _ => told }
    };
    assert_eq!(same!(arms)?, ["1; 0"]);
    let items = flow! {
        #[flow(durable)]
        start -> many -> [[_, plus] -> join -> sum; 2] -> join
    };
    assert_eq!(same!(items)?, [[1, 3, 5]]);
    Ok(())
}

#[tokio::test]
async fn a_branch_that_is_compiled_out_leaves_the_others() -> Result<(), FlowError> {
    let flow = flow! {
        start -> [plus, #[cfg(all())] _, #[cfg(any())] doubled] -> join
    };
    assert_eq!(flow.run(1).await?, (2, 1));
    let without = flow! {
        start -> [plus, #[cfg(any())] _, doubled] -> join
    };
    assert_eq!(without.run(2).await?, (3, 4));
    Ok(())
}

#[test]
fn it_is_an_edge_to_the_join_in_pictures() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            trimmed[trimmed]
            length[length]
            join{{join}}
            cited[cited]
            Rookery([Rookery])
            OpenSea -->|String| trimmed
            trimmed -->|String| length
            trimmed -->|String| join
            length -->|usize| join
            join -->|"(usize, String)"| cited
            cited -->|String| Rookery
    "#]]
    .assert_eq(&Cited::flow().graph().to_mermaid());
}
