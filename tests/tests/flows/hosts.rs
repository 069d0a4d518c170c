//! Hosts: a trace's frontier is all there is to know about it between two node runs.

use penguiflow::host::{Emit, Frontier};
use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

use penguiflow_tests::support::{Notebook, secs};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Draft {
    text: String,
    rounds: u32,
}

#[node]
async fn write(topic: &str, ctx: Ctx, notes: State<Notebook>) -> Draft {
    notes.0.write(ctx.idempotency_key());
    Draft {
        text: topic.to_owned(),
        rounds: 0,
    }
}

#[node]
async fn improve(draft: Draft, ctx: Ctx, notes: State<Notebook>) -> ControlFlow<Draft, Draft> {
    notes.0.write(ctx.idempotency_key());
    match draft.rounds {
        2 => ControlFlow::Break(draft),
        rounds => ControlFlow::Continue(Draft {
            text: draft.text + "!",
            rounds: rounds + 1,
        }),
    }
}

flow! {
    #[flow(durable)]
    struct Writer(String) -> Draft;
    write -> improve -> improve;
}

fn message() -> Message<String> {
    let message = Message::new("krill".to_owned()).tenant("acme");
    message.trace_id(
        "4bf92f3577b34da6a3ce929d0e0e4736"
            .parse()
            .expect("a trace id"),
    )
}

/// Runs one node at a time, with nothing kept between two but the JSON of the frontier.
async fn by_json(flow: &Flow<Writer, Notebook>) -> Result<Vec<Message<Draft>>, FlowError> {
    let mut frontier = flow.begin(message());
    let mut visits = 0;
    while let Some(step) = frontier.next_step() {
        frontier.absorb(flow.advance(step).await?);
        visits += 1;
        let text = serde_json::to_string(&frontier).expect("a frontier is plain data");
        frontier = serde_json::from_str(&text).expect("it reads what it wrote");
    }
    assert_eq!(visits, 4, "each step is one node run");
    Ok(frontier.outputs)
}

#[tokio::test]
async fn a_trace_can_go_on_from_its_frontier() -> Result<(), FlowError> {
    let (by_run, by_step) = (Notebook::new(), Notebook::new());
    let output = Writer::flow()
        .with_state(by_run.clone())
        .run(message())
        .await?;
    let outputs = by_json(&Writer::flow().with_state(by_step.clone())).await?;
    assert_eq!(outputs.len(), 1);
    assert_eq!(outputs[0].payload, output);
    assert_eq!(outputs[0].headers.tenant, "acme");
    assert_eq!(
        by_run.lines(),
        by_step.lines(),
        "visits have the same keys on every host"
    );
    Ok(())
}

#[tokio::test]
async fn a_step_is_one_visit() -> Result<(), FlowError> {
    let flow = Writer::flow().with_state(Notebook::new());
    let mut frontier = flow.begin(message());
    let step = frontier.next_step().expect("an entry");
    let emits: Vec<_> = flow.advance(step).await?.into_iter().collect();
    assert!(matches!(emits.as_slice(), [Emit::Step(_)]));
    Ok(())
}

/// A step is written under its node's name, so that a stored one can be read by people
/// and survives a reordering of the flow.
#[tokio::test]
async fn a_frontier_reads_well_as_json() {
    let flow = Writer::flow().with_state(Notebook::new());
    let frontier = serde_json::to_value(flow.begin(message())).expect("plain data");
    assert_eq!(
        frontier["steps"][0]["step"],
        serde_json::json!({ "write": "krill" })
    );
    assert_eq!(frontier["outputs"], serde_json::json!([]));
    let mut unknown = frontier.clone();
    unknown["steps"][0]["step"] = serde_json::json!({ "wrote": "krill" });
    let read: Result<Frontier<<Writer as penguiflow::host::Durable>::Step, Draft>, _> =
        serde_json::from_value(unknown);
    let error = read.err().expect("there is no such node").to_string();
    assert!(
        error.contains("wrote") && error.contains("improve"),
        "{error}"
    );
}

/// Hops, deadline and headers travel with the frontier, not with the process.
#[tokio::test(start_paused = true)]
async fn budgets_and_deadlines_travel_in_the_frontier() {
    let flow = Writer::flow().with_state(Notebook::new()).hops(2);
    let mut frontier = flow.begin(message());
    let mut error = None;
    while let Some(step) = frontier.next_step() {
        match flow.advance(step).await {
            Ok(emits) => drop(frontier.absorb(emits)),
            Err(failed) => {
                // The trace is over: what is stored has the step as one to run again.
                error = Some(failed);
                break;
            }
        }
        let text = serde_json::to_string(&frontier).expect("plain data");
        frontier = serde_json::from_str(&text).expect("it reads what it wrote");
    }
    assert_eq!(
        error.map(|error| error.kind()),
        Some(ErrorKind::BudgetExhausted)
    );

    let begun = flow.begin(message().deadline_in(secs(10)));
    let text = serde_json::to_string(&begun).expect("plain data");
    tokio::time::advance(secs(11)).await;
    let mut frontier: Frontier<_, Draft> = serde_json::from_str(&text).expect("it reads back");
    let step = frontier.next_step().expect("the first step");
    let error = flow.advance(step).await.err().expect("too late");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
}
