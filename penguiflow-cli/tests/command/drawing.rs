//! Pictures of graphs, completions and the manual page.

use std::fs;

use expect_test::expect;
use penguiflow::{Flow, Theme};

use crate::publish::Publish;
use crate::shop::Shop;
use crate::{refuses, run_in, texts};

/// What it prints for the graph of the flow.
fn drawn(shop: &Shop, options: &[&str]) -> String {
    let graph = shop.folder().join("graph.json");
    fs::write(graph, flow().graph().to_json()).expect("a file");
    let output = run_in(shop.folder(), &[&["draw", "graph.json"], options].concat());
    let (out, err) = texts(&output);
    assert_eq!(err, "");
    out
}

fn flow() -> Flow<Publish> {
    Publish::flow()
}

#[tokio::test]
async fn a_graph_is_drawn_as_by_its_flow() {
    let shop = Shop::empty().await;
    let (flow, svg) = (flow(), |svg: penguiflow::Svg<'_>| svg.to_string());
    let graph = flow.graph();
    assert_eq!(drawn(&shop, &[]), graph.to_mermaid());
    assert_eq!(drawn(&shop, &["--mermaid"]), graph.to_mermaid());
    assert_eq!(drawn(&shop, &["--dot"]), graph.to_dot());
    assert_eq!(drawn(&shop, &["--svg"]), graph.to_svg());
    assert_eq!(
        drawn(&shop, &["--svg", "--types"]),
        svg(graph.svg().types())
    );
    assert_eq!(
        drawn(&shop, &["--svg", "--dark"]),
        svg(graph.svg().theme(Theme::Dark))
    );
}

#[tokio::test]
async fn what_is_no_graph_is_refused() {
    let shop = Shop::empty().await;
    fs::write(shop.folder().join("other.json"), "{}").expect("a file");
    refuses(
        shop.folder(),
        "draw other.json",
        1,
        expect![[r#"
        penguiflow: `other.json` is no graph: not the JSON of a flow's graph: missing field `name` at line 1 column 2
    "#]],
    );
    refuses(
        shop.folder(),
        "draw gone.json",
        1,
        expect![[r#"
        penguiflow: `gone.json` cannot be read: No such file or directory (os error 2)
    "#]],
    );
}

#[tokio::test]
async fn completions_and_manual_know_each_command() {
    let shop = Shop::empty().await;
    let (bash, err) = texts(&run_in(shop.folder(), &["completions", "bash"]));
    assert_eq!(err, "");
    let (manual, err) = texts(&run_in(shop.folder(), &["man"]));
    assert_eq!(err, "");
    for command in [
        "traces",
        "show",
        "waiting",
        "resume",
        "dead",
        "retry",
        "drop",
        "cancel",
        "schedules",
        "backup",
        "top",
        "draw",
        "completions",
        "man",
    ] {
        assert!(
            bash.contains(&format!("penguiflow__subcmd__{command}")),
            "{command}"
        );
        assert!(
            manual.contains(&format!(".SH \"penguiflow {command}\"\n")),
            "{command}"
        );
    }
    assert!(bash.contains("--older"));
    assert!(manual.contains("\\fB\\-\\-older\\fR"), "{manual}");
}
