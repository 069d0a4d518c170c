//! Programs with large flows, and the same programs without the flow.

use std::ops::Range;

/// How a large flow is built.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// One chain.
    Line,
    /// Blocks of twelve nodes with a join, a `match`, a loop, a fallback and a map.
    Mixed,
}

/// How many nodes a block has.
pub(crate) const BLOCK: usize = 12;

const TURN: &str = "enum Turn { Even(u32), Odd(u32), Again(u32) }\n";

const BLOCK_NODES: &str = "
#[node] async fn a@(n: u32) -> u32 { n + 1 }
#[node] async fn b@(n: u32) -> u32 { n + 2 }
#[node] async fn c@(n: u32) -> u32 { n + 3 }
#[node] async fn d@((a, b): (u32, u32)) -> Turn {
    match (a + b) % 3 { 0 => Turn::Even(a), 1 => Turn::Odd(b), _ => Turn::Again(a) }
}
#[node] async fn e@(n: u32) -> u32 { n + 4 }
#[node] async fn f@(n: &u32) -> Result<u32, String> { n.checked_mul(3).ok_or_else(String::new) }
#[node] async fn g@(n: u32) -> u32 { n + 5 }
#[node] async fn h@(n: u32) -> Vec<u32> { vec![n; 3] }
#[node] async fn i@(n: u32) -> u32 { n + 6 }
#[node] async fn j@(all: Vec<u32>) -> u32 { all.iter().sum() }
#[node] async fn k@(n: u32) -> u32 { n + 7 }
#[node] async fn l@(n: u32) -> u32 { n + 8 }
";

const BLOCK_EDGES: &str = "
a@ -> [b@, c@] -> join -> d@ -> match {
    Turn::Even(n) => e@(n),
    Turn::Odd(n) => f@(n) else g@,
    Turn::Again(n) => a@(n),
} -> h@ -> [i@; 4] -> join -> j@ -> k@ -> l@;
";

const LINE_NODE: &str = "#[node] async fn n@(n: u32) -> u32 { n + 1 }\n";

const RUN: &str = "Large::flow().run(1).await.map(drop)";

impl Shape {
    pub(crate) const ALL: [Self; 2] = [Self::Line, Self::Mixed];

    /// How many nodes the flows have that are measured.
    pub(crate) fn sizes(self) -> &'static [usize] {
        match self {
            Self::Line => &[10, 50, 200, 600, 2_000],
            Self::Mixed => &[12, 48, 204, 600],
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Line => "a line",
            Self::Mixed => "mixed",
        }
    }

    /// So many nodes, of mixed ones a multiple of twelve, in a flow or without one.
    pub(crate) fn program(self, nodes: usize, in_a_flow: bool) -> String {
        let (flow, run) = match in_a_flow {
            true => (self.flow(nodes), RUN),
            false => (String::new(), "Ok(())"),
        };
        let nodes = self.nodes(nodes);
        format!(
            "#![allow(dead_code)]\nuse penguiflow::prelude::*;\n{nodes}\n{flow}\n\
             #[tokio::main(flavor = \"current_thread\")]\n\
             async fn main() -> Result<(), FlowError> {{ {run} }}\n"
        )
    }

    fn nodes(self, nodes: usize) -> String {
        match self {
            Self::Line => numbered(LINE_NODE, 0..nodes),
            Self::Mixed => TURN.to_owned() + &numbered(BLOCK_NODES, 0..nodes / BLOCK),
        }
    }

    fn flow(self, nodes: usize) -> String {
        let edges = match self {
            Self::Line => line_edges(nodes),
            Self::Mixed => mixed_edges(nodes / BLOCK),
        };
        format!("flow! {{\n    struct Large(u32) -> u32;\n{edges}}}")
    }
}

/// A text for each number, which stands for its `@`.
fn numbered(text: &str, numbers: Range<usize>) -> String {
    numbers.map(|n| text.replace('@', &n.to_string())).collect()
}

fn line_edges(nodes: usize) -> String {
    let nodes: Vec<_> = (0..nodes).map(|n| format!("n{n}")).collect();
    nodes.join(" -> ") + ";\n"
}

fn mixed_edges(blocks: usize) -> String {
    let links = (1..blocks).map(|next| format!("l{} -> a{next};\n", next - 1));
    links.fold(numbered(BLOCK_EDGES, 0..blocks), |edges, link| {
        edges + &link
    })
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Shape};
    use crate::project::{FLOWS, Project};

    #[test]
    fn a_program_has_as_many_nodes_as_asked_for() {
        for shape in Shape::ALL {
            for &nodes in shape.sizes() {
                let program = shape.program(nodes, false);
                assert_eq!(program.matches("#[node]").count(), nodes);
            }
        }
    }

    /// What is measured compiles.
    #[test]
    fn small_flows_pass_the_check() {
        let project = Project::new(FLOWS, false).expect("a temporary folder");
        for shape in Shape::ALL {
            for in_a_flow in [true, false] {
                let checked = project.cost("check", &shape.program(BLOCK, in_a_flow));
                checked.expect("the compiler accepts it");
            }
        }
    }
}
