//! The flow over a folder of the test's own.

use std::error::Error;
use std::fs;

use expect_test::expect;
use tempfile::tempdir;

use super::*;

const GUIDE: &str = "\
# Retries
A failed attempt is tried again.
# Timeouts
An attempt is cut after a while.
";

fn index() -> Result<Index, Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.md"), GUIDE)?;
    Ok(Index::of(folder.path())?)
}

/// Protects the main job: the passage that answers, in a prompt for the message's tenant.
#[tokio::test]
async fn a_question_becomes_a_prompt() -> Result<(), Box<dyn Error>> {
    let question = Question("how are retries configured?".into());
    let flow = Support::flow().with_state(index()?);
    let prompt = flow.run(Message::new(question).tenant("acme")).await?;
    let places: Vec<_> = prompt
        .sources
        .iter()
        .map(|hit| hit.passage.place())
        .collect();
    assert_eq!(places, ["guide.md:2"]);
    expect![[r#"
        You answer for acme. Topic: how-to. Answer in steps, with code. Use these passages alone, and name the ones that you used.

        [1] guide.md:2
        A failed attempt is tried again.

        Question: how are retries configured?"#]]
    .assert_eq(&prompt.text);
    Ok(())
}

/// Protects fault b13 of the original: its quickstart dropped the message and hung.
#[tokio::test]
async fn a_question_without_an_answer_says_so() -> Result<(), Box<dyn Error>> {
    let flow = Support::flow().with_state(index()?);
    let error = flow.run(Question("volcanoes?".into())).await;
    let error = error.expect_err("the guide has no volcano");
    assert_eq!((error.node(), error.attempts()), (Some("retrieve"), 1));
    assert_eq!(
        error.to_string(),
        "node `retrieve` failed: no passage has a word of \"volcanoes?\": \
         ask in other words, or search another folder"
    );
    Ok(())
}

/// Protects the header that triage writes, and nodes as plain functions.
#[tokio::test]
async fn the_topic_travels_in_the_headers() {
    for (question, topic) in [
        ("Why does it wait?", "reasons"),
        ("What is a hop?", "concepts"),
        ("What does this ERROR mean?", "troubleshooting"),
        ("How do I retry?", "how-to"),
        ("Showcase", "general"),
    ] {
        let triaged = triage(Message::new(Question(question.into()))).await;
        assert_eq!(triaged.headers.topic.as_deref(), Some(topic), "{question}");
    }
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            triage[triage]
            retrieve[retrieve]
            pack[pack]
            Rookery([Rookery])
            OpenSea -->|Question| triage
            triage -->|Triaged| retrieve
            retrieve -->|Docs| pack
            pack -->|Prompt| Rookery
    "#]]
    .assert_eq(&Support::flow().graph().to_mermaid());
}
