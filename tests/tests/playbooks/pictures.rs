//! `graph()`: a playbook is drawn as one node, and its own graph is within it.

use penguiflow::prelude::*;

#[node]
async fn triage(n: u32) -> u32 {
    n
}

#[node]
async fn retrieve(n: u32) -> String {
    n.to_string()
}

flow! {
    #[flow(timeout = "30s")]
    struct Support(u32) -> String;

    retrieve;
}

flow! {
    struct Desk(u32) -> String;

    triage -> Support;
}

#[test]
fn mermaid_draws_it_as_a_subroutine() {
    let expected = expect_test::expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            triage[triage]
            Support[[Support]]
            Rookery([Rookery])
            OpenSea -->|u32| triage
            triage -->|u32| Support
            Support -->|String| Rookery
    "#]];
    expected.assert_eq(&Desk::flow().graph().to_mermaid());
}

#[test]
fn json_has_its_graph_and_its_policy() {
    let text = Desk::flow().graph().to_json();
    let graph: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let (triage, support) = (&graph["nodes"][0], &graph["nodes"][1]);
    assert!(triage.get("playbook").is_none());
    assert_eq!(support["name"], "Support");
    assert_eq!(support["policy"]["timeout_ms"], 30_000.0);
    assert_eq!(support["playbook"]["name"], "Support");
    assert_eq!(support["playbook"]["nodes"][0]["name"], "retrieve");
    let inner = Support::flow().graph().to_json();
    let inner: serde_json::Value = serde_json::from_str(&inner).expect("it is JSON");
    assert_eq!(support["playbook"], inner);
}
