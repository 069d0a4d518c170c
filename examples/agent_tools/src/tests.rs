//! The agent with models that answer by a script, in the usual way and in all others.

mod budgets;
mod faults;
mod mails;

use std::fs;
use std::sync::mpsc::Receiver;

use expect_test::expect;
use tempfile::{TempDir, tempdir};

use super::*;
use crate::action::Mail;
use crate::memory::Memory;

const GUIDE: &str = "# Retries\nA retry waits.\n# Loops\nA loop goes round.\n";

type Done = Result<(), Box<dyn Error>>;

/// The agent over a guide of its own, and what it sends.
struct Bench {
    flow: Flow<Agent, App>,
    sent: Receiver<Mail>,
    _folder: TempDir,
}

impl Bench {
    async fn of(model: impl Model + 'static) -> Result<Self, Box<dyn Error>> {
        Self::on(Web::serve().await?, model)
    }

    fn on(web: Web, model: impl Model + 'static) -> Result<Self, Box<dyn Error>> {
        let folder = tempdir()?;
        fs::write(folder.path().join("guide.md"), GUIDE)?;
        let (outbox, sent) = mpsc::channel();
        let app = App {
            model: model.shared(),
            index: Index::of(folder.path())?,
            web,
            outbox: Outbox(outbox),
        };
        Ok(Self {
            flow: Agent::flow().with_state(app).show_payloads(),
            sent,
            _folder: folder,
        })
    }

    /// Runs a question by a desk.
    async fn ask(&self, desk: Desk, question: Message<String>) -> Result<Answer, Box<dyn Error>> {
        answered(&self.flow, desk, question).await
    }
}

fn question() -> Message<String> {
    Message::new("What?".to_owned())
}

fn search(query: &str) -> Action {
    Action::Search {
        query: query.to_owned(),
    }
}

fn calculate(sum: &str) -> Action {
    Action::Calculate {
        sum: sum.to_owned(),
    }
}

fn finish(answer: &str) -> Action {
    Action::Finish {
        answer: answer.to_owned(),
    }
}

fn told(answer: &Answer) -> String {
    format!("{}{}", answer.memory, answer.text)
}

/// A model that chooses these actions.
fn choosing<const N: usize>(actions: [Action; N]) -> FakeModel {
    FakeModel::answers(actions.map(|action| Reply::json(&action)))
}

/// Protects the usual way: each tool is used, and what it found is remembered.
#[tokio::test]
async fn each_tool_is_an_arm() -> Done {
    let model = choosing([
        search("retry"),
        calculate("1 / 0"),
        search("volcano"),
        finish("A retry waits."),
    ]);
    let bench = Bench::of(model.clone()).await?;
    let answer = bench.ask(Desk::Refuses, question()).await?;
    expect![[r#"
          1. search `retry`: guide.md:2: A retry waits.
          2. calculate 1 / 0: failed, a division by zero
          3. search `volcano`: nothing
        A retry waits."#]]
    .assert_eq(&told(&answer));
    expect![[r#"
        user: What?
        assistant: {"Search":{"query":"retry"}}
        user: `Search` returned: {"Passages":["guide.md:2: A retry waits."]}
    "#]]
    .assert_eq(&Chat::from(model.requests()[1].chat.messages[1..].to_vec()).to_string());
    Ok(())
}

/// Protects the scripted model, by which the command runs without a key.
#[tokio::test]
async fn the_script_uses_each_tool() -> Done {
    let web = Web::serve().await?;
    let model = scripted::model(web.url("news"));
    let bench = Bench::on(web, model)?;
    let answer = bench.ask(Desk::Approves, question()).await?;
    let tools: Vec<_> = answer
        .memory
        .steps
        .iter()
        .map(|step| step.action.tool())
        .collect();
    assert_eq!(tools, ["Search", "Calculate", "Fetch", "Send"]);
    assert!(bench.sent.try_recv()?.text.starts_with("The sum is 15.5."));
    Ok(())
}

/// Protects the memory's size: what older steps have found is cut, and nothing else.
#[test]
fn older_steps_are_trimmed() {
    let page = || memory::Found::Page("word ".repeat(100));
    let memory = (0..5).fold(Memory::of("What?"), |memory, _| {
        memory.and(search("x"), page())
    });
    let lengths = |memory: &Memory| -> Vec<_> {
        let lengths = memory
            .steps
            .iter()
            .map(|step| step.found.to_string().chars().count());
        lengths.collect()
    };
    assert_eq!(lengths(&memory), [499; 5]);
    let trimmed = memory.trimmed();
    assert_eq!(lengths(&trimmed), [121, 121, 499, 499, 499]);
    assert_eq!(trimmed.clone().trimmed(), trimmed);
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            begin[begin]
            Decide[[Decide]]
            conclude[conclude]
            Lookup[[Lookup]]
            trim[trim]
            calculate[calculate]
            fetch[fetch]
            note_failure[note_failure]
            propose[propose]
            await_Approval("await Approval")
            refuse[refuse]
            send[send]
            finish[finish]
            Rookery([Rookery])
            OpenSea -->|String| begin
            Decide -.->|else| conclude
            begin -->|Memory| Decide
            Lookup -->|Memory| trim
            calculate -->|Memory| trim
            fetch -.->|else| note_failure
            fetch -->|Memory| trim
            note_failure -->|Memory| trim
            await_Approval -.->|else| refuse
            propose -->|Proposal| await_Approval
            await_Approval -->|"(Proposal, Approval)"| send
            refuse -->|"(Proposal, Approval)"| send
            send -->|Memory| trim
            Decide -->|"(Action::Search { query }, memory)"| Lookup
            Decide -->|"(Action::Calculate { sum }, memory)"| calculate
            Decide -->|"(Action::Fetch { url }, memory)"| fetch
            Decide -->|"(Action::Send(mail), memory)"| propose
            Decide -->|"(Action::Finish { answer }, memory)"| finish
            trim -.->|Memory| Decide
            conclude -->|Answer| Rookery
            finish -->|Answer| Rookery
    "#]]
    .assert_eq(&Agent::flow().graph().to_mermaid());
}
