//! Graphs that were read back from JSON: the nodes that are marked in them, and what is refused.

use expect_test::{Expect, expect};
use penguiflow::StoredGraph;
use penguiflow::prelude::*;

#[node]
async fn draft(topic: String) -> String {
    topic
}

#[node]
async fn publish(text: String) -> usize {
    text.len()
}

flow! { struct Publish(String) -> usize; draft -> publish; }

fn stored() -> StoredGraph {
    StoredGraph::from_json(&Publish::flow().graph().to_json()).expect("a graph's JSON")
}

#[test]
fn marked_nodes_have_a_thick_border() {
    let graph = stored().mark(["publish", "unknown"]);
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            draft[draft]
            publish[publish]
            Rookery([Rookery])
            OpenSea -->|String| draft
            draft -->|String| publish
            publish -->|usize| Rookery
            classDef marked stroke-width:4px
            class publish marked
    "#]]
    .assert_eq(&graph.to_mermaid());
    assert!(
        graph
            .to_dot()
            .contains(r#""publish" [shape = box, penwidth = 4];"#)
    );
    let svg = graph.to_svg();
    let marked = svg.split(r#"<g class="marked">"#).nth(1);
    let marked = marked.and_then(|rest| rest.split("</g>").next());
    assert!(
        marked.expect("a marked node").contains(">publish<"),
        "{svg}"
    );
    assert_eq!(svg.matches("<g class=").count(), 1);
}

#[test]
fn what_is_not_a_graph_is_refused_in_a_sentence() {
    let graph = Publish::flow().graph().to_json();
    let cases: [(String, Expect); 5] = [
        (
            String::new(),
            expect!["not the JSON of a flow's graph: EOF while parsing a value at line 1 column 0"],
        ),
        (
            "[]".to_owned(),
            expect![
                "not the JSON of a flow's graph: invalid length 0, expected struct StoredGraph with 5 elements at line 1 column 2"
            ],
        ),
        (
            graph.replace("\"visit\"", "\"visitor\""),
            expect![
                "not the JSON of a flow's graph: `nodes[0].kind`: unknown variant `visitor`, expected one of `visit`, `join`, `map`, `await` at line 23 column 23"
            ],
        ),
        (
            graph.replace("\"to\": 1", "\"to\": 2"),
            expect!["not the JSON of a flow's graph: there is no node 2: it has 2"],
        ),
        (
            graph + "}",
            expect!["not the JSON of a flow's graph: trailing characters at line 62 column 2"],
        ),
    ];
    for (text, expected) in cases {
        let error = StoredGraph::from_json(&text).expect_err("not a graph");
        expected.assert_eq(&error.to_string());
    }
}
