//! Which edges a model can take, whatever it answers: those that exist.

use std::sync::{Arc, Mutex};

use fastrand::Rng;
use penguiflow::Event;
use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use serde_json::Value;

use agent::agent;
use testing::instance;

#[path = "shared/agent.rs"]
mod agent;
#[path = "../src/testing.rs"]
mod testing;

/// What a model did in a run, and what came of it.
struct Ran {
    /// The tools that it chose in answers that fit.
    chosen: Vec<String>,
    /// The nodes that were visited after it was asked.
    visited: Vec<String>,
    end: Result<String, FlowError>,
}

/// Runs the agent with a model that answers with what `answer` makes of any value that the schema allows.
async fn run(seed: u64, answer: fn(Value, &mut Rng) -> String) -> Ran {
    let random = Mutex::new(Rng::with_seed(seed));
    let model = FakeModel::rule(move |request| {
        let random = &mut random.lock().expect("no panic");
        let schema = request.schema.as_ref().expect("a schema");
        answer(instance(&schema.schema, random), random)
    });
    let visited = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&visited);
    let flow = agent(model.clone().shared())
        .hops(5)
        .observe(move |event: &Event| {
            let is_visit = event.event == EventKind::NodeStart;
            if let Some(node) = event.node_name.filter(|node| is_visit && *node != "decide") {
                seen.lock().expect("no panic").push(node.to_owned());
            }
        });
    let end = flow.run(Chat::from("What do penguins eat?")).await;
    flow.flush().await;
    let answers = model
        .exchanges()
        .into_iter()
        .map(|exchange| exchange.text());
    let chosen = answers.filter_map(|answer| chosen(&answer)).collect();
    let visited = visited.lock().expect("no panic").clone();
    Ran {
        chosen,
        visited,
        end,
    }
}

/// The tool that an answer chooses, if it fits.
fn chosen(answer: &str) -> Option<String> {
    let action: agent::Action = serde_json::from_str(answer).ok()?;
    let name = format!("{action:?}");
    let end = name
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(name.len());
    Some(name[..end].to_lowercase())
}

#[tokio::test]
async fn a_model_that_answers_anything_takes_edges_that_exist() {
    let (mut answers, mut exhausted) = (0, 0);
    for seed in 0..1000 {
        let ran = run(seed, |value, _| value.to_string()).await;
        assert_eq!(
            ran.visited, ran.chosen,
            "the nodes are those that the answers chose"
        );
        match ran.end {
            Ok(_) => answers += 1,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::BudgetExhausted, "{error}");
                exhausted += 1;
            }
        }
    }
    assert!(answers > 100 && exhausted > 10, "{answers} {exhausted}");
}

#[tokio::test]
async fn a_model_that_breaks_the_schema_ends_in_one_clear_error() {
    let (mut answers, mut failed) = (0, 0);
    for seed in 0..1000 {
        let ran = run(seed, broken).await;
        assert_eq!(
            ran.visited, ran.chosen,
            "the nodes are those that the answers chose"
        );
        match ran.end {
            Ok(_) => answers += 1,
            Err(error) if error.kind() == ErrorKind::BudgetExhausted => {}
            Err(error) => {
                assert_eq!(error.node(), Some("decide"));
                assert_eq!(error.attempts(), 1, "a wrong shape is not retried");
                let source = std::error::Error::source(&error);
                let source = source.and_then(|source| source.downcast_ref());
                assert!(
                    matches!(source, Some(ModelError::WrongShape { tries: 3, .. })),
                    "{error}"
                );
                failed += 1;
            }
        }
    }
    assert!(answers > 100 && failed > 100, "{answers} {failed}");
}

/// Something near the value, which may be the value.
fn broken(value: Value, random: &mut Rng) -> String {
    let text = value.to_string();
    match random.u8(..10) {
        0 => text.replacen("Search", "Delete", 1),
        1 => text.replacen(':', ",", 1),
        2 => text.chars().take(random.usize(..text.len())).collect(),
        3 => format!("[{text}]"),
        4 => "null".to_owned(),
        5 => format!("Sure! {text}"),
        6 => text.replace("\"query\":\"", "\"query\":[\""),
        7 => format!("{text} {text}"),
        8 => String::new(),
        _ => text,
    }
}
