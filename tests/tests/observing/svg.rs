//! SVG pictures of flows that have every stage: the same bytes at every run, no two boxes over each
//! other, and no text over a box or another text. The pictures stand in `pictures/`.

use expect_test::{ExpectFile, expect_file};
use penguiflow::prelude::*;
use penguiflow::{Graph, StoredGraph, Theme};
use serde::{Deserialize, Serialize};

#[node(timeout = "1s", retries = 2)]
async fn triage(question: String) -> Result<String, String> {
    Ok(question)
}

#[node]
async fn web(question: String) -> String {
    question
}

#[node]
async fn wiki(question: String) -> usize {
    question.len()
}

#[node(retries = 3)]
async fn model(question: String) -> Result<String, String> {
    Ok(question)
}

#[node]
async fn small_model(question: String) -> Result<String, String> {
    Ok(question)
}

#[node]
async fn apology(question: String) -> String {
    question
}

#[node]
async fn pack((found, pages, question): (String, usize, String)) -> String {
    format!("{found} {pages} {question}")
}

#[node]
async fn think(question: String) -> ControlFlow<String, String> {
    ControlFlow::Break(question)
}

#[node]
async fn search(question: String) -> String {
    question
}

#[node]
async fn split(text: String) -> Vec<String> {
    vec![text]
}

#[node]
async fn count(texts: Vec<String>) -> String {
    texts.concat()
}

#[derive(Clone, Serialize, Deserialize)]
enum Topic {
    Sql(String),
    Document { title: String, pages: u32 },
    Chat(String),
}

#[node]
async fn sort(question: String) -> Topic {
    Topic::Sql(question)
}

#[node]
async fn polite(question: String) -> Option<String> {
    Some(question)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Approval(bool);

#[node]
async fn publish((text, approval): (String, Approval)) -> String {
    format!("{text} {approval:?}")
}

#[node]
async fn shelve(text: String) -> (String, Approval) {
    (text, Approval(false))
}

flow! { struct Line(String) -> String; triage -> web -> search; }
flow! { struct Sources(String) -> String; triage -> [web, wiki, _] -> join -> pack -> search; }
flow! { struct Agent(String) -> String; triage -> think -> search -> think; }
flow! { struct Fallbacks(String) -> String; triage -> model else small_model else apology -> web; }
flow! { struct Items(String) -> String; split -> [model -> web; 8] -> join -> count; }
flow! { struct Race(String) -> String; triage -> [web, model, small_model] -> race -> search; }
flow! {
    struct Routes(String) -> String;
    sort -> match {
        Topic::Sql(query) => search(query) -> web,
        Topic::Document { title, pages } if pages > 100 && title != "Emma" => web(title),
        Topic::Document { title, .. } | Topic::Chat(title) => polite(title),
    };
}
flow! {
    struct Approved(String) -> String;
    model -> await Approval within "1m" else shelve -> publish;
}
flow! { struct Desk(String) -> String; triage -> Agent -> Sources -> web; }
flow! { struct Parts(String) -> String; triage -> (think -> search -> think) -> web; }
flow! { struct Entries(String) -> String; web; [split -> [web_of_item; 4]]; }
flow! {
    struct Everything(String) -> String;
    triage -> [Agent, split -> [model; 4] -> join -> count, _] -> quorum(2) -> count_again -> sort
        -> match {
            Topic::Sql(query) => think(query) -> search -> think,
            Topic::Document { title, .. } => small_model(title) else apology,
            Topic::Chat(text) => wait(text) -> await Approval -> publish,
        };
}

use count as count_again;
use search as wait;
use web as web_of_item;

/// Each with the name of its picture.
fn pictures() -> [(&'static Graph, ExpectFile); 12] {
    macro_rules! pictures {
        ($($flow:ident $file:literal)*) => {
            [$(($flow::flow().graph(), expect_file![concat!("pictures/", $file)])),*]
        };
    }
    pictures![
        Line "line.svg"
        Sources "sources.svg"
        Agent "agent.svg"
        Fallbacks "fallbacks.svg"
        Items "items.svg"
        Race "race.svg"
        Routes "routes.svg"
        Approved "approved.svg"
        Desk "desk.svg"
        Parts "parts.svg"
        Entries "entries.svg"
        Everything "everything.svg"
    ]
}

#[test]
fn each_stage_has_its_look() {
    for (graph, expected) in pictures() {
        expected.assert_eq(&graph.svg().types().to_string());
    }
}

#[test]
fn a_picture_is_always_the_same() {
    for (graph, _) in pictures() {
        let first = graph.to_svg();
        assert!((0..8).all(|_| graph.to_svg() == first));
    }
}

/// Also one that was read back from JSON: where its flow is not compiled in, it looks the same.
#[test]
fn a_stored_graph_has_the_pictures_of_its_flow() {
    for (graph, _) in pictures() {
        let stored = StoredGraph::from_json(&graph.to_json()).expect("a graph's JSON");
        assert_eq!(stored.to_mermaid(), graph.to_mermaid());
        assert_eq!(stored.to_dot(), graph.to_dot());
        let pictures = [stored.svg(), graph.svg()].map(|svg| svg.types().to_string());
        assert_eq!(pictures[0], pictures[1]);
    }
}

#[test]
fn no_box_and_no_text_lies_over_another() {
    for (graph, _) in pictures() {
        for svg in [graph.svg(), graph.svg().types()] {
            let text = svg.to_string();
            let areas: Vec<_> = text.split("<rect ").filter_map(area).collect();
            assert!(areas.len() > 2, "{text}");
            for (place, one) in areas.iter().enumerate() {
                let over = areas[place + 1..].iter().find(|other| one.meets(other));
                assert!(over.is_none(), "{one:?} and {over:?} in {text}");
            }
        }
    }
}

#[test]
fn a_theme_has_its_colours_alone() {
    let of = |theme| Line::flow().graph().svg().theme(theme).to_string();
    let (light, dark, auto) = (of(Theme::Light), of(Theme::Dark), of(Theme::Auto));
    assert_ne!(light, dark);
    assert!(!light.contains("@media") && !dark.contains("@media"));
    assert!(auto.contains("@media(prefers-color-scheme:dark)"));
    assert_eq!(auto, Line::flow().graph().to_svg());
}

/// Without types, only the patterns and `else` are written.
#[test]
fn types_are_written_on_request() {
    let graph = Routes::flow().graph();
    let (plain, typed) = (graph.to_svg(), graph.svg().types().to_string());
    assert!(!plain.contains(">String<") && typed.contains(">String<"));
    assert!(plain.contains("Topic::Sql(query)"));
}

/// A rectangle, in pixels.
#[derive(Debug)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Area {
    fn meets(&self, other: &Self) -> bool {
        let apart = |from: f64, size: f64, other_from: f64, other_size: f64| {
            from + size <= other_from || other_from + other_size <= from
        };
        !apart(self.left, self.width, other.left, other.width)
            && !apart(self.top, self.height, other.top, other.height)
    }
}

/// The area of a box or of a text; that of the rest is part of theirs.
fn area(rect: &str) -> Option<Area> {
    let attribute = |name: &str| {
        let (_, value) = rect.split_once(&format!(" {name}=\""))?;
        value.split('"').next()?.parse().ok()
    };
    let (_, class) = rect.split_once("class=\"")?;
    let class = class.split('"').next()?;
    let part = ["page", "inner", "bar", "node map sheet"].contains(&class);
    (!part).then_some(())?;
    Some(Area {
        left: attribute("x")?,
        top: attribute("y")?,
        width: attribute("width")?,
        height: attribute("height")?,
    })
}

/// A page's own sheet colours it, so it has neither a sheet nor styles that a strict policy refuses.
#[test]
fn a_picture_for_a_page_has_named_nodes_and_no_styles() {
    let flow = Fallbacks::flow();
    let svg = flow.graph().svg().embedded().to_string();
    assert!(!svg.contains("<style") && !svg.contains("style="), "{svg}");
    let nodes: Vec<_> = flow.graph().nodes.iter().collect();
    for node in &nodes {
        let group = format!(r#"<g class="visit" data-node="{}">"#, node.name);
        assert_eq!(svg.matches(&group).count(), 1, "{svg}");
    }
    assert_eq!(svg.matches(r#"<text class="figure">"#).count(), nodes.len());
    assert_eq!(
        svg.matches(r#"<text class="figure bad">"#).count(),
        nodes.len()
    );
}
