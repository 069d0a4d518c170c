//! A graph as a Mermaid flowchart.

use std::fmt;

use super::Graph;
use super::picture::{Arrow, Drawn, Ids, OPEN_SEA, Picture, ROOKERY, Shape};

impl Graph {
    /// The graph as a [Mermaid](https://mermaid.js.org/syntax/flowchart.html) flowchart:
    /// edges carry their types; dotted ones go round a loop, leave it, or lead to a fallback.
    /// Playbooks have a double border, joins are hexagons, maps are slanted, and an `await` is
    /// rounded.
    pub fn to_mermaid(&self) -> String {
        mermaid(&self.picture())
    }
}

/// Prints the Mermaid text.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_mermaid())
    }
}

pub(super) fn mermaid(picture: &Picture<'_>) -> String {
    let ends = |name: &str| format!("    {name}([{name}])\n");
    let mut text = String::from("flowchart TD\n");
    text += &ends(OPEN_SEA);
    let ids = Ids::of(picture, id);
    for (node, id) in picture.nodes.iter().zip(&ids.0) {
        let label = label(node.name);
        text += &match node.shape {
            Shape::Function => format!("    {id}[{label}]\n"),
            Shape::Playbook => format!("    {id}[[{label}]]\n"),
            Shape::Join => format!("    {id}{{{{{label}}}}}\n"),
            Shape::Map => format!("    {id}[/{label}/]\n"),
            Shape::Await => format!("    {id}({label})\n"),
        };
    }
    text += &ends(ROOKERY);
    for arrow in picture.arrows() {
        text += &line(&arrow, &ids);
    }
    text + &marks(picture, &ids)
}

/// The marked nodes, as a class with a thick border.
fn marks(picture: &Picture<'_>, ids: &Ids) -> String {
    let marked: Vec<_> = picture.marked().map(|node| ids.0[node].as_str()).collect();
    match marked.is_empty() {
        true => String::new(),
        false => format!(
            "    classDef marked stroke-width:4px\n    class {} marked\n",
            marked.join(",")
        ),
    }
}

fn line(arrow: &Arrow, ids: &Ids) -> String {
    let shaft = if arrow.kind.is_dotted() {
        "-.->"
    } else {
        "-->"
    };
    let (from, to) = (ids.at(&arrow.from), ids.at(&arrow.to));
    format!("    {from} {shaft}|{}| {to}\n", label(&arrow.label))
}

/// A node's name as an id. `end` is a keyword of Mermaid's, in any case.
fn id(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let id: String = name.chars().map(plain).collect();
    if id.eq_ignore_ascii_case("end") {
        id + "_"
    } else {
        id
    }
}

/// ConstText that is not a plain word is quoted, its special characters escaped.
fn label(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '_';
    if text.chars().all(plain) && !text.eq_ignore_ascii_case("end") {
        return text.to_owned();
    }
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    format!("\"{escaped}\"")
}
