//! What ends the loop: rounds, tokens, and a model that reads no more.

use super::*;

/// A model that never finishes, but writes an answer when it is asked for a text.
fn circling() -> FakeModel {
    FakeModel::rule(|request| match request.schema {
        Some(_) => Reply::json(&search("retry")),
        None => Reply::text("It waits."),
    })
}

/// Protects the last answer: with the rounds used up, the model answers with what it knows.
#[tokio::test]
async fn a_hop_budget_ends_in_a_last_answer() -> Done {
    let model = circling();
    let bench = Bench::of(model.clone()).await?;
    let answer = bench.ask(Desk::Refuses, question().hops(2)).await?;
    assert_eq!((&*answer.text, answer.memory.steps.len()), ("It waits.", 2));
    assert_eq!(
        model.requests().len(),
        3,
        "two choices, and the last answer"
    );
    Ok(())
}

/// Protects the purse: no model is asked when the tokens do not suffice, and the facts are not lost.
#[tokio::test]
async fn a_token_budget_ends_in_what_was_found() -> Done {
    let model = circling();
    let bench = Bench::of(model.clone()).await?;
    let budget = 1_000;
    let flow = bench.flow.clone();
    let message = flow.run_message(question().tokens(budget)).await?;
    assert!(message.spent.tokens <= budget, "{:?}", message.spent);
    let answer = message.payload;
    let begin = "I had to stop. What I found:\n  1. search `retry`: guide.md:2";
    assert!(answer.text.starts_with(begin), "{}", answer.text);
    assert_eq!(answer.memory.steps.len(), model.requests().len());
    Ok(())
}

/// Protects long traces: messages that are too long for the model are shortened by the `else`.
#[tokio::test]
async fn messages_that_are_too_long_are_shortened() -> Done {
    let long = Reply::json(&calculate(&"1 + ".repeat(450)));
    let replies = [
        long.clone(),
        long.clone(),
        long,
        Reply::error(ModelError::ContextTooLong {
            said: "no more".to_owned(),
        }),
        Reply::error(ModelError::Connection {
            said: "lost".to_owned(),
        }),
        Reply::json(&finish("brief")),
    ];
    let model = FakeModel::answers(replies);
    let bench = Bench::of(model.clone()).await?;
    assert_eq!(bench.ask(Desk::Refuses, question()).await?.text, "brief");
    let requests = model.requests();
    let tokens: Vec<_> = requests
        .iter()
        .map(|request| request.chat.estimated_tokens())
        .collect();
    assert!(tokens[3] > 1_300 && tokens[4] <= 1_000, "{tokens:?}");
    assert_eq!(tokens[4], tokens[5], "it is asked again in the same way");
    Ok(())
}
