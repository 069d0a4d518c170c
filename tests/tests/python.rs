//! The vocabulary of the original: its documents read back, and its types run in flows.

use penguiflow::prelude::*;
use penguiflow::python::{FinalAnswer, PlanKind, PlanStep, Thought, WM};
use serde_json::json;

/// Protects porting: documents as pydantic's `model_dump_json` writes them.
#[test]
fn documents_of_the_original_read_back() -> Result<(), FlowError> {
    let memory = r#"{"query":"latest metrics","facts":["fact-0",{"id":7,"tags":["a",null]},1.5],"hops":2,"budget_hops":5,"confidence":0.25}"#;
    assert_eq!(
        Message::<WM>::from_json(memory)?.payload,
        WM::new("latest metrics")
            .fact("fact-0")
            .fact(json!({"id": 7, "tags": ["a", null]}))
            .fact(1.5)
            .hops(2)
            .budget_hops(5)
            .confidence(0.25)
    );
    let thought = r#"{"steps":[{"kind":"retrieve","args":{"top":5,"filter":{"tenant":"acme"}},"max_concurrency":4},{"kind":"stop","args":{},"max_concurrency":1}],"rationale":"look first","done":true}"#;
    let look = PlanStep::new(PlanKind::Retrieve)
        .arg("top", 5)
        .arg("filter", json!({"tenant": "acme"}))
        .max_concurrency(4);
    assert_eq!(
        Message::<Thought>::from_json(thought)?.payload,
        Thought::new("look first")
            .step(look)
            .step(PlanStep::new(PlanKind::Stop))
            .done()
    );
    let answer = r#"{"text":"on ice","citations":["birds.md:12","ice.md"]}"#;
    assert_eq!(
        Message::<FinalAnswer>::from_json(answer)?.payload,
        FinalAnswer::new("on ice")
            .citation("birds.md:12")
            .citation("ice.md")
    );
    Ok(())
}

#[test]
fn what_the_original_writes_is_what_is_written() -> Result<(), Box<dyn std::error::Error>> {
    let text = r#"{"query":"q","facts":[{"id":7}],"hops":0,"budget_hops":8,"confidence":0.0}"#;
    let memory = Message::<WM>::from_json(text)?.payload;
    assert_eq!(serde_json::to_string(&memory)?, text);
    let text = r#"{"steps":[{"kind":"sql","args":{"q":"select 1"},"max_concurrency":1}],"rationale":"","done":false}"#;
    let thought = Message::<Thought>::from_json(text)?.payload;
    assert_eq!(serde_json::to_string(&thought)?, text);
    Ok(())
}

#[test]
fn what_is_left_out_has_the_originals_defaults() -> Result<(), FlowError> {
    let memory = Message::<WM>::from_json(r#"{"query":"q"}"#)?.payload;
    assert_eq!(memory, WM::new("q"));
    assert_eq!((memory.budget_hops, memory.confidence), (8, 0.0));
    let step = Message::<PlanStep>::from_json(r#"{"kind":"web"}"#)?.payload;
    assert_eq!(step, PlanStep::new(PlanKind::Web));
    assert_eq!((step.args.len(), step.max_concurrency), (0, 1));
    let thought = Message::<Thought>::from_json(r#"{"steps":[],"rationale":"why"}"#)?.payload;
    assert_eq!(thought, Thought::new("why"));
    let answer = Message::<FinalAnswer>::from_json(r#"{"text":"t"}"#)?.payload;
    assert_eq!(answer, FinalAnswer::new("t"));
    Ok(())
}

/// Protects what the original required, and its closed list of kinds.
#[test]
fn what_is_missing_or_unknown_is_told_with_its_path() {
    let error = Message::<WM>::from_json(r#"{"facts":[]}"#).expect_err("it has no query");
    assert_eq!(
        error.to_string(),
        "the document does not fit `WM`: missing field `query` at line 1 column 12"
    );
    let thought = r#"{"steps":[{"kind":"web"},{"kind":"dance"}],"rationale":""}"#;
    let error = Message::<Thought>::from_json(thought).expect_err("no such kind");
    assert_eq!(
        error.to_string(),
        "the document does not fit `Thought` at `steps[1].kind`: unknown variant `dance`, \
         expected one of `retrieve`, `web`, `sql`, `summarize`, `route`, `stop` \
         at line 1 column 40"
    );
}

#[node]
async fn controller(memory: WM) -> ControlFlow<FinalAnswer, WM> {
    match memory.facts.len() {
        3 => ControlFlow::Break(FinalAnswer::new(format!("answer about {}", memory.query))),
        known => ControlFlow::Continue(memory.fact(format!("fact-{known}"))),
    }
}

#[tokio::test]
async fn a_loop_carries_a_working_memory_to_a_final_answer() -> Result<(), FlowError> {
    let flow = flow! { controller -> controller };
    let memory = WM::new("ice").budget_hops(4);
    let message = |memory: WM| Message::new(memory.clone()).hops(memory.budget_hops);
    let answer = flow.run(message(memory.clone())).await?;
    assert_eq!(answer, FinalAnswer::new("answer about ice"));
    let error = flow.run(message(memory.budget_hops(3))).await;
    let error = error.expect_err("the fourth round is one too many");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    Ok(())
}

#[node]
async fn next(thought: Thought) -> Option<PlanStep> {
    thought.steps.into_iter().next()
}

#[node]
async fn look(step: PlanStep) -> String {
    format!("looked for {}", step.args["query"])
}

#[node]
async fn other(kind: PlanKind) -> String {
    format!("{kind:?}")
}

flow! {
    /// Takes the first step of a plan.
    struct Act(Thought) -> String;

    next -> match {
        PlanStep { kind: PlanKind::Retrieve | PlanKind::Web, .. } => look,
        step => other(step.kind),
    };
}

#[tokio::test]
async fn a_plan_is_routed_by_the_kind_of_its_step() -> Result<(), FlowError> {
    let act = async |step| Act::flow().run(Thought::new("because").step(step)).await;
    let web = PlanStep::new(PlanKind::Web).arg("query", "ice");
    assert_eq!(act(web).await?, "looked for \"ice\"");
    assert_eq!(act(PlanStep::new(PlanKind::Stop)).await?, "Stop");
    Ok(())
}
