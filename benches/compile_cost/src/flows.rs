//! Programs with large flows, and the same programs without the flow.

/// How a large flow is built.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// One chain.
    Line,
    /// Blocks of ten nodes with a join, a `match`, a loop, a fallback and a map.
    Mixed,
}

/// The nodes of a block of a mixed flow.
const BLOCK: usize = 10;

const TYPES: &str = "
enum Turn { Even(u32), Odd(u32), Again(u32) }
";

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
        let (nodes, chains) = match self {
            Self::Line => (line_nodes(nodes), line(nodes)),
            Self::Mixed => (mixed_nodes(nodes / BLOCK), mixed(nodes / BLOCK)),
        };
        let (flow, run) = match in_a_flow {
            true => (
                format!("flow! {{ struct Large(u32) -> u32;\n{chains}}}"),
                RUN,
            ),
            false => (String::new(), "Ok(())"),
        };
        format!(
            "#![allow(dead_code)]\nuse penguiflow::prelude::*;\n{nodes}\n{flow}\n\
             #[tokio::main(flavor = \"current_thread\")]\n\
             async fn main() -> Result<(), FlowError> {{ {run} }}\n"
        )
    }
}

const RUN: &str = "Large::flow().run(1).await.map(drop)";

fn line_nodes(count: usize) -> String {
    (0..count).fold(String::new(), |nodes, n| {
        nodes + &node("n", n, "u32", "u32")
    })
}

/// The text of a node; what it does costs the same in each.
fn node(name: &str, number: usize, takes: &str, returns: &str) -> String {
    format!("#[node] async fn {name}{number}(_: {takes}) -> {returns} {{ unimplemented!() }}\n")
}

fn line(count: usize) -> String {
    let nodes: Vec<_> = (0..count).map(|n| format!("n{n}")).collect();
    nodes.join(" -> ") + ";\n"
}

fn mixed_nodes(blocks: usize) -> String {
    (0..blocks).fold(TYPES.to_owned(), |nodes, block| nodes + &block_nodes(block))
}

fn block_nodes(block: usize) -> String {
    let plain = ["a", "b", "c", "e", "g", "i"];
    let mut nodes: String = plain.map(|name| node(name, block, "u32", "u32")).concat();
    nodes += &node("d", block, "(u32, u32)", "Turn");
    nodes += &node("f", block, "&u32", "Result<u32, String>");
    nodes += &node("h", block, "u32", "Vec<u32>");
    nodes + &node("j", block, "Vec<u32>", "u32")
}

fn mixed(blocks: usize) -> String {
    let mut chains = String::new();
    for b in 0..blocks {
        let next = b + 1;
        let onward = if next < blocks {
            format!(" -> a{next}")
        } else {
            String::new()
        };
        let chain = format!(
            "a{b} -> [b{b}, c{b}] -> join -> d{b} -> match {{
                Turn::Even(n) => e{b}(n), Turn::Odd(n) => f{b}(n) else g{b}, Turn::Again(n) => a{b}(n),
            }} -> h{b} -> [i{b}; 4] -> join -> j{b}{onward};\n"
        );
        chains += &chain;
    }
    chains
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
