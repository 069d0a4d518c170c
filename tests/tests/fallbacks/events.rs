//! What observers see of a fallback: the failure of the first, then the second's own events.

use penguiflow::prelude::*;

use super::{Model, apologize, why};
use penguiflow_tests::support::{Notebook, watched};

#[node(retries = 1, backoff = "1ms")]
async fn twice(_: &String) -> Result<String, String> {
    Err("no".to_owned())
}

#[tokio::test(start_paused = true)]
async fn the_first_has_failed_and_the_second_is_a_visit_of_its_own() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { twice else apologize });
    flow.run(why()).await?;
    flow.flush().await;
    let expected = [
        "trace_start",
        "node_start twice 0",
        "node_error twice 0",
        "node_retry twice 1",
        "node_start twice 1",
        "node_error twice 1",
        "node_failed twice 1",
        "node_start apologize 0",
        "node_success apologize 0",
        "trace_end",
    ];
    assert_eq!(seen.lines(), expected);
    Ok(())
}

#[test]
fn the_graph_shows_fallbacks_as_dotted_edges() {
    let flow = flow! {
        let gpt: Model = Model::fails("gpt");
        gpt else apologize -> super::loud
    };
    expect_test::expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            gpt[gpt]
            apologize[apologize]
            loud[loud]
            Rookery([Rookery])
            OpenSea -->|String| gpt
            gpt -.->|else| apologize
            gpt -->|String| loud
            apologize -->|String| loud
            loud -->|String| Rookery
    "#]]
    .assert_eq(&flow.with_state(Notebook::new()).graph().to_mermaid());
}
