//! Answers in the shapes in which servers send them, kept in files beside the tests: what the client makes
//! of them. Those of llama.cpp, its thoughts apart, are what its server b11669 has answered with
//! SmolLM2-135M. The other shapes are those of the servers' documentation and issue trackers; ids and texts
//! are made up.

use expect_test::{Expect, expect};
use futures_util::StreamExt;
use penguiflow_llm::prelude::*;

use crate::server::{Act, Server};

/// Serves the file and shows the deltas, in the pieces in which they come and byte for byte.
async fn check(file: &str, expect: Expect) {
    let path = format!("tests/exchanges/{file}");
    let response = std::fs::read_to_string(&path).expect("the file is there");
    let (head, body) = response.split_once("\n\n").expect("a head and a body");
    let head = head.replace('\n', "\r\n") + "\r\nconnection: close\r\n\r\n";
    let mut shown = [const { String::new() }; 2];
    for (size, shown) in [usize::MAX, 1].into_iter().zip(&mut shown) {
        let mut acts = vec![Act::Send(head.clone().into_bytes())];
        let pieces = body.as_bytes().chunks(size.min(body.len()));
        acts.extend(pieces.map(|piece| Act::Send(piece.to_vec())));
        acts.push(Act::Close);
        let server = Server::always(acts).await;
        let model = OpenAi::at(server.address(), "m");
        let mut deltas = model.stream(Request::new("hi"));
        while let Some(delta) = deltas.next().await {
            *shown += &format!("{delta:?}\n");
        }
    }
    assert_eq!(shown[0], shown[1]);
    expect.assert_eq(&shown[0]);
}

#[tokio::test]
async fn openai_has_a_chunk_of_its_own_for_usage() {
    check(
        "openai_stream.http",
        expect![[r#"
        Ok(Text("{\"Finish\":"))
        Ok(Text("\"krill 🦐\"}"))
        Ok(Finish(Stop))
        Ok(Usage(Usage { input: 61, output: 14, is_estimated: false }))
    "#]],
    )
    .await;
}

#[tokio::test]
async fn openai_refuses_in_a_field_of_its_own() {
    check(
        "openai_refusal.http",
        expect![[r#"
        Ok(Refusal("I'm sorry, "))
        Ok(Refusal("I can't help with that."))
        Ok(Finish(Stop))
        Ok(Usage(Usage { input: 40, output: 11, is_estimated: false }))
    "#]],
    )
    .await;
}

#[tokio::test]
async fn ollama_repeats_the_role() {
    check(
        "ollama_stream.http",
        expect![[r#"
        Ok(Text("Hello"))
        Ok(Text("!"))
        Ok(Finish(Stop))
        Ok(Usage(Usage { input: 26, output: 3, is_estimated: false }))
    "#]],
    )
    .await;
}

#[tokio::test]
async fn llama_cpp_has_a_chunk_of_its_own_for_usage() {
    check(
        "llama_cpp_stream.http",
        expect![[r#"
        Ok(Text("{"))
        Ok(Text("\n "))
        Ok(Text(" \""))
        Ok(Text("F"))
        Ok(Text("i"))
        Ok(Text("ni"))
        Ok(Finish(Length))
        Ok(Usage(Usage { input: 32, output: 9, is_estimated: false }))
    "#]],
    )
    .await;
}

#[tokio::test]
async fn llama_cpp_may_have_usage_in_the_last_chunk_and_thoughts() {
    check(
        "llama_cpp_thoughts.http",
        expect![[r#"
        Ok(Thinking("Hm, "))
        Ok(Thinking("fish."))
        Ok(Text("Fish"))
        Ok(Finish(Length))
        Ok(Usage(Usage { input: 14, output: 11, is_estimated: false }))
    "#]],
    )
    .await;
}

#[tokio::test]
async fn vllm_leaves_fields_out_and_may_have_no_choices() {
    check(
        "vllm_stream.http",
        expect![[r#"
        Ok(Text("안"))
        Ok(Text("녕"))
        Ok(Finish(Stop))
        Ok(Usage(Usage { input: 9, output: 3, is_estimated: false }))
    "#]],
    )
    .await;
}

#[tokio::test]
async fn openrouter_keeps_the_connection_alive_and_fails_within_a_stream() {
    check(
        "openrouter_error_in_stream.http",
        expect![[r#"
        Ok(Text("Pen"))
        Err(ServerFailed { status: 502, wait: None, said: "Provider disconnected unexpectedly" })
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_server_that_does_not_stream_answers_at_once() {
    check(
        "whole_completion.http",
        expect![[r#"
        Ok(Text("Hello!"))
        Ok(Finish(Stop))
        Ok(Usage(Usage { input: 8, output: 2, is_estimated: false }))
    "#]],
    )
    .await;
}

#[tokio::test]
async fn servers_refuse_in_shapes_of_their_own() {
    check("openai_401.http", expect![[r#"
        Err(Rejected { status: 401, said: "Incorrect API key provided: sk-abc***xyz. You can find your API key at https://platform.openai.com/account/api-keys." })
    "#]]).await;
    check("openai_429_rate.http", expect![[r#"
        Err(Throttled { wait: Some(19.85s), said: "Rate limit reached for gpt-5-mini in organization org-1 on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s." })
    "#]]).await;
    check("openai_429_quota.http", expect![[r#"
        Err(Rejected { status: 429, said: "You exceeded your current quota, please check your plan and billing details." })
    "#]]).await;
    check("openai_400_context.http", expect![[r#"
        Err(ContextTooLong { said: "This model's maximum context length is 128000 tokens. However, your messages resulted in 204308 tokens. Please reduce the length of the messages." })
    "#]]).await;
    check("openai_400_schema.http", expect![[r#"
        Err(Rejected { status: 400, said: "Invalid schema for response_format 'Action': In context=(), 'additionalProperties' is required to be supplied and to be false." })
    "#]]).await;
    check("vllm_400_context.http", expect![[r#"
        Err(ContextTooLong { said: "This model's maximum context length is 32768 tokens. However, you requested 41648 tokens (37552 in the messages, 4096 in the completion). Please reduce the length of the messages or completion. None" })
    "#]]).await;
    check("llama_cpp_400_context.http", expect![[r#"
        Err(ContextTooLong { said: "request (4032 tokens) exceeds the available context size (2048 tokens), try increasing it" })
    "#]]).await;
    check("llama_cpp_400_schema.http", expect![[r#"
        Err(Rejected { status: 400, said: "Unable to generate parser for this template. Automatic parser generation failed: JSON schema error at #: unrecognized type nonsense" })
    "#]]).await;
    check(
        "llama_cpp_401.http",
        expect![[r#"
        Err(Rejected { status: 401, said: "Invalid API Key" })
    "#]],
    )
    .await;
    check(
        "llama_cpp_503_loading.http",
        expect![[r#"
        Err(ServerFailed { status: 503, wait: None, said: "Loading model" })
    "#]],
    )
    .await;
    check(
        "ollama_404_model.http",
        expect![[r#"
        Err(Rejected { status: 404, said: "model \"llama3.9\" not found, try pulling it first" })
    "#]],
    )
    .await;
    check(
        "mistral_429.http",
        expect![[r#"
        Err(Throttled { wait: None, said: "Rate limit exceeded" })
    "#]],
    )
    .await;
    check("fastapi_422.http", expect![[r#"
        Err(Rejected { status: 422, said: "{\"detail\":[{\"loc\":[\"body\",\"model\"],\"msg\":\"Field required\",\"type\":\"missing\"}]}" })
    "#]]).await;
    check("nginx_502.http", expect![[r#"
        Err(ServerFailed { status: 502, wait: Some(3s), said: "<html> <head><title>502 Bad Gateway</title></head> </html>" })
    "#]]).await;
    check("web_page_200.http", expect![[r#"
        Err(Rejected { status: 200, said: "it answers with a web page; is the address that of a model?" })
    "#]]).await;
}
