//! The loop over a folder of the test's own.

use expect_test::expect;
use std::fs;
use tempfile::tempdir;

use super::*;

const GUIDE: &str = "\
# Retries
A retry waits, but not beyond the deadline.
# Deadlines
A deadline cuts.
# Loops
A loop goes round.
";

type Done = Result<(), Box<dyn Error>>;

/// Asks the guide, and gives the hops and how the trace ended.
async fn ask(question: impl Into<Message<Question>>) -> Result<String, Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.md"), GUIDE)?;
    let index = Index::of(folder.path())?;
    let (log, hops) = mpsc::channel();
    let flow = Research::flow().with_state(App {
        index,
        log: Log(log),
    });
    let answer = flow.run(question).await;
    let hops: String = hops.try_iter().map(|hop| format!("{hop}\n")).collect();
    Ok(hops + &ending(answer))
}

fn question() -> Question {
    Question("Do retries, deadlines and zebras loop?".into())
}

/// Protects the loop: several hops, each for a word that no fact covers yet.
#[tokio::test]
async fn an_answer_is_gathered_over_several_hops() -> Done {
    expect![[r#"
        hop 1: `retries` -> guide.md:2 covers retries, deadlines (confidence 0.50)
        hop 2: `zebras` -> nothing (confidence 0.50)
        hop 3: `loop` -> guide.md:6 covers loop (confidence 0.75)
        answer after 3 hops, confidence 0.75:
          on retries, deadlines: "A retry waits, but not beyond the deadline."
          on loop: "A loop goes round."
          nothing on zebras
        from guide.md:2, guide.md:6
    "#]]
    .assert_eq(&ask(question()).await?);
    Ok(())
}

/// Protects the hop budget: with `hops(2)` the body of the loop runs twice.
#[tokio::test]
async fn a_budget_that_is_too_small_ends_the_loop() -> Done {
    expect![[r#"
        hop 1: `retries` -> guide.md:2 covers retries, deadlines (confidence 0.50)
        hop 2: `zebras` -> nothing (confidence 0.50)
        no answer: node `search` wants another round, but the hop budget of 2 is used up: raise it with `.hops(n)` on the flow or the message
    "#]].assert_eq(&ask(Message::new(question()).hops(2)).await?);
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

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            plan[plan]
            controller[controller]
            search[search]
            Rookery([Rookery])
            OpenSea -->|Question| plan
            plan -->|Memory| controller
            controller -->|Lookup| search
            search -.->|Memory| controller
            controller -.->|FinalAnswer| Rookery
    "#]]
    .assert_eq(&Research::flow().graph().to_mermaid());
}
