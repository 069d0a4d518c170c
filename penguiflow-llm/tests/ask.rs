//! What a node gets of a model, whatever the model does.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use penguiflow_llm::{AnswerSchema, Finish};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
enum Action {
    Search { query: String, limit: u8 },
    Finish { answer: String },
    GiveUp,
}

fn search() -> Action {
    Action::Search {
        query: "fish".to_owned(),
        limit: 3,
    }
}

async fn ask(model: &FakeModel) -> Result<Action, ModelError> {
    model.ask(&Ctx::for_test().build(), "What next?").await
}

#[tokio::test]
async fn an_answer_has_the_type_that_is_asked_for() {
    let model = FakeModel::answers([
        Reply::json(&search()),
        Reply::json(&Action::GiveUp),
        Reply::text("```json\n\"GiveUp\"\n```"),
        Reply::text("<think>hm {</think>\n{\"reply\": \"GiveUp\"}"),
    ]);
    assert_eq!(ask(&model).await, Ok(search()));
    for _ in 0..3 {
        assert_eq!(ask(&model).await, Ok(Action::GiveUp));
    }
    assert_eq!(
        model.requests()[0].schema,
        Some(AnswerSchema::of::<Action>())
    );
}

#[tokio::test]
async fn a_wrong_shape_is_shown_to_the_model_which_may_repair_it() {
    let wrong = r#"{"Search": {"query": "fish", "limit": 300}}"#;
    let model = FakeModel::answers([Reply::text(wrong), Reply::json(&search())]);
    let test = Ctx::for_test();
    let ctx = test.build();
    let asked = model.ask::<Action>(&ctx, "What next?").with_usage();
    let (action, usage) = asked.await.expect("the second answer fits");
    assert_eq!(action, search());
    expect_test::expect![[r#"
        user: What next?
        assistant: {"Search": {"query": "fish", "limit": 300}}
        user: That answer does not have the right shape: at `Search.limit`: invalid value: integer `300`, expected u8. Answer again, with nothing but JSON that fits the schema.
    "#]].assert_eq(&model.requests()[1].chat.to_string());
    let streams: Vec<_> = test
        .chunks()
        .into_iter()
        .map(|chunk| chunk.stream)
        .collect();
    assert_eq!(streams, ["", "repair-1"]);
    assert_eq!(test.spent_tokens(), usage.total());
}

#[tokio::test]
async fn repairs_are_bounded() {
    let model = FakeModel::rule(|_| "null");
    let error = ask(&model).await.expect_err("it never fits");
    expect_test::expect!["the model gave no answer of the right shape in 3 tries: invalid type: null, expected string or map"]
    .assert_eq(&error.to_string());
    assert_eq!(model.requests().len(), 3);
    assert_eq!(error.retry(), Retry::Never);
}

#[tokio::test]
async fn refusals_cuts_and_withheld_answers_are_told_apart() {
    let model = FakeModel::answers([
        Reply::refusal("I would rather not."),
        Reply::text("{\"Search").finish(Finish::Length),
        Reply::text("").finish(Finish::ContentFilter),
    ]);
    let ask = || async { ask(&model).await.expect_err("no answer") };
    let said = "I would rather not.".to_owned();
    assert_eq!(ask().await, ModelError::Refused { said });
    let cut = ModelError::CutByLength {
        text: "{\"Search".to_owned(),
        limit: None,
        is_budget: false,
    };
    assert_eq!(ask().await, cut);
    assert_eq!(ask().await, ModelError::Withheld);
    assert_eq!(model.requests().len(), 3, "none is asked again");
}

#[tokio::test]
async fn an_answer_has_at_most_the_tokens_that_are_left() {
    let model = FakeModel::rule(|_| Reply::text("word ".repeat(100)).without_usage());
    let test = Ctx::for_test().tokens(50);
    let error = model.complete(&test.build(), "Talk!").max_tokens(80).await;
    let error = error.expect_err("the answer is cut");
    expect_test::expect![
        "the answer was cut at 50 tokens, which were all that the trace had left of its budget"
    ]
    .assert_eq(&error.to_string());
    assert_eq!(model.requests()[0].max_tokens, Some(50));
    assert_eq!(
        test.spent_tokens(),
        50 + 6,
        "an estimate, since none is reported"
    );
    let error = model
        .complete(&test.build(), "Talk!")
        .await
        .expect_err("nothing is left");
    assert_eq!(error, ModelError::NoTokensLeft);
    assert_eq!(model.requests().len(), 1, "it is not asked");
}

#[tokio::test(start_paused = true)]
async fn what_was_streamed_is_spent_when_the_attempt_is_cut() {
    let slow = Reply::text("word ".repeat(8))
        .pieces(4)
        .slow(Duration::from_secs(1));
    let model = FakeModel::answers([slow]);
    let test = Ctx::for_test();
    let ctx = test.build();
    let asked = model.complete(&ctx, "Talk!").into_future();
    let cut = tokio::time::timeout(Duration::from_millis(2500), asked).await;
    cut.expect_err("it takes 4 seconds");
    assert_eq!(test.spent_tokens(), 6 + 2 * 3);
}

#[tokio::test]
async fn a_text_and_thoughts_go_to_their_streams() {
    let model = FakeModel::answers([Reply::text("to be").pieces(2).thinks("or not")]);
    let test = Ctx::for_test();
    let answer = model.complete(&test.build(), "?").stream("draft").await;
    assert_eq!(answer.as_deref(), Ok("to be"));
    let chunks = test.chunks();
    let chunks: Vec<_> = chunks.iter().map(|c| (&*c.stream, &*c.text)).collect();
    assert_eq!(
        chunks,
        [("thinking", "or not"), ("draft", "to "), ("draft", "be")]
    );
}

#[tokio::test]
async fn a_script_that_is_over_says_so() {
    let model = FakeModel::answers(["one"]);
    let ctx = Ctx::for_test().build();
    assert_eq!(
        model.complete(&ctx, "?").quiet().await.as_deref(),
        Ok("one")
    );
    let error = model
        .complete(&ctx, "?")
        .await
        .expect_err("no more replies");
    let text = "the fake model has 1 replies, but was asked 2 times";
    assert_eq!(error.to_string(), text);
}
