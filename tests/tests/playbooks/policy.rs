//! The policy of a flow where it is a node: `#[flow(…)]` on its header.

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{Notebook, ms, watched};

#[node]
async fn sleeps(milliseconds: u64, State(notes): State<Notebook>) -> u64 {
    let _gone = notes.on_drop("gone");
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

flow! {
    #[flow(timeout = "50ms")]
    struct InTime(u64) -> u64;

    sleeps;
}

/// Upstream's `timeout` is around the fetch alone; this one cuts what runs.
#[tokio::test(start_paused = true)]
async fn a_playbooks_timeout_cuts_what_runs_in_it() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { InTime }.with_state(notes.clone());
    assert_eq!(flow.run(49).await?, 49);
    let error = flow.run(1000).await.expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(error.path().as_deref(), Some("InTime"));
    assert_eq!(notes.times(), [49, 99]);
    Ok(())
}

/// An input that is `Clone`, and no more: all that retries ask of it.
#[derive(Clone)]
struct Tries(Notebook);

#[node]
async fn first(tries: Tries) -> Tries {
    tries.0.write("first");
    tries
}

#[node]
async fn at_the_third(tries: Tries) -> Result<usize, String> {
    let tried = tries.0.lines().len();
    (tried == 3).then_some(tried).ok_or("not yet".to_owned())
}

flow! {
    #[flow(retries = 2, backoff = "10ms", jitter = false)]
    struct Thrice(Tries) -> usize;

    first -> at_the_third;
}

#[tokio::test(start_paused = true)]
async fn a_playbooks_retries_begin_it_anew() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let (flow, seen) = watched(flow! { Thrice });
    assert_eq!(flow.run(Tries(notes.clone())).await?, 3);
    flow.flush().await;
    assert_eq!(notes.times(), [0, 10, 30]);
    assert_eq!(seen.count("node_retry"), 2);
    Ok(())
}

#[node]
async fn panics(n: u32) -> u32 {
    panic!("{n}")
}

flow! {
    #[flow(retries = 2, backoff = "10ms")]
    struct Panics(u32) -> u32;

    panics;
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_it_is_not_retried() {
    let error = flow! { Panics }.run(1).await.expect_err("it panics");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Panicked, 1));
}

#[node]
async fn stays(n: u32) -> u32 {
    tokio::time::sleep(ms(10)).await;
    n
}

flow! {
    #[flow(concurrency = 2)]
    struct TwoAtOnce(u32) -> u32;

    stays;
}

#[tokio::test(start_paused = true)]
async fn a_playbooks_concurrency_holds_over_all_traces() -> Result<(), FlowError> {
    let running = flow! { TwoAtOnce }.start();
    let begin = Instant::now();
    for n in 0..6 {
        running.emit(n).await?;
    }
    running.stop().await;
    assert_eq!(begin.elapsed(), ms(30));
    Ok(())
}

#[node(concurrency = 1)]
async fn one_at_once(n: u32) -> u32 {
    tokio::time::sleep(ms(10)).await;
    n
}

flow! {
    struct Narrow(u32) -> u32;

    one_at_once;
}

/// The limits of nodes in a playbook hold over traces, too, and not for each visit anew.
#[tokio::test(start_paused = true)]
async fn the_concurrency_of_its_nodes_is_that_of_all_traces() -> Result<(), FlowError> {
    let running = flow! { Narrow }.start();
    let begin = Instant::now();
    for n in 0..4 {
        running.emit(n).await?;
    }
    running.stop().await;
    assert_eq!(begin.elapsed(), ms(40));
    Ok(())
}

#[node]
async fn fails(n: u32) -> Result<u32, String> {
    Err(n.to_string())
}

flow! {
    #[flow(name = "help desk")]
    struct Support(u32) -> u32;

    fails;
}

#[tokio::test]
async fn a_playbooks_name_is_that_of_its_node() {
    let error = flow! { Support }.run(1).await.expect_err("it fails");
    assert_eq!(error.path().as_deref(), Some("help desk/fails"));
}

#[node]
async fn down(n: u32) -> ControlFlow<u32, u32> {
    match n {
        0 => ControlFlow::Break(0),
        n => ControlFlow::Continue(n - 1),
    }
}

flow! {
    #[flow(hops = 3)]
    struct Down(u32) -> u32;

    down -> down;
}

flow! {
    struct DownByDefault(u32) -> u32;

    down -> down;
}

#[node]
async fn again(n: u32) -> u32 {
    n
}

/// Its rounds are its own: neither the caller's budget nor the caller's rounds count in it.
#[tokio::test]
async fn a_playbook_has_its_own_budget_of_hops() -> Result<(), FlowError> {
    let flow = flow! { Down -> again }.hops(1);
    assert_eq!(flow.run(2).await?, 0);
    let error = flow.run(3).await.expect_err("a fourth run");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    assert_eq!(error.node(), Some("Down"));
    let flow = flow! { DownByDefault }.hops(1);
    assert_eq!(flow.run(7).await?, 0);
    assert!(flow.run(8).await.is_err());
    assert_eq!(Down::flow().run(2).await?, 0);
    assert!(
        Down::flow().run(3).await.is_err(),
        "also when run by itself"
    );
    Ok(())
}

/// A message's own budget stands before all others, in playbooks as elsewhere.
#[tokio::test]
async fn a_messages_hops_reach_through() -> Result<(), FlowError> {
    assert_eq!(flow! { Down }.run(Message::new(9).hops(10)).await?, 0);
    Ok(())
}
