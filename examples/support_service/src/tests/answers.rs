//! Answers, also of models that fail, and as streams.

use std::time::Duration;

use expect_test::{Expect, expect};
use hyper::StatusCode;
use serde_json::{Value, json};

use super::*;
use crate::nodes::large;

/// Who answers.
async fn by(subject: &Subject, question: &str) -> Result<String, Failure> {
    let reply = subject.client.ask(question, &[]).await?;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let text = reply.body["text"].as_str().unwrap_or_default();
    assert!(text.contains(question), "{text}");
    Ok(reply.body["by"].to_string())
}

#[tokio::test]
async fn a_question_is_answered_with_its_sources() -> Done {
    let subject = Subject::start().await?;
    let reply = subject
        .client
        .ask("How are retries configured?", &[])
        .await?;
    assert_eq!((reply.status, reply.retry_after), (StatusCode::OK, None));
    assert_eq!(reply.body["by"], "large");
    assert_eq!(reply.body["sources"], json!(["guide.md:2"]));
    let reply = subject.client.ask("What is a playbook?", &[]).await?;
    assert_eq!(reply.body["sources"], json!(["guide.md:8"]));
    Ok(())
}

#[tokio::test]
async fn small_talk_needs_no_model() -> Done {
    let mut subject = Subject::start().await?;
    let reply = subject.client.ask("Hello!", &[]).await?;
    assert_eq!(reply.body["by"], "nobody");
    subject.next(EventKind::NodeSuccess, "chat").await?;
    assert_eq!(subject.stop().await?.completed, 1);
    Ok(())
}

#[tokio::test]
async fn a_model_that_is_busy_is_asked_again_when_it_wants_to_be() -> Done {
    // No longer than this, whatever it wants.
    let soon = Duration::from_millis(1);
    let change = |flow: Flow<_, _>| flow.policy::<large>(|policy| policy.after_max(soon));
    let mut subject = Subject::start_with(change, LONG).await?;
    assert_eq!(
        by(&subject, "What is a playbook? #busy").await?,
        "\"large\""
    );
    let retry = subject.next(EventKind::NodeRetry, "large").await?;
    assert_eq!(retry.sleep_ms, Some(1.0));
    Ok(())
}

#[tokio::test]
async fn the_small_model_answers_where_the_large_one_fails() -> Done {
    let subject = Subject::start().await?;
    assert_eq!(
        by(&subject, "What is a playbook? #down").await?,
        "\"small\""
    );
    Ok(())
}

#[tokio::test]
async fn the_small_model_answers_where_the_large_one_falls_silent() -> Done {
    let silence = Duration::from_millis(50);
    let change = |flow: Flow<_, _>| flow.policy::<large>(|policy| policy.idle(silence));
    let mut subject = Subject::start_with(change, LONG).await?;
    assert_eq!(
        by(&subject, "What is a playbook? #silent").await?,
        "\"small\""
    );
    let failed = subject.next(EventKind::NodeFailed, "large").await?;
    assert_eq!(failed.error.as_deref(), Some("was silent for 50ms"));
    Ok(())
}

/// What a page shows of a stream, an event on each line, the words of an answer together.
async fn check(question: &str, expected: Expect) -> Done {
    let subject = Subject::start().await?;
    let mut events = subject.client.stream(question, &[]).await?;
    let mut page = String::new();
    while let Some(event) = events.next().await? {
        let data: Value = serde_json::from_str(&event.data)?;
        let text = data["text"].as_str().unwrap_or_default();
        page += &match (&*event.name, data["end"].as_str()) {
            ("chunk", None) => text.to_owned(),
            ("chunk", Some(end)) => format!("[{end}]\n"),
            ("output", _) => format!("[output] {text}\n"),
            ("error", _) => format!("[error] {}\n", data["detail"]),
            (name, _) => format!("[{name}] {data}\n"),
        };
    }
    expected.assert_eq(&page);
    Ok(())
}

#[tokio::test]
async fn what_came_of_a_stream_that_broke_off_is_void() -> Done {
    check(
        "What is a playbook? #break",
        expect![[r#"
            You asked: What [failed]
            You asked: What is a playbook? #break The handbook says: A playbook is a flow that is a node of another one.[complete]
            [output] You asked: What is a playbook? #break The handbook says: A playbook is a flow that is a node of another one.
            [end] {"outcome":"completed"}
        "#]],
    )
    .await
}

#[tokio::test]
async fn a_stream_ends_with_the_reason_why_there_is_no_answer() -> Done {
    check(
        "What is a playbook? #refuse",
        expect![[r#"
        [error] "node `large` failed"
        [end] {"outcome":"failed"}
    "#]],
    )
    .await
}

#[tokio::test]
async fn a_trace_goes_on_under_its_callers_id() -> Done {
    let mut subject = Subject::start().await?;
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{id}-00f067aa0ba902b7-01");
    subject
        .client
        .ask("Hello!", &[("traceparent", &parent)])
        .await?;
    let visit = subject.next(EventKind::NodeSuccess, "chat").await?;
    assert_eq!(visit.trace_id.to_string(), id);
    Ok(())
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            triage[triage]
            chat[chat]
            plan[plan]
            explanations[explanations]
            samples[samples]
            join{{join}}
            compose[compose]
            large[large]
            small[small]
            join2{{join2}}
            cite[cite]
            Rookery([Rookery])
            OpenSea -->|Question| triage
            plan -->|Search| explanations
            plan -->|Search| samples
            plan -->|Search| join
            explanations -->|"Vec&lt;Passage&gt;"| join
            samples -->|"Vec&lt;Passage&gt;"| join
            join -->|"(Vec&lt;Passage&gt;, Vec&lt;Passage&gt;, Search)"| compose
            large -.->|else| small
            compose -->|Prompt| large
            compose -->|Prompt| join2
            large -->|Draft| join2
            small -->|Draft| join2
            join2 -->|"(Draft, Prompt)"| cite
            triage -->|"Topic::SmallTalk(question)"| chat
            triage -->|"Topic::HowTo(question)"| plan
            chat -->|Answer| Rookery
            cite -->|Answer| Rookery
    "#]]
    .assert_eq(&Support::flow().graph().to_mermaid());
}
