//! `graph()`: the flow as data, and its three pictures, always the same.

use penguiflow::prelude::*;

#[derive(Clone)]
struct Question;

#[derive(Clone)]
struct Docs<T>(T);

#[node(timeout = "2s", retries = 3)]
async fn triage(question: Question) -> Result<Question, String> {
    Ok(question)
}

#[node(concurrency = 16)]
async fn retrieve(_: Question) -> Docs<Vec<&'static str>> {
    Docs(Vec::new())
}

#[node(blocking)]
fn judge(docs: Docs<Vec<&'static str>>) -> ControlFlow<String, Question> {
    match docs.0.len() {
        0 => ControlFlow::Break("nothing found".to_owned()),
        _ => ControlFlow::Continue(Question),
    }
}

#[node(name = "count \"them\" <all>")]
async fn count(docs: &Docs<Vec<&'static str>>) -> Option<String> {
    Some(docs.0.len().to_string())
}

flow! {
    /// A loop, a broadcast, two exits and a break.
    struct Support(Question) -> String;

    triage -> retrieve -> judge -> retrieve;
    retrieve -> count;
    end;
}

/// A word that Mermaid keeps for itself.
#[node]
async fn end(_: &Question) -> String {
    String::new()
}

#[test]
fn a_flow_prints_as_mermaid() {
    let expected = expect_test::expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            triage[triage]
            retrieve[retrieve]
            judge[judge]
            count__them___all_["count &quot;them&quot; &lt;all&gt;"]
            end_["end"]
            Rookery([Rookery])
            OpenSea -->|Question| triage
            OpenSea -->|Question| end_
            triage -->|Question| retrieve
            retrieve -->|"Docs&lt;Vec&lt;&amp;str&gt;&gt;"| judge
            judge -.->|Question| retrieve
            retrieve -->|"Docs&lt;Vec&lt;&amp;str&gt;&gt;"| count__them___all_
            count__them___all_ -->|String| Rookery
            end_ -->|String| Rookery
            judge -.->|String| Rookery
    "#]];
    let flow = Support::flow();
    expected.assert_eq(&flow.graph().to_mermaid());
    assert_eq!(flow.graph().to_string(), flow.graph().to_mermaid());
}

#[test]
fn a_flow_prints_as_dot() {
    let expected = expect_test::expect![[r#"
        digraph "Support" {
            rankdir = TB;
            OpenSea [shape = ellipse];
            "triage" [shape = box];
            "retrieve" [shape = box];
            "judge" [shape = box];
            "count \"them\" <all>" [shape = box];
            "end" [shape = box];
            Rookery [shape = ellipse];
            "OpenSea" -> "triage" [label = "Question"];
            "OpenSea" -> "end" [label = "Question"];
            "triage" -> "retrieve" [label = "Question"];
            "retrieve" -> "judge" [label = "Docs<Vec<&str>>"];
            "judge" -> "retrieve" [label = "Question", style = dashed];
            "retrieve" -> "count \"them\" <all>" [label = "Docs<Vec<&str>>"];
            "count \"them\" <all>" -> "Rookery" [label = "String"];
            "end" -> "Rookery" [label = "String"];
            "judge" -> "Rookery" [label = "String", style = dashed];
        }
    "#]];
    expected.assert_eq(&Support::flow().graph().to_dot());
}

/// Without the lines, which move with this file.
#[test]
fn a_flow_prints_as_json() -> Result<(), serde_json::Error> {
    let flow = flow! { triage -> judge_it };
    let mut json: serde_json::Value = serde_json::from_str(&flow.graph().to_json())?;
    for node in json["nodes"].as_array_mut().into_iter().flatten() {
        node["line"] = serde_json::json!("a line");
        node["file"] = serde_json::json!("a file");
    }
    assert_eq!(json["nodes"][1]["policy"].take()["placement"], "blocking");
    let expected = expect_test::expect![[r#"
        {
          "edges": [
            {
              "from": 0,
              "is_fallback": false,
              "is_hop": false,
              "pattern": null,
              "to": 1
            }
          ],
          "entries": [
            0
          ],
          "exits": [
            1
          ],
          "name": "flow",
          "nodes": [
            {
              "can_end": false,
              "exit": null,
              "file": "a file",
              "input": "observing::graph::Question",
              "kind": "visit",
              "line": "a line",
              "name": "triage",
              "output": "observing::graph::Question",
              "policy": {
                "backoff": {
                  "base_ms": 500.0,
                  "jitter": true,
                  "max_ms": 30000.0
                },
                "concurrency": null,
                "placement": "inline",
                "retries": 3,
                "timeout_ms": 2000.0
              }
            },
            {
              "can_end": true,
              "exit": "alloc::string::String",
              "file": "a file",
              "input": "observing::graph::Question",
              "kind": "visit",
              "line": "a line",
              "name": "judge_it",
              "output": "alloc::string::String",
              "policy": null
            }
          ]
        }
    "#]];
    expected.assert_eq(&format!("{json:#}\n"));
    Ok(())
}

#[node(blocking)]
fn judge_it(_: Question) -> ControlFlow<String, String> {
    ControlFlow::Continue(String::new())
}

/// The line of the node's attribute, so that an editor can open it.
#[test]
fn a_node_knows_its_place_in_the_source() {
    let flow = flow! { above -> below };
    let [above, below] = flow.graph().nodes else {
        panic!("two nodes")
    };
    assert!(
        above
            .file
            .replace('\\', "/")
            .ends_with("observing/graph.rs"),
        "{}",
        above.file
    );
    assert_eq!(below.line - above.line, 5);
    assert!(above.line > 1);
}

#[node]
async fn above(_: u32) -> u32 {
    1
}

#[node]
async fn below(_: u32) -> u32 {
    2
}

/// A thousand flows of one topology print alike: nothing depends on an address or a hash.
#[test]
fn the_pictures_are_always_the_same() {
    let print = || {
        let flow = Support::flow();
        [
            flow.graph().to_mermaid(),
            flow.graph().to_dot(),
            flow.graph().to_json(),
        ]
    };
    let first = print();
    assert!((0..1000).all(|_| print() == first));
}

/// The graph is a constant: it can be asked before anything runs.
#[test]
fn the_graph_is_data() {
    let flow = Support::flow();
    let graph = flow.graph();
    assert_eq!(graph.name, "Support");
    assert_eq!(
        (graph.entries, graph.exits),
        ([0, 4].as_slice(), [3, 4].as_slice())
    );
    let edges: Vec<_> = graph
        .edges
        .iter()
        .map(|edge| (edge.from, edge.to, edge.is_hop))
        .collect();
    assert_eq!(
        edges,
        [(0, 1, false), (1, 2, false), (2, 1, true), (1, 3, false)]
    );
    let judge = &graph.nodes[2];
    assert_eq!(judge.input.to_string(), "Docs<Vec<&str>>");
    assert_eq!(judge.output.full(), "observing::graph::Question");
    assert_eq!(
        judge.exit.map(|exit| exit.to_string()).as_deref(),
        Some("String")
    );
    assert!(judge.can_end && graph.nodes[3].can_end && !graph.nodes[0].can_end);
    assert_eq!(format!("{judge:?}"), "judge: Docs<Vec<&str>> -> Question");
}
