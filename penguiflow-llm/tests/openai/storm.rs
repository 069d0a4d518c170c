//! Many runs of an agent against a server that misbehaves at random: each ends in an answer or in one clear
//! error, no budget is exceeded by more than one attempt, and nothing is left behind.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use futures_util::{StreamExt, stream};
use penguiflow::prelude::*;
use penguiflow_llm::AnswerSchema;
use penguiflow_llm::prelude::*;
use serde_json::Value;

use crate::agent::{Action, Agent, agent};
use crate::server::{Act, DONE, Server, answer, end, finish, head, piece, refusal, text};
use crate::testing::instance;

const KEY: &str = "a-key-that-nobody-sees";

/// More than an attempt takes beyond the budget: one answer, to a few messages and the schema.
const ONE_ATTEMPT: u64 = 600;

/// 10,000 runs: `PENGUIFLOW_RUNS=10000`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_misbehaving_server_cannot_break_an_agent() {
    let runs = std::env::var("PENGUIFLOW_RUNS").ok();
    let runs = runs.map_or(400, |runs| runs.parse().expect("a number"));
    let schema = AnswerSchema::of::<Action>().schema;
    let server = Server::start(move |number, _| misbehave(&schema, number as u64)).await;
    let model = OpenAi::at(server.address(), "m")
        .key(KEY)
        .idle(Duration::from_millis(200));
    let flow = agent(model.shared()).hops(6).capacity(64);
    let running = flow.start();
    let ends = stream::iter(0..runs)
        .map(|run| one(&running, run))
        .buffer_unordered(64);
    let ends: Vec<&str> = ends.collect().await;
    running.stop().await;
    let ledger = running.ledger();
    assert!(ledger.is_balanced(), "{ledger:?}");
    assert_eq!((ledger.emitted, ledger.in_flight), (runs, 0));
    drop((running, flow));
    let left = tokio::time::timeout(Duration::from_secs(20), server.is_left()).await;
    left.expect("all connections are closed");
    for end in ["answer", "error", "budget"] {
        let count = ends.iter().filter(|other| **other == end).count();
        println!("{end}: {count} of {runs}");
        assert!(count > 0, "no run ends in `{end}`");
    }
}

async fn one(running: &Running<Agent, Arc<dyn Model>>, run: u64) -> &'static str {
    let budget = 100 + run % 7 * 200;
    let question = Message::new(Chat::from("What do penguins eat?")).tokens(budget);
    let (spent, end) = match running.call_message(question).await {
        Ok(answer) => (answer.spent.tokens, "answer"),
        Err(error) => (error.spent().tokens, clear(&error)),
    };
    assert!(
        spent <= budget + ONE_ATTEMPT,
        "{spent} of {budget} are spent"
    );
    end
}

/// One clear error: of the model, at the node that asks it, or of a budget.
fn clear(error: &FlowError) -> &'static str {
    let text = format!("{error:#} {error:?}");
    assert!(!text.contains(KEY), "{text}");
    let source = std::error::Error::source(error);
    match error.kind() {
        ErrorKind::BudgetExhausted => "budget",
        ErrorKind::Failed if error.node() == Some("decide") => {
            let model = source.and_then(|source| source.downcast_ref::<ModelError>());
            let model = model.expect("an error of the model");
            assert!(text.contains(&model.to_string()), "{text}");
            match model {
                ModelError::NoTokensLeft => "budget",
                _ => "error",
            }
        }
        _ => panic!("{text}"),
    }
}

/// What the server does with its request of this number.
fn misbehave(schema: &Value, number: u64) -> Vec<Act> {
    let random = &mut Rng::with_seed(number);
    let good = instance(schema, random).to_string();
    let said = |said: &str| format!(r#"{{"error": {{"message": "{said}, {KEY}"}}}}"#);
    let stream = |events: &[String]| {
        let mut acts = vec![head()];
        acts.extend(events.iter().map(|event| piece(event)));
        acts
    };
    match random.u8(..100) {
        0 => vec![Act::Hang],
        1 => vec![head(), piece(&text("{\"Sea")), Act::Hang],
        2..4 => vec![Act::Close],
        4..6 => vec![head(), piece(&text("{\"Sea")), Act::Close],
        6..8 => vec![
            head(),
            piece("data: {\"choices\": [{\"delta\": {\"con"),
            end(),
        ],
        8..10 => vec![head(), piece("data: {]\n\n"), end()],
        10..15 => refusal(
            "429 Too Many Requests",
            "retry-after-ms: 2\r\n",
            &said("slow down"),
        ),
        15..18 => refusal(
            "503 Service Unavailable",
            "retry-after: 0\r\n",
            &said("later"),
        ),
        18..20 => refusal("500 Internal Server Error", "", "<oh"),
        20 => refusal("400 Bad Request", "", &said("what?")),
        21 => refusal(
            "400 Bad Request",
            "",
            &said("maximum context length is 3 tokens"),
        ),
        22 => [stream(&[text("{\"S"), finish("length")]), vec![end()]].concat(),
        23 => stream(&[format!("data: {}\n\n", said("overloaded"))]),
        24 => [stream(&[no_thanks(), finish("stop")]), vec![end()]].concat(),
        25..40 => answer(&good.chars().take(random.usize(..6)).collect::<String>()),
        40..45 => answer("null"),
        45..60 => [
            stream(&[text(&good), finish("stop"), DONE.to_owned()]),
            vec![end()],
        ]
        .concat(),
        60..65 => slow(&good),
        _ => answer(&good),
    }
}

fn no_thanks() -> String {
    let delta = r#"{"choices": [{"index": 0, "delta": {"refusal": "No, thanks."}}]}"#;
    format!("data: {delta}\n\n")
}

fn slow(content: &str) -> Vec<Act> {
    let mut acts = vec![head()];
    for char in content.chars() {
        acts.extend([
            Act::Wait(Duration::from_millis(1)),
            piece(&text(&char.to_string())),
        ]);
    }
    acts.extend([piece(&finish("stop")), end()]);
    acts
}
