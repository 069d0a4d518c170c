//! A graph in Graphviz' DOT language.

use super::Graph;
use super::picture::{Arrow, Ids, Shape};

impl Graph {
    /// The graph in the [DOT](https://graphviz.org/doc/info/lang.html) language.
    pub fn to_dot(&self) -> String {
        let mut text = format!("digraph {} {{\n    rankdir = TB;\n", quoted(self.name));
        text += "    OpenSea [shape = ellipse];\n";
        let ids = Ids::of(self, str::to_owned);
        for (node, id) in self.nodes.iter().zip(&ids.0) {
            let label = match id == node.name {
                true => String::new(),
                false => format!(", label = {}", quoted(node.name)),
            };
            let shape = match Shape::of(node) {
                Shape::Function => "shape = box",
                Shape::Playbook => "shape = box, peripheries = 2",
                Shape::Join => "shape = hexagon",
                Shape::Map => "shape = parallelogram",
                Shape::Await => "shape = box, style = rounded",
            };
            text += &format!("    {} [{shape}{label}];\n", quoted(id));
        }
        text += "    Rookery [shape = ellipse];\n";
        for arrow in self.arrows() {
            text += &line(&arrow, &ids);
        }
        text + "}\n"
    }
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
