//! A graph in Graphviz' DOT language.

use super::Graph;
use super::picture::{Arrow, Drawn, Ids, Picture, Shape};

impl Graph {
    /// The graph in the [DOT](https://graphviz.org/doc/info/lang.html) language.
    pub fn to_dot(&self) -> String {
        dot(&self.picture())
    }
}

pub(super) fn dot(picture: &Picture<'_>) -> String {
    let mut text = format!("digraph {} {{\n    rankdir = TB;\n", quoted(picture.name));
    text += "    OpenSea [shape = ellipse];\n";
    let ids = Ids::of(picture, str::to_owned);
    for (node, id) in picture.nodes.iter().zip(&ids.0) {
        let label = match id == node.name {
            true => String::new(),
            false => format!(", label = {}", quoted(node.name)),
        };
        let mark = if node.is_marked { ", penwidth = 4" } else { "" };
        let shape = match node.shape {
            Shape::Function => "shape = box",
            Shape::Playbook => "shape = box, peripheries = 2",
            Shape::Join => "shape = hexagon",
            Shape::Map => "shape = parallelogram",
            Shape::Await => "shape = box, style = rounded",
        };
        text += &format!("    {} [{shape}{label}{mark}];\n", quoted(id));
    }
    text += "    Rookery [shape = ellipse];\n";
    for arrow in picture.arrows() {
        text += &line(&arrow, &ids);
    }
    text + "}\n"
}

fn line(arrow: &Arrow, ids: &Ids) -> String {
    let style = if arrow.kind.is_dotted() {
        ", style = dashed"
    } else {
        ""
    };
    format!(
        "    {} -> {} [label = {}{style}];\n",
        quoted(ids.at(&arrow.from)),
        quoted(ids.at(&arrow.to)),
        quoted(&arrow.label)
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
