//! Refusals: what ends without an answer, and how the client learns of it.

use expect_test::{Expect, expect};
use hyper::StatusCode;

use super::*;
use crate::client::{Headers, Reply};
use crate::nodes::large;

/// The status, when to try again, and the reason.
fn check(reply: &Reply, expected: Expect) {
    let wait = reply.retry_after.as_ref();
    let wait = wait.map(|wait| format!(", again after {wait} s"));
    let (status, wait) = (reply.status, wait.unwrap_or_default());
    expected.assert_eq(&format!("{status}{wait}: {}", reply.body["detail"]));
}

async fn refused(question: &str, headers: Headers<'_>, expected: Expect) -> Done {
    let subject = Subject::start().await?;
    check(&subject.client.ask(question, headers).await?, expected);
    Ok(())
}

#[tokio::test]
async fn a_deadline_in_a_header_cuts_the_trace() -> Done {
    let subject = Subject::start().await?;
    let (question, headers) = (
        "What is a playbook? #hold",
        [("x-request-timeout", "100ms")],
    );
    let reply = subject.client.ask(question, &headers).await?;
    // Its text names the node that the trace had come to.
    assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT, "{reply:?}");
    assert_eq!(subject.stop().await?.failed, 1);
    Ok(())
}

#[tokio::test]
async fn a_deadline_that_is_no_number_is_refused() -> Done {
    refused(
        "Hello!",
        &[("x-request-timeout", "soon")],
        expect![[r#"400 Bad Request: "the header `x-request-timeout` is seconds such as `30` or `0.5`, or `500ms`, `30s`, `2m`""#]],
    )
    .await
}

#[tokio::test]
async fn a_question_that_nothing_is_known_about_is_not_found() -> Done {
    refused(
        "Xyzzy?",
        &[],
        expect![[r#"404 Not Found: "the handbook has no word of the question""#]],
    )
    .await
}

#[tokio::test]
async fn what_the_large_model_refuses_the_small_one_is_not_asked() -> Done {
    refused(
        "What is a playbook? #refuse",
        &[],
        expect![[r#"502 Bad Gateway: "node `large` failed""#]],
    )
    .await
}

#[tokio::test]
async fn models_that_are_busy_have_the_client_try_again() -> Done {
    // The node itself waits no longer than this.
    let soon = Duration::from_millis(1);
    let change = |flow: Flow<_, _>| flow.policy::<large>(|policy| policy.after_max(soon));
    let subject = Subject::start_with(change, LONG).await?;
    let reply = subject
        .client
        .ask("What is a playbook? #outage", &[])
        .await?;
    check(
        &reply,
        expect![[r#"503 Service Unavailable, again after 1 s: "node `small` failed""#]],
    );
    Ok(())
}

#[tokio::test]
async fn an_answer_that_costs_too_much_is_refused() -> Done {
    let subject = Subject::start_with(|flow| flow.tokens(10), LONG).await?;
    let reply = subject.client.ask("What is a playbook?", &[]).await?;
    check(
        &reply,
        expect![[r#"429 Too Many Requests: "the trace has used up its budget""#]],
    );
    Ok(())
}

#[tokio::test]
async fn a_flow_that_is_full_refuses_at_once() -> Done {
    let subject = Subject::start_with(|flow| flow.capacity(1), LONG).await?;
    let client = subject.client.clone();
    let first = tokio::spawn(async move { client.ask("What is a playbook? #hold", &[]).await });
    subject.model.has_held(1).await;
    check(
        &subject.client.ask("Hello!", &[]).await?,
        expect![[
            r#"503 Service Unavailable, again after 1 s: "the flow has as many traces in flight as it has capacity for""#
        ]],
    );
    subject.model.release();
    assert_eq!(first.await??.status, StatusCode::OK);
    let ledger = subject.stop().await?;
    assert_eq!((ledger.emitted, ledger.completed), (1, 1));
    Ok(())
}

async fn is_cancelled_where_the_client_hangs_up(path: &str) -> Done {
    let body = r##"{"question": "What is a playbook? #hold"}"##;
    let request = &format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut subject = Subject::start().await?;
    subject.hangs_up(request).await?;
    let ledger = subject.stop().await?;
    assert_eq!((ledger.emitted, ledger.cancelled), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_its_trace() -> Done {
    is_cancelled_where_the_client_hangs_up("/support/run").await
}

#[tokio::test]
async fn a_client_that_hangs_up_on_a_stream_cancels_its_trace() -> Done {
    is_cancelled_where_the_client_hangs_up("/support/stream").await
}
