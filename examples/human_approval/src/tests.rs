//! The flow without the command line.

use expect_test::expect;

use super::*;

async fn desk() -> Result<Desk, Box<dyn Error>> {
    Desk::open("Ada", vec!["penguins".to_owned()]).await
}

/// Protects what a decision does, and that there is only one.
#[tokio::test(start_paused = true)]
async fn a_draft_is_decided_on_once() -> Result<(), Box<dyn Error>> {
    let flow = Press::flow();
    let mut parkings = flow.parkings();
    let running = flow.start();
    let id = running.emit("krill".to_owned()).await?;
    parkings.next().await.expect("the flow is there");
    let no = || Approval::Rejected("too long".to_owned());
    flow.resume(id, no()).await?;
    let again = flow.resume(id, no()).await.expect_err("decided already");
    assert_eq!(again.into_value(), no());
    let rejected = running.fetch().await.expect("a result for each message")?;
    assert_eq!(rejected.payload, "rejected: All about krill (too long)");
    Ok(())
}

/// Protects the `else` node, which takes over with the draft after the minute.
#[tokio::test(start_paused = true)]
async fn what_nobody_decides_on_is_shelved() -> Result<(), FlowError> {
    let shelved = Press::flow().run("icebergs".to_owned()).await?;
    expect!["shelved: All about icebergs (node `await Approval` was given nothing within 60s)"]
        .assert_eq(&shelved);
    Ok(())
}

/// Protects what a human decides on: the text, its author, and the time there is.
#[tokio::test(start_paused = true)]
async fn a_draft_is_shown_with_all_that_a_decision_needs() -> Result<(), FlowError> {
    let flow = Press::flow().show_payloads();
    let mut parkings = flow.parkings();
    let running = flow.start();
    let message = Message::new("krill".to_owned()).tenant("Grace");
    running.emit(message).await?;
    let parked = parkings.next().await.expect("the flow is there");
    expect!["7  All about krill (for Grace, to be decided within 60s)"]
        .assert_eq(&decisions::shown(7, &parked.into()));
    Ok(())
}

/// Protects the desk from ending before the last draft is decided on.
#[tokio::test(start_paused = true)]
async fn the_desk_works_until_nothing_waits() -> Result<(), Box<dyn Error>> {
    let (sender, lines) = tokio::sync::mpsc::unbounded_channel();
    sender.send(Ok("approve 1".to_owned()))?;
    drop(sender);
    desk().await?.work(lines).await
}

#[test]
fn decisions_are_read_as_they_are_written() {
    let rejected = |why: &str| Approval::Rejected(why.to_owned());
    assert_eq!(
        decisions::decision("approve 1"),
        Some((1, Approval::Approved))
    );
    let long = decisions::decision(" reject 2  too long");
    assert_eq!(long, Some((2, rejected("too long"))));
    let why = decisions::decision("reject 2");
    assert_eq!(why, Some((2, rejected("no reason given"))));
    for line in ["approve", "approve one", "approve 1 please", "maybe 1"] {
        assert_eq!(decisions::decision(line), None, "{line}");
    }
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            draft[draft]
            await_Approval("await Approval")
            shelve[shelve]
            publish[publish]
            Rookery([Rookery])
            OpenSea -->|String| draft
            await_Approval -.->|else| shelve
            draft -->|Draft| await_Approval
            await_Approval -->|"(Draft, Approval)"| publish
            shelve -->|"(Draft, Approval)"| publish
            publish -->|String| Rookery
    "#]]
    .assert_eq(&Press::flow().graph().to_mermaid());
}
