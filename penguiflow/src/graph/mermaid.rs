//! A graph as a Mermaid flowchart.

use super::{Arrow, Graph};

pub(super) fn write(graph: &Graph) -> String {
    let ends = |name: &str| format!("    {name}([{name}])\n");
    let mut text = String::from("flowchart TD\n");
    text += &ends("OpenSea");
    for node in graph.nodes {
        let (id, label) = (id(node.name), label(node.name));
        text += &match node.playbook {
            Some(_) => format!("    {id}[[{label}]]\n"),
            None => format!("    {id}[{label}]\n"),
        };
    }
    text += &ends("Rookery");
    for arrow in graph.arrows() {
        text += &line(&arrow);
    }
    text
}

fn line(arrow: &Arrow) -> String {
    let shaft = if arrow.is_dotted { "-.->" } else { "-->" };
    let (from, to) = (id(arrow.from), id(arrow.to));
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

/// Text that is not a plain word is quoted, its special characters escaped.
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
