//! What the client sends.

use expect_test::{Expect, expect};
use penguiflow::prelude::*;
use penguiflow_llm::Dialect;
use penguiflow_llm::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::server::{Server, answer};

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
enum Action {
    Search { query: String, limit: Option<u8> },
    GiveUp,
}

async fn check(set: impl Fn(OpenAi) -> OpenAi, reply: &str, expect: Expect) {
    let server = Server::always(answer(reply)).await;
    let model = set(OpenAi::at(server.address(), "m"));
    let ctx = Ctx::for_test().build();
    let chat = Chat::system("Be brief.").user("What next?");
    let asked = model
        .ask::<Action>(&ctx, chat)
        .max_tokens(100)
        .temperature(0.5);
    let action = asked.stop("END").seed(7).await.expect("an answer");
    assert_eq!(action, Action::GiveUp);
    let received = server.received().remove(0);
    assert!(
        received
            .head
            .starts_with("post /v1/chat/completions http/1.1\r\n")
    );
    expect.assert_eq(&received.body);
}

#[tokio::test]
async fn each_dialect_has_its_shape() {
    let dialect = |dialect| move |model: OpenAi| model.dialect(dialect);
    check(
        dialect(Dialect::OpenAi),
        r#"{"answer": "GiveUp"}"#,
        expect![[r#"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What next?"}],"stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":100,"temperature":0.5,"stop":["END"],"seed":7,"response_format":{"type":"json_schema","json_schema":{"name":"Action","strict":true,"schema":{"additionalProperties":false,"properties":{"answer":{"anyOf":[{"enum":["GiveUp"],"type":"string"},{"additionalProperties":false,"properties":{"Search":{"additionalProperties":false,"properties":{"query":{"type":"string"},"limit":{"maximum":255,"minimum":0,"type":["integer","null"]}},"required":["query","limit"],"type":"object"}},"required":["Search"],"type":"object"}]}},"required":["answer"],"type":"object"}}}}"#]],
    )
    .await;
    check(dialect(Dialect::Grammar), r#""GiveUp""#, expect![[r#"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What next?"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":100,"temperature":0.5,"stop":["END"],"seed":7,"response_format":{"type":"json_schema","json_schema":{"name":"Action","strict":true,"schema":{"anyOf":[{"enum":["GiveUp"],"type":"string"},{"additionalProperties":false,"properties":{"Search":{"properties":{"query":{"type":"string"},"limit":{"format":"uint8","maximum":255,"minimum":0,"type":["integer","null"]}},"required":["query"],"type":"object"}},"required":["Search"],"type":"object"}]}}}}"#]]).await;
    check(dialect(Dialect::OneOf), r#""GiveUp""#, expect![[r#"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What next?"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":100,"temperature":0.5,"stop":["END"],"seed":7,"response_format":{"type":"json_schema","json_schema":{"name":"Action","strict":true,"schema":{"oneOf":[{"enum":["GiveUp"],"type":"string"},{"additionalProperties":false,"properties":{"Search":{"properties":{"query":{"type":"string"},"limit":{"format":"uint8","maximum":255,"minimum":0,"type":["integer","null"]}},"required":["query"],"type":"object"}},"required":["Search"],"type":"object"}]}}}}"#]]).await;
    check(
        dialect(Dialect::JsonObject),
        r#"{"answer": "GiveUp"}"#,
        expect![[r#"{"model":"m","messages":[{"role":"system","content":"Be brief.\n\nAnswer with nothing but JSON that fits this schema: {\"additionalProperties\":false,\"properties\":{\"answer\":{\"oneOf\":[{\"enum\":[\"GiveUp\"],\"type\":\"string\"},{\"additionalProperties\":false,\"properties\":{\"Search\":{\"properties\":{\"query\":{\"type\":\"string\"},\"limit\":{\"format\":\"uint8\",\"maximum\":255,\"minimum\":0,\"type\":[\"integer\",\"null\"]}},\"required\":[\"query\"],\"type\":\"object\"}},\"required\":[\"Search\"],\"type\":\"object\"}]}},\"required\":[\"answer\"],\"type\":\"object\"}"},{"role":"user","content":"What next?"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":100,"temperature":0.5,"stop":["END"],"seed":7,"response_format":{"type":"json_object"}}"#]],
    )
    .await;
    let prompt = |model: OpenAi| {
        let model = model.dialect(Dialect::Prompt);
        model
            .parameter("reasoning_effort", "low")
            .parameter("top_k", 3)
    };
    check(prompt, r#""GiveUp""#, expect![[r#"{"model":"m","messages":[{"role":"system","content":"Be brief.\n\nAnswer with nothing but JSON that fits this schema: {\"oneOf\":[{\"enum\":[\"GiveUp\"],\"type\":\"string\"},{\"additionalProperties\":false,\"properties\":{\"Search\":{\"properties\":{\"query\":{\"type\":\"string\"},\"limit\":{\"format\":\"uint8\",\"maximum\":255,\"minimum\":0,\"type\":[\"integer\",\"null\"]}},\"required\":[\"query\"],\"type\":\"object\"}},\"required\":[\"Search\"],\"type\":\"object\"}]}"},{"role":"user","content":"What next?"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":100,"temperature":0.5,"stop":["END"],"seed":7,"reasoning_effort":"low","top_k":3}"#]]).await;
}

#[tokio::test]
async fn a_key_is_sent_and_shown_nowhere() {
    const KEY: &str = "a-key-that-nobody-sees";
    let body = format!(r#"{{"error": {{"message": "{KEY} is no key of ours, {KEY}-2 neither"}}}}"#);
    let server = Server::always(crate::server::refusal("401 Unauthorized", "", &body)).await;
    let url = server.address().replace("//", "//user:word@") + "?token=swordfish";
    let model = OpenAi::at(&url, "m")
        .key(KEY)
        .header("x-key", "another-key");
    let error = model
        .complete(&Ctx::for_test().build(), "hi")
        .await
        .expect_err("refused");
    let shown = format!("{model:?} {error} {error:?}");
    expect!["the server refuses the request (401): … is no key of ours, …-2 neither"]
        .assert_eq(&error.to_string());
    for secret in [KEY, "another-key", "word@", "swordfish"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let head = &server.received()[0].head;
    assert!(
        head.contains(&format!("\r\nauthorization: bearer {KEY}")),
        "{head}"
    );
    assert!(head.contains("\r\nx-key: another-key"), "{head}");
    assert!(
        head.starts_with("post /v1/chat/completions?token=swordfish "),
        "{head}"
    );
}

#[tokio::test]
async fn settings_that_cannot_be_are_errors_of_the_first_question() {
    let ctx = Ctx::for_test().build();
    let said = async |model: OpenAi| {
        let error = model.complete(&ctx, "hi").await.expect_err("no client");
        assert_eq!(error.retry(), Retry::Never);
        error.to_string()
    };
    let at = |url| OpenAi::at(url, "m");
    expect!["the model's client cannot be made: the address cannot be read: it is like `http://localhost:8000/v1`"].assert_eq(&said(at("localhost:8000")).await);
    expect!["the model's client cannot be made: the address cannot be read: it is like `http://localhost:8000/v1`"].assert_eq(&said(at("")).await);
    expect!["the model's client cannot be made: the key has characters that no key has"]
        .assert_eq(&said(at("http://localhost:1/v1").key("a\nb")).await);
    expect!["the model's client cannot be made: the header `a b` cannot be sent"]
        .assert_eq(&said(at("http://localhost:1/v1").header("a b", "c")).await);
}
