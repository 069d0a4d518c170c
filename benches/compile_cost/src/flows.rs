//! Programs with large flows, and the same programs without the flow.

use std::ops::Range;

/// How a large flow is built.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// One chain.
    Line,
    /// Blocks of ten nodes with a join, a `match`, a loop, a fallback and a map.
    Mixed,
}

/// How many nodes a block has.
const BLOCK: usize = 10;

const TURN: &str = "enum Turn { Even(u32), Odd(u32), Again(u32) }\n";

const BLOCK_NODES: &str = "
#[node] async fn a@(_: u32) -> u32 { unimplemented!() }
#[node] async fn b@(_: u32) -> u32 { unimplemented!() }
#[node] async fn c@(_: u32) -> u32 { unimplemented!() }
#[node] async fn d@(_: (u32, u32)) -> Turn { unimplemented!() }
#[node] async fn e@(_: u32) -> u32 { unimplemented!() }
#[node] async fn f@(_: &u32) -> Result<u32, String> { unimplemented!() }
#[node] async fn g@(_: u32) -> u32 { unimplemented!() }
#[node] async fn h@(_: u32) -> Vec<u32> { unimplemented!() }
#[node] async fn i@(_: u32) -> u32 { unimplemented!() }
#[node] async fn j@(_: Vec<u32>) -> u32 { unimplemented!() }
";

const BLOCK_EDGES: &str = "
a@ -> [b@, c@] -> join -> d@ -> match {
    Turn::Even(n) => e@(n),
    Turn::Odd(n) => f@(n) else g@,
    Turn::Again(n) => a@(n),
} -> h@ -> [i@; 4] -> join -> j@;
";

const LINE_NODE: &str = "#[node] async fn n@(_: u32) -> u32 { unimplemented!() }\n";

const RUN: &str = "Large::flow().run(1).await.map(drop)";

impl Shape {
    pub(crate) const ALL: [Self; 2] = [Self::Line, Self::Mixed];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Line => "a line",
            Self::Mixed => "mixed",
        }
    }

    /// So many nodes, a multiple of ten, in a flow or without one.
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
    let links = (1..blocks).map(|next| format!("j{} -> a{next};\n", next - 1));
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
            let program = shape.program(3 * BLOCK, false);
            assert_eq!(program.matches("#[node]").count(), 3 * BLOCK);
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
