//! The loop over a folder of the test's own.

use expect_test::expect;
use std::fs;
use tempfile::tempdir;

use super::*;
use handbook::calculator::{evaluate, sums};

const GUIDE: &str = "\
# Retries
A retry waits, but not beyond the deadline.
# Deadlines
A deadline cuts.
# Loops
A loop goes round.
";

type Done = Result<(), Box<dyn Error>>;

/// Asks the guide by this model, and gives the hops and how the trace ended.
async fn ask_by(
    model: Model,
    question: impl Into<Message<Question>>,
) -> Result<String, Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.md"), GUIDE)?;
    let index = Index::of(folder.path())?;
    let (log, hops) = mpsc::channel();
    let log = Log(log);
    let flow = Research::flow().with_state(App { index, log, model });
    let answer = flow.run(question).await;
    let hops: String = hops.try_iter().map(|hop| format!("{hop}\n")).collect();
    Ok(hops + &ending(answer))
}

async fn ask(question: impl Into<Message<Question>>) -> Result<String, Box<dyn Error>> {
    ask_by(Model::scripted(), question).await
}

fn question() -> Question {
    Question("Do retries, deadlines and zebras loop, and what is 2 * 3 + 1?".into())
}

/// Protects the loop: each tool leads back to the model, until the model finishes.
#[tokio::test]
async fn an_answer_is_gathered_by_tools_over_several_hops() -> Done {
    expect![[r#"
        hop 1: calculate 2 * 3 + 1 -> 7 (confidence 0.20)
        hop 2: search `retries` -> 1 place (confidence 0.20)
        hop 3: read guide.md:2 -> covers retries, deadlines (confidence 0.60)
        hop 4: search `zebras` -> nothing (confidence 0.60)
        hop 5: search `loop` -> 1 place (confidence 0.60)
        hop 6: read guide.md:6 -> covers loop (confidence 0.80)
        answer after 6 hops, confidence 0.80:
          2 * 3 + 1 = 7
          on retries, deadlines: "A retry waits, but not beyond the deadline."
          on loop: "A loop goes round."
          nothing on zebras
        from guide.md:2, guide.md:6
    "#]]
    .assert_eq(&ask(Message::new(question()).hops(16)).await?);
    Ok(())
}

/// Protects the hop budget: with `hops(2)` the body of the loop runs twice.
#[tokio::test]
async fn a_budget_that_is_too_small_ends_the_loop() -> Done {
    expect![[r#"
        hop 1: calculate 2 * 3 + 1 -> 7 (confidence 0.20)
        hop 2: search `retries` -> 1 place (confidence 0.20)
        no answer: node `search` wants another round, but the hop budget of 2 is used up: raise it with `.hops(n)` on the flow or the message
    "#]].assert_eq(&ask(Message::new(question()).hops(2)).await?);
    Ok(())
}

/// Protects the caller from a model that never finishes.
#[tokio::test]
async fn a_model_that_goes_in_circles_ends_with_the_budget() -> Done {
    let circling = Model(|_| r#"{"tool": "search", "query": "volcano"}"#.to_owned());
    expect![[r#"
        hop 1: search `volcano` -> nothing (confidence 0.00)
        hop 2: search `volcano` -> nothing (confidence 0.00)
        no answer: node `search` wants another round, but the hop budget of 2 is used up: raise it with `.hops(n)` on the flow or the message
    "#]].assert_eq(&ask_by(circling, Message::new(question()).hops(2)).await?);
    Ok(())
}

/// Protects the loop from a tool that does not exist: the model is asked again, and then it fails.
#[tokio::test(start_paused = true)]
async fn a_tool_that_does_not_exist_is_an_error() -> Done {
    let inventive = Model(|_| r#"{"tool": "fax", "number": 1}"#.to_owned());
    expect![[r#"
        no answer: node `decide` failed after 3 attempts: unknown variant `fax`, expected one of `search`, `read`, `calculate`, `finish` at line 1 column 14
    "#]].assert_eq(&ask_by(inventive, question()).await?);
    Ok(())
}

/// Protects the model from places that it made up: it reads nothing there.
#[tokio::test]
async fn a_place_that_does_not_exist_has_nothing_new() -> Done {
    let inventive = Model(|memory| match memory.answer().contains("after 0 hops") {
        true => r#"{"tool": "read", "place": "guide.md:99"}"#.to_owned(),
        false => r#"{"tool": "finish", "answer": "I do not know."}"#.to_owned(),
    });
    expect![[r#"
        hop 1: read guide.md:99 -> nothing new (confidence 0.00)
        I do not know.
    "#]]
    .assert_eq(&ask_by(inventive, question()).await?);
    Ok(())
}

/// Protects fault b15 of the original: a message that had expired was processed.
#[tokio::test]
async fn a_deadline_that_has_passed_starts_nothing() -> Done {
    let late = Message::new(question()).deadline_in(Duration::ZERO);
    expect![[r#"
        no answer: node `plan` was not started: the message's deadline had passed
    "#]]
    .assert_eq(&ask(late).await?);
    Ok(())
}

/// Protects the first node: a question without words would go round for nothing.
#[tokio::test]
async fn a_question_without_words_is_an_error() -> Done {
    let question = Question("Is it?".into());
    expect![[r#"
        no answer: node `plan` failed: the question has no word that can be looked up
    "#]]
    .assert_eq(&ask(question).await?);
    Ok(())
}

/// Protects the loop from the end of a tool: a sum without a result is one of the facts.
#[tokio::test]
async fn a_sum_without_a_result_does_not_end_the_loop() -> Done {
    expect![[r#"
        hop 1: calculate 1 / 0 -> a division by zero (confidence 1.00)
        answer after 1 hops, confidence 1.00:
          1 / 0 = a division by zero
    "#]]
    .assert_eq(&ask(Question("1 / 0".into())).await?);
    Ok(())
}

#[test]
fn sums_are_found_in_a_text_and_calculated() {
    assert_eq!(
        sums("what is 3 * 5 + 0.5, and 8 / 2?"),
        ["3 * 5 + 0.5", "8 / 2"]
    );
    assert_eq!(sums("3 retries - or 4 - in 5 s"), [""; 0]);
    assert_eq!(evaluate("3 * 5 + 0.5"), Ok(15.5));
    assert_eq!(evaluate("8 / 2 - 1 - 1 * 2"), Ok(1.0));
    let error = |sum| evaluate(sum).map_err(|error| error.to_string());
    assert_eq!(error("1 / 0"), Err("a division by zero".to_owned()));
    assert_eq!(error("1 + x"), Err("`x` is no number".to_owned()));
    assert_eq!(error("1 ** 2"), Err("`**` is no operator".to_owned()));
    assert_eq!(error("1 +"), Err("`` is no number".to_owned()));
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            plan[plan]
            decide[decide]
            search[search]
            read[read]
            calculate[calculate]
            conclude[conclude]
            Rookery([Rookery])
            OpenSea -->|Question| plan
            plan -->|Memory| decide
            search -.->|Memory| decide
            read -.->|Memory| decide
            calculate -.->|Memory| decide
            decide -->|"(Action::Search { query }, memory)"| search
            decide -->|"(Action::Read { place }, memory)"| read
            decide -->|"(Action::Calculate { sum }, memory)"| calculate
            decide -->|"(Action::Finish { answer }, memory)"| conclude
            conclude -->|FinalAnswer| Rookery
    "#]]
    .assert_eq(&Research::flow().graph().to_mermaid());
}
