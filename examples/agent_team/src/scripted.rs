//! The model that answers unless the environment names a real one: it plays each role by a rule.

use penguiflow_llm::prelude::*;

use crate::team::{Plan, Review, Task};

/// A model that answers the default question. Its first text is too short for its own critic.
pub(crate) fn model() -> FakeModel {
    FakeModel::rule(rule())
}

/// What it answers in each role.
pub(crate) fn rule() -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    |request| {
        let role = request.chat.messages[0].content.split('.').next();
        match role.unwrap_or_default() {
            "You plan" => Reply::json(&plan()),
            "You write" => Reply::text(text(&request.chat)),
            "You criticize" => Reply::json(&review(request.last())),
            "Define a term in one sentence" => Reply::text("A hop is a round of a loop."),
            _ => Reply::text(first_sentence(&request.chat)),
        }
    }
}

pub(crate) fn plan() -> Plan {
    let question = "How are retries configured?".to_owned();
    let sum = "3 * 5 + 0.5".to_owned();
    let term = "hop".to_owned();
    Plan {
        tasks: vec![
            Task::Research { question },
            Task::Calculate { sum },
            Task::Define { term },
        ],
    }
}

/// The findings as one text; the first time, without the last of them.
fn text(chat: &Chat) -> String {
    let contents = chat.messages.iter().map(|message| &*message.content);
    let findings: Vec<_> = contents
        .filter_map(|text| text.strip_prefix("Finding: "))
        .collect();
    let is_revised = chat
        .messages
        .iter()
        .any(|message| message.role == Role::Assistant);
    let most = findings.len() - usize::from(!is_revised);
    findings[..most].join(" ")
}

fn review(text: &str) -> Review {
    match text.contains("hop is") {
        true => Review::Accept,
        false => Review::Revise {
            remarks: vec!["say what a hop is".to_owned()],
        },
    }
}

/// What the best passage begins with.
fn first_sentence(chat: &Chat) -> String {
    let passage = chat.messages.get(1).map_or("", |message| &message.content);
    let line = passage.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.split_once(". ") {
        Some((sentence, _)) => format!("{sentence}."),
        None => line,
    }
}
