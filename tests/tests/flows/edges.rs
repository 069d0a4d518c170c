//! Edges: chains, statements, broadcasts, and several edges into one node.

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms};

#[node]
async fn add_one(n: u32) -> u32 {
    n + 1
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn square(n: u32) -> u32 {
    n * n
}

#[node]
async fn show(n: u32) -> String {
    n.to_string()
}

#[tokio::test]
async fn a_chain_hands_each_output_on() -> Result<(), FlowError> {
    assert_eq!(
        flow! { add_one -> double -> square -> show }.run(2).await?,
        "36"
    );
    Ok(())
}

/// A node that is named in several statements is one node.
#[tokio::test]
async fn statements_draw_one_graph() -> Result<(), FlowError> {
    let flow = flow! {
        square -> show;
        add_one -> double;
        double -> square;
    };
    assert_eq!(flow.run(2).await?, "36");
    assert_eq!(flow.graph().nodes.len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_lone_node_is_a_flow() -> Result<(), FlowError> {
    assert_eq!(flow! { double }.run(21).await?, 42);
    assert_eq!(flow! { double; }.run(21).await?, 42);
    Ok(())
}

#[tokio::test]
async fn a_broadcast_goes_every_way() -> Result<(), FlowError> {
    let flow = flow! {
        add_one -> double;
        add_one -> square;
        add_one -> triple;
    };
    let mut outputs = flow.run_all(4).await?;
    outputs.sort();
    assert_eq!(outputs, [10, 15, 25]);
    Ok(())
}

#[node]
async fn triple(n: u32) -> u32 {
    n * 3
}

#[node]
async fn slow(notes: Notebook) {
    notes.write("slow begins");
    tokio::time::sleep(ms(100)).await;
    notes.write("slow ends");
}

#[node]
async fn slower(notes: Notebook) {
    notes.write("slower begins");
    tokio::time::sleep(ms(150)).await;
    notes.write("slower ends");
}

#[node]
async fn same(notes: Notebook) -> Notebook {
    notes
}

/// In the order of their edges, and at the same time.
#[tokio::test(start_paused = true)]
async fn branches_run_at_once() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { same -> slow; same -> slower; };
    flow.run_all(notes.clone()).await?;
    let lines = notes.timed();
    let lines: Vec<_> = lines
        .iter()
        .map(|(at, line)| (*at, line.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            (0, "slow begins"),
            (0, "slower begins"),
            (100, "slow ends"),
            (150, "slower ends")
        ]
    );
    Ok(())
}

/// Two edges into a node: it runs once per message that arrives.
#[tokio::test]
async fn a_fan_in_runs_once_per_message() -> Result<(), FlowError> {
    let flow = flow! {
        add_one -> double -> show;
        add_one -> square -> show;
    };
    let mut outputs = flow.run_all(4).await?;
    outputs.sort();
    assert_eq!(outputs, ["10", "25"]);
    Ok(())
}

/// Diamonds in a row: each doubles the messages.
#[tokio::test]
async fn forks_multiply() -> Result<(), FlowError> {
    let flow = flow! {
        same_number -> double; same_number -> triple;
        double -> add_one; triple -> add_one;
        add_one -> square; add_one -> add_hundred;
    };
    let mut outputs = flow.run_all(1).await?;
    outputs.sort();
    assert_eq!(outputs, [9, 16, 103, 104]);
    Ok(())
}

#[node]
async fn same_number(n: u32) -> u32 {
    n
}

#[node]
async fn add_hundred(n: u32) -> u32 {
    n + 100
}

#[tokio::test]
async fn a_trace_with_one_way_cut_short_gives_the_others() -> Result<(), FlowError> {
    let flow = flow! {
        same_number -> keep_even -> show;
        same_number -> keep_small -> show;
    };
    assert_eq!(flow.run_all(2).await?.len(), 2);
    assert_eq!(flow.run_all(12).await?, ["12"]);
    assert_eq!(flow.run_all(3).await?, ["3"]);
    let error = flow.run_all(13).await.expect_err("both ways end");
    assert_eq!(error.kind(), ErrorKind::Filtered);
    Ok(())
}

#[node]
async fn keep_even(n: u32) -> Option<u32> {
    n.is_multiple_of(2).then_some(n)
}

#[node]
async fn keep_small(n: u32) -> Option<u32> {
    (n < 10).then_some(n)
}

#[node]
async fn fails_soon(notes: Notebook) -> Result<(), String> {
    tokio::time::sleep(ms(20)).await;
    notes.write("fails");
    Err("no".to_owned())
}

#[node]
async fn is_dropped(notes: Notebook) {
    let _dropped = notes.on_drop("dropped");
    tokio::time::sleep(ms(500)).await;
    notes.write("ran on");
}

#[tokio::test(start_paused = true)]
async fn a_failing_branch_drops_the_others() {
    let notes = Notebook::new();
    let flow = flow! { same -> fails_soon; same -> is_dropped; };
    let error = flow
        .run_all(notes.clone())
        .await
        .expect_err("one branch fails");
    assert_eq!(error.node(), Some("fails_soon"));
    tokio::time::sleep(ms(1000)).await;
    let lines = notes.timed();
    assert_eq!(
        lines,
        [(20, "fails".to_owned()), (20, "dropped".to_owned())]
    );
}

#[node]
async fn label_left(message: Message<u32>) -> Message<u32> {
    message.tenant("left")
}

#[node]
async fn label_right(message: Message<u32>, headers: Headers) -> Message<u32> {
    assert_eq!(headers.tenant, "both", "branches share no headers");
    tokio::task::yield_now().await;
    message.topic("right")
}

/// Each branch has an envelope of its own.
#[tokio::test]
async fn branches_do_not_share_their_headers() -> Result<(), FlowError> {
    let flow = flow! { same_number -> label_left; same_number -> label_right; };
    let running = flow.start();
    running.emit(Message::new(1).tenant("both")).await?;
    let one = running.fetch().await.expect("two results")?;
    let other = running.fetch().await.expect("two results")?;
    assert_eq!(
        (one.headers.tenant.as_str(), one.headers.topic),
        ("left", None)
    );
    assert_eq!(other.headers.tenant, "both");
    assert_eq!(other.headers.topic.as_deref(), Some("right"));
    assert_eq!(one.trace_id, other.trace_id);
    Ok(())
}
