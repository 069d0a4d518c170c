//! The flow against the real server, in real time: a paused clock would run ahead of sockets.

use expect_test::{Expect, expect};

use super::*;

/// Who answered, and why the others did not.
async fn check(mood: Mood, question: &str, expected: Expect) -> Result<(), Box<dyn Error>> {
    let index = Index::of(env!("CARGO_MANIFEST_DIR").to_owned() + "/../../docs")?;
    let (answer, failures) = ask(index, mood, question.to_owned()).await?;
    let end = match answer {
        Ok(Answer { by, text }) => {
            let first = text.lines().next().unwrap_or_default();
            let place = first.split(':').next().unwrap_or_default();
            format!("{by} answered: {place}")
        }
        Err(error) => error.to_string(),
    };
    let told = failures.into_iter().chain([end]);
    expected.assert_eq(&told.collect::<Vec<_>>().join("\n"));
    Ok(())
}

const QUESTION: &str = "how are retries configured?";

#[tokio::test]
async fn the_first_that_answers_is_the_only_one_asked() -> Result<(), Box<dyn Error>> {
    let expected = expect![[r#"large answered: a large answer to "how are retries configured?""#]];
    check(Mood::Answers, QUESTION, expected).await
}

#[tokio::test]
async fn errors_and_timeouts_lead_to_the_last() -> Result<(), Box<dyn Error>> {
    check(
        Mood::Overloaded,
        QUESTION,
        expect![[r#"
        large did not answer: the server answered 503 Service Unavailable
        small did not answer: took longer than 200ms
        offline answered: reliability.md"#]],
    )
    .await?;
    check(
        Mood::Silent,
        QUESTION,
        expect![[r#"
        large did not answer: took longer than 400ms
        small did not answer: took longer than 200ms
        offline answered: reliability.md"#]],
    )
    .await?;
    check(
        Mood::HangsUp,
        QUESTION,
        expect![[r#"
            large did not answer: the server cannot be called: client error (SendRequest): connection closed before message completed
            small did not answer: took longer than 200ms
            offline answered: reliability.md"#]],
    )
    .await
}

#[tokio::test]
async fn where_all_fail_the_last_ones_error_is_told() -> Result<(), Box<dyn Error>> {
    check(Mood::Overloaded, "xyzzy", expect![[r#"
        large did not answer: the server answered 503 Service Unavailable
        small did not answer: took longer than 200ms
        offline did not answer: no passage has a word of "xyzzy": ask in other words, or search another folder
        node `offline` failed: no passage has a word of "xyzzy": ask in other words, or search another folder"#]]).await
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            large[large]
            small[small]
            offline[offline]
            Rookery([Rookery])
            OpenSea -->|Question| large
            large -.->|else| small
            small -.->|else| offline
            large -->|Answer| Rookery
            small -->|Answer| Rookery
            offline -->|Answer| Rookery
    "#]]
    .assert_eq(&Ask::flow().graph().to_mermaid());
}

/// The server's small model never answers; here it does.
#[tokio::test]
async fn the_small_model_answers_for_one_that_panics() -> Result<(), Box<dyn Error>> {
    let index = Index::of(env!("CARGO_MANIFEST_DIR").to_owned() + "/../../docs")?;
    let flow = Ask::flow()
        .with_state(App::new(index, server::start(Mood::Answers).await?))
        .script::<large>(|node| node.panics("out of memory"))
        .stub::<small>(|_: &Question| async {
            Ok(Answer {
                by: "small",
                text: String::new(),
            })
        });
    assert_eq!(flow.run(Question(QUESTION.to_owned())).await?.by, "small");
    Ok(())
}
