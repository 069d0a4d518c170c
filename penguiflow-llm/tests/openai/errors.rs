//! A server that misbehaves: each way ends in one clear error, which knows whether it is retried.

use std::time::Duration;

use expect_test::{Expect, expect};
use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;

use crate::server::{Act, DONE, Server, end, finish, head, piece, refusal, text, usage};

/// Asks for a text, and shows the answer or the error with its verdict.
async fn check(acts: Vec<Act>, expect: Expect) {
    let server = Server::always(acts).await;
    let model = OpenAi::at(server.address(), "m").idle(Duration::from_millis(300));
    let test = Ctx::for_test();
    let asked = model.complete(&test.build(), "hi").await;
    let shown = match asked {
        Ok(text) => format!("answer: {text}"),
        Err(error) => format!("{error}\n{:?}", error.retry()),
    };
    expect.assert_eq(&format!("{shown}\n{} tokens", test.spent_tokens()));
    // Its connections are closed with it.
    drop(model);
    server.is_left().await;
}

#[tokio::test]
async fn an_answer_may_come_in_any_pieces() {
    let all = text("to ") + &text("be") + &finish("stop") + &usage(5, 2) + DONE;
    let mut acts = vec![head()];
    acts.extend(all.chars().map(|char| piece(&char.to_string())));
    acts.push(end());
    check(
        acts,
        expect![[r#"
            answer: to be
            7 tokens"#]],
    )
    .await;
}

#[tokio::test]
async fn a_silent_server_is_left() {
    check(
        vec![Act::Hang],
        expect![[r#"
        the server sent nothing for 300ms
        Backoff
        0 tokens"#]],
    )
    .await;
    check(
        vec![head(), Act::Hang],
        expect![[r#"
        the server sent nothing for 300ms
        Backoff
        0 tokens"#]],
    )
    .await;
    check(
        vec![head(), piece(&text("to ")), Act::Hang],
        expect![[r#"
        the server sent nothing for 300ms
        Backoff
        6 tokens"#]],
    )
    .await;
}

#[tokio::test]
async fn a_slow_server_is_waited_for() {
    let pause = || Act::Wait(Duration::from_millis(120));
    let words = ["to ", "be ", "or"].map(|word| [pause(), piece(&text(word))]);
    let mut acts = vec![head()];
    acts.extend(words.into_iter().flatten());
    acts.extend([piece(&finish("stop")), piece(DONE), end()]);
    check(
        acts,
        expect![[r#"
        answer: to be or
        8 tokens"#]],
    )
    .await;
}

#[tokio::test]
async fn an_answer_that_is_cut_is_broken() {
    check(vec![Act::Close], expect![[r#"
        no connection to the server: error sending request: client error (SendRequest): connection closed before message completed
        Backoff
        0 tokens"#]]).await;
    check(vec![head(), Act::Close], expect![[r#"
        the answer is broken: the connection was lost: error decoding response body: error reading a body from connection: unexpected EOF during chunk size line
        Backoff
        0 tokens"#]]).await;
    check(vec![head(), piece(&text("to ")), Act::Close], expect![[r#"
        the answer is broken: the connection was lost: error decoding response body: error reading a body from connection: unexpected EOF during chunk size line
        Backoff
        6 tokens"#]]).await;
    check(
        vec![head(), piece(&text("to ")), end()],
        expect![[r#"
        the answer is broken: the response ended before the answer's end
        Backoff
        6 tokens"#]],
    )
    .await;
    check(
        vec![head(), piece("data: {\"choices\": [{\"del"), end()],
        expect![[r#"
            the answer is broken: what the server sent is no completion: EOF while parsing a string at line 1 column 18
            Backoff
            0 tokens"#]],
    )
    .await;
    let nonsense = vec![
        head(),
        piece("data: {\"choices\": 3}\n\n"),
        piece(DONE),
        end(),
    ];
    check(nonsense, expect![[r#"
        the answer is broken: what the server sent is no completion: invalid type: integer `3`, expected a sequence at line 1 column 13
        Backoff
        0 tokens"#]]).await;
    let nonsense = vec![head(), piece("data: not JSON\n\n"), piece(DONE), end()];
    check(nonsense, expect![[r#"
        the answer is broken: what the server sent is no completion: expected ident at line 1 column 2
        Backoff
        0 tokens"#]]).await;
    let html = vec![head(), piece("<html>"), end()];
    check(
        html,
        expect![[r#"
        the answer is broken: the response ended within an event
        Backoff
        0 tokens"#]],
    )
    .await;
}

#[tokio::test]
async fn what_comes_after_the_end_does_not_matter() {
    let answer = || vec![head(), piece(&text("to be")), piece(&finish("stop"))];
    let with = |acts: Vec<Act>| answer().into_iter().chain(acts).collect();
    check(
        with(vec![Act::Close]),
        expect![[r#"
        answer: to be
        7 tokens"#]],
    )
    .await;
    check(
        with(vec![Act::Hang]),
        expect![[r#"
        answer: to be
        7 tokens"#]],
    )
    .await;
    check(
        with(vec![piece("data: nonsense\n\n"), end()]),
        expect![[r#"
        answer: to be
        7 tokens"#]],
    )
    .await;
    let done = vec![head(), piece(&text("to be")), piece(DONE), end()];
    check(
        done,
        expect![[r#"
        answer: to be
        7 tokens"#]],
    )
    .await;
}

#[tokio::test]
async fn an_answer_that_is_none_is_told_apart() {
    let ends = |reason: &str| {
        vec![
            head(),
            piece(&text("to")),
            piece(&finish(reason)),
            piece(DONE),
            end(),
        ]
    };
    check(
        ends("length"),
        expect![[r#"
        the answer was cut at the model's own limit of tokens
        Never
        6 tokens"#]],
    )
    .await;
    check(
        ends("content_filter"),
        expect![[r#"
        the server withheld the answer for its content
        Never
        6 tokens"#]],
    )
    .await;
    check(
        ends("tool_calls"),
        expect![[r#"
        answer: to
        6 tokens"#]],
    )
    .await;
}

#[tokio::test]
async fn a_status_decides() {
    let body = |said: &str| format!("{{\"error\": {{\"message\": \"{said}\"}}}}");
    let busy = refusal(
        "429 Too Many Requests",
        "retry-after: 7\r\n",
        &body("slow down"),
    );
    check(
        busy,
        expect![[r#"
        the server takes no more requests for now (429): slow down
        After(7s)
        0 tokens"#]],
    )
    .await;
    let dates =
        "date: Mon, 30 Nov 2026 21:00:00 GMT\r\nretry-after: Mon, 30 Nov 2026 21:01:00 GMT\r\n";
    check(
        refusal("503 Service Unavailable", dates, &body("later")),
        expect![[r#"
            the server failed (503): later
            After(60s)
            0 tokens"#]],
    )
    .await;
    check(
        refusal("500 Internal Server Error", "", ""),
        expect![[r#"
        the server failed (500): it does not say why
        Backoff
        0 tokens"#]],
    )
    .await;
    check(
        refusal("408 Request Timeout", "", "{}"),
        expect![[r#"
            the server failed (408): it does not say why
            Backoff
            0 tokens"#]],
    )
    .await;
    check(
        refusal("400 Bad Request", "", &body("what?")),
        expect![[r#"
        the server refuses the request (400): what?
        Never
        0 tokens"#]],
    )
    .await;
    check(
        refusal("413 Content Too Large", "", &body("too big")),
        expect![[r#"
            the messages are too long for the model: too big
            Never
            0 tokens"#]],
    )
    .await;
    check(
        refusal(
            "307 Temporary Redirect",
            "location: http://127.0.0.1:1/\r\n",
            "",
        ),
        expect![[r#"
            the server refuses the request (307): it leads elsewhere; set the address that it leads to
            Never
            0 tokens"#]],
    )
    .await;
    let half = b"HTTP/1.1 500 Oh\r\ncontent-length: 900\r\n\r\n{\"error".to_vec();
    check(
        vec![Act::Send(half), Act::Hang],
        expect![[r#"
        the server failed (500): it does not say why
        Backoff
        0 tokens"#]],
    )
    .await;
    let noise = b"SSH-2.0-OpenSSH_9.9\r\n".to_vec();
    check(vec![Act::Send(noise), Act::Close], expect![[r#"
        no connection to the server: error sending request: client error (SendRequest): invalid HTTP version parsed
        Backoff
        0 tokens"#]]).await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_no_connection() {
    let server = Server::always(vec![]).await;
    let model = OpenAi::at(server.address(), "m");
    let port = server.address().to_owned();
    drop(server);
    let ctx = Ctx::for_test().build();
    let error = model
        .complete(&ctx, "hi")
        .await
        .expect_err("nobody is there");
    assert!(
        matches!(error, ModelError::Connection { .. }),
        "{error} at {port}"
    );
    assert_eq!(error.retry(), Retry::Backoff);
}

#[tokio::test]
async fn a_server_is_left_when_nobody_waits_for_it() {
    let server = Server::always(vec![head(), piece(&text("to ")), Act::Hang]).await;
    let model = OpenAi::at(server.address(), "m");
    let ctx = Ctx::for_test().build();
    let asked = model.complete(&ctx, "hi").into_future();
    let cut = tokio::time::timeout(Duration::from_millis(200), asked).await;
    assert!(cut.is_err(), "it hangs");
    server.is_left().await;
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::always(crate::server::answer("hi")).await;
    let model = OpenAi::at(server.address(), "m");
    let ctx = Ctx::for_test().build();
    for _ in 0..10 {
        model.complete(&ctx, "hi").await.expect("an answer");
    }
    assert_eq!(server.connections(), 1);
}
