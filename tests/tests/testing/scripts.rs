//! Scripts: what the next attempts of a node do.

use std::io;
use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow::testing::read;
use tokio::time::Instant;

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("busy")]
struct Busy;

#[node(timeout = "2s", retries = 3, backoff = "1s..1s", jitter = false)]
async fn retrieve(question: &str) -> Result<String, Busy> {
    Ok(format!("known of {question}"))
}

#[node]
async fn plain(question: String) -> Result<String, Busy> {
    Ok(question.to_lowercase())
}

#[node]
async fn shout(text: String) -> String {
    text.to_uppercase()
}

#[node(idle = "3s", retries = 1, backoff = "1ms")]
async fn tell(text: String, ctx: Ctx) -> Result<usize, io::Error> {
    ctx.chunk(text.as_str()).await;
    Ok(text.len())
}

flow! {
    #[flow(durable)]
    struct Search(String) -> String;

    plain -> retrieve;
}

fn krill() -> String {
    "krill".to_owned()
}

#[tokio::test(start_paused = true)]
async fn attempts_take_the_entries_one_by_one() -> Result<(), FlowError> {
    let began = Instant::now();
    let flow = flow! { retrieve }.script::<retrieve>(|node| node.fails(|| Busy).times(2).hangs());
    assert_eq!(flow.run(krill()).await?, "known of krill");
    // Three waits, and the timeout of the third attempt.
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    assert_eq!(flow.run(krill()).await?, "known of krill");
    assert_eq!(
        began.elapsed(),
        Duration::from_secs(5),
        "the script is over"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn errors_are_the_nodes_own() {
    let flow = flow! { retrieve }.script::<retrieve>(|node| node.fails(|| Busy).forever());
    let error = flow.run(krill()).await.expect_err("it is always busy");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Failed, 4));
    let source = error.into_source().expect("the node's own error");
    assert_eq!(source.downcast_ref::<Busy>(), Some(&Busy));
}

#[tokio::test]
async fn a_node_without_a_policy_has_a_script_too() -> Result<(), FlowError> {
    let flow = flow! { plain -> shout }
        .script::<plain>(|node| node.fails(|| Busy).returns(|| Ok("scripted".to_owned())))
        .script::<shout>(|node| node.panics("a script").runs());
    let error = flow.run("Krill".to_owned()).await.expect_err("it fails");
    assert_eq!(error.node(), Some("plain"));
    let error = flow.run("Krill".to_owned()).await.expect_err("it panics");
    assert_eq!(
        (error.node(), error.kind()),
        (Some("shout"), ErrorKind::Panicked)
    );
    assert!(error.to_string().contains("a script"), "{error}");
    assert_eq!(flow.run("Krill".to_owned()).await?, "KRILL");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn after_a_script_its_nodes_stub_runs_and_after_a_delay() -> Result<(), FlowError> {
    let flow = flow! { retrieve }
        .script::<retrieve>(|node| node.delays(Duration::from_secs(1)))
        .stub::<retrieve>(|_: &String| async { Ok("stubbed".to_owned()) });
    let began = Instant::now();
    assert_eq!(flow.run(krill()).await?, "stubbed");
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    assert_eq!(flow.clone().run(krill()).await?, "stubbed");
    assert_eq!(
        began.elapsed(),
        Duration::from_secs(1),
        "clones share the script"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_delay_counts_for_the_timeout_and_then_the_node_runs() -> Result<(), FlowError> {
    let flow = flow! { retrieve }.script::<retrieve>(|node| {
        node.delays(Duration::from_secs(9))
            .delays(Duration::from_secs(1))
    });
    let began = Instant::now();
    assert_eq!(flow.run(krill()).await?, "known of krill");
    // The timeout, the wait, and the second delay.
    assert_eq!(began.elapsed(), Duration::from_secs(4));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_stream_breaks_off() {
    let flow = flow! { tell }
        .script::<tell>(|node| node.breaks_after(["to ", "be"], || io::Error::other("reset")));
    let read = read(flow.trace("or not".to_owned())).await;
    assert_eq!(read.pieces("tell"), ["to ", "be", "or not"]);
    assert_eq!(read.text("tell"), "or not");
    assert_eq!(read.outputs[0].payload, 6);
    assert!(read.error.is_none());
}

/// Chunks break the silence, and what follows them is cut by `idle`.
#[tokio::test(start_paused = true)]
async fn a_stream_falls_silent() {
    let flow = flow! { tell }.script::<tell>(|node| node.hangs_after(["to be"]).times(2));
    let began = Instant::now();
    let read = read(flow.trace("or not".to_owned())).await;
    let error = read.error.as_ref().expect("both attempts are silent");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TimedOut, 2));
    assert_eq!(began.elapsed().as_secs(), 6);
    assert_eq!(read.text("tell"), "");
    assert_eq!(read.pieces("tell"), ["to be", "to be"]);
}

#[tokio::test(start_paused = true)]
async fn a_script_holds_in_playbooks_and_step_by_step() -> Result<(), FlowError> {
    let scripted = |flow: Flow<Search>| flow.script::<retrieve>(|node| node.fails(|| Busy));
    let began = Instant::now();
    let outer = flow! { Search -> shout }.script::<retrieve>(|node| node.fails(|| Busy));
    assert_eq!(outer.run(krill()).await?, "KNOWN OF KRILL");
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    let flow = scripted(Search::flow());
    let mut frontier = flow.begin(krill());
    while let Some(step) = frontier.next_step() {
        frontier.absorb(flow.advance(step).await?);
    }
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    Ok(())
}

#[test]
#[should_panic = "no node of `flow` is called `shout`"]
fn a_node_that_the_flow_does_not_have_has_no_script() {
    let _ = flow! { plain }.script::<shout>(|node| node.hangs());
}

#[test]
#[should_panic = "an entry after `forever` is never reached"]
fn forever_is_the_last_entry() {
    let _ = flow! { plain }.script::<plain>(|node| node.hangs().forever().runs());
}
