//! A graph in Graphviz' DOT language.

use super::{Arrow, Graph};

pub(super) fn write(graph: &Graph) -> String {
    let mut text = format!("digraph {} {{\n    rankdir = TB;\n", quoted(graph.name));
    text += "    OpenSea [shape = ellipse];\n";
    for node in graph.nodes {
        text += &format!("    {} [shape = box];\n", quoted(node.name));
    }
    text += "    Rookery [shape = ellipse];\n";
    for arrow in graph.arrows() {
        text += &line(&arrow);
    }
    text + "}\n"
}

fn line(arrow: &Arrow) -> String {
    let style = if arrow.is_dotted {
        ", style = dashed"
    } else {
        ""
    };
    format!(
        "    {} -> {} [label = {}{style}];\n",
        quoted(arrow.from),
        quoted(arrow.to),
        quoted(&arrow.label)
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
