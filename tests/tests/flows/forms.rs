//! The two forms of a flow: an expression, and an item with a name and a signature.

use std::collections::HashMap;

use penguiflow::prelude::*;

use penguiflow_tests::support::Notebook;

#[node]
async fn add_one(n: u32) -> u32 {
    n + 1
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

/// A payload that nobody outside this module can name.
#[derive(Clone)]
struct Secret(u32);

#[node]
async fn hide(n: u32) -> Secret {
    Secret(n)
}

#[node]
async fn reveal(secret: &Secret) -> u32 {
    secret.0
}

mod shop {
    use super::*;

    flow! {
        /// Public, though its nodes and what goes between them are not.
        #[derive(Debug)]
        pub(crate) struct Public(u32) -> u32;

        hide -> reveal -> add_one;
    }
}

#[tokio::test]
async fn a_named_flow_is_a_type() -> Result<(), FlowError> {
    let flow: Flow<shop::Public> = shop::Public::flow();
    assert_eq!(flow.run(1).await?, 2);
    assert_eq!(flow.graph().name, "Public");
    Ok(())
}

/// Named flows can be kept in structs and passed to functions, with their state.
struct App {
    flow: Flow<shop::Public, Notebook>,
}

async fn ask(flow: &Flow<shop::Public, Notebook>) -> Result<u32, FlowError> {
    flow.run(4).await
}

#[tokio::test]
async fn a_named_flow_can_be_kept_and_passed_on() -> Result<(), FlowError> {
    let app = App {
        flow: shop::Public::flow().with_state(Notebook::new()),
    };
    assert_eq!(ask(&app.flow).await?, 5);
    Ok(())
}

#[tokio::test]
async fn an_expression_needs_no_name() -> Result<(), FlowError> {
    let flow = flow! { add_one -> double };
    assert_eq!(flow.graph().name, "flow");
    assert_eq!(flow.run(1).await?, 4);
    assert_eq!((flow! { double -> add_one }).run(1).await?, 3);
    Ok(())
}

fn is_send<T: Send>(value: T) -> T {
    value
}

/// So that a server's handler can await them.
#[tokio::test]
async fn all_futures_of_a_flow_are_send() -> Result<(), Box<dyn std::error::Error>> {
    let flow = flow! { hide -> reveal; };
    let shared = flow.clone();
    let task = tokio::spawn(async move { shared.run(3).await });
    assert_eq!(task.await??, 3);
    is_send(flow.run_all(1)).await?;
    drop(is_send(flow.trace(1)));
    let running = is_send(flow.start());
    is_send(running.emit(1)).await?;
    is_send(running.fetch()).await.expect("a result")?;
    is_send(running.stop()).await;
    Ok(())
}

/// Types whose paths have commas and angle brackets in them.
#[node]
async fn tally(words: Vec<String>) -> HashMap<String, (u32, Option<u32>)> {
    let counted = words.into_iter().map(|word| (word, (1, None)));
    counted.collect()
}

flow! {
    struct Tally(Vec<String>) -> HashMap<String, (u32, Option<u32>)>;
    tally
}

#[tokio::test]
async fn signatures_take_any_type() -> Result<(), FlowError> {
    let counts = Tally::flow().run(vec!["krill".to_owned()]).await?;
    assert_eq!(counts["krill"], (1, None));
    Ok(())
}

/// Clones are the same flow: they share state, observers and their nodes' limits.
#[tokio::test]
async fn a_clone_of_a_flow_runs_alike() -> Result<(), FlowError> {
    let (flow, seen) = penguiflow_tests::support::watched(flow! { add_one });
    let clone = flow.clone();
    assert_eq!((flow.run(1).await?, clone.run(2).await?), (2, 3));
    flow.flush().await;
    assert_eq!(seen.count("node_success"), 2);
    Ok(())
}

/// Within a function, a flow may name local nodes, and two flows do not meet.
#[tokio::test]
async fn two_flows_in_one_scope_do_not_meet() -> Result<(), FlowError> {
    let (there, back) = (flow! { add_one -> double }, flow! { double -> add_one });
    assert_eq!((there.run(3).await?, back.run(3).await?), (8, 7));
    Ok(())
}

#[test]
fn a_flow_has_a_debug_form() {
    let flow = flow! { add_one -> double };
    let text = format!("{flow:?}");
    assert!(
        text.starts_with("Flow { graph: Graph { name: \"flow\""),
        "{text}"
    );
    assert!(text.contains("add_one: u32 -> u32"), "{text}");
}
