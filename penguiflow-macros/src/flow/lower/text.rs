//! What a flow is lowered to, as text: a step per line, an arrow before each end, and what stands in
//! a block, a loop, a branch or an arm below it, further in.

use quote::ToTokens;

use super::code::{Along, Body, Branch, Code, End, Moving, OpenFork, Step};
use crate::flow::graph::Graph;
use crate::spelled::spelled;

pub(super) fn described(graph: &Graph, code: &Code<'_>) -> String {
    let mut text = Text {
        graph,
        written: String::new(),
        depth: 0,
    };
    text.body(&code.main);
    for function in &code.functions {
        text.inner(&format!("fn {}", text.name(function.node)), &function.body);
    }
    text.written
}

/// Code as text.
struct Text<'g> {
    graph: &'g Graph,
    written: String,
    depth: usize,
}

impl Text<'_> {
    fn name(&self, node: usize) -> String {
        self.graph.nodes[node].ident.to_string()
    }

    fn line(&mut self, line: &str) {
        self.written += &format!("{}{line}\n", "  ".repeat(self.depth));
    }

    fn inner(&mut self, head: &str, body: &Body<'_>) {
        self.line(head);
        self.depth += 1;
        self.body(body);
        self.depth -= 1;
    }

    fn body(&mut self, body: &Body<'_>) {
        body.steps.iter().for_each(|step| self.step(step));
        self.end(&body.end);
    }

    fn step(&mut self, step: &Step<'_>) {
        match step {
            Step::Visit(node) => self.line(&self.name(*node)),
            Step::Park(node) => self.line(&format!("park {}", self.name(*node))),
            Step::Edge(along) => self.edge(*along),
            Step::Map {
                map,
                items,
                is_space,
                ..
            } => {
                let space = if *is_space { " in spaces" } else { "" };
                self.inner(&format!("each {}{space}", self.name(*map)), items);
            }
            Step::Fork(fork) => {
                self.line(&format!("fork to {}", self.name(fork.join)));
                fork.branches.iter().for_each(|branch| self.branch(branch));
            }
            Step::Block(node, body) => self.inner(&format!("block to {}", self.name(*node)), body),
            Step::Loop(node, body) => self.inner(&format!("loop {}", self.name(*node)), body),
        }
    }

    /// Only what is more than one step to the next node.
    fn edge(&mut self, along: Along) {
        if along.goes_round {
            self.line("round");
        }
        match along.moving {
            Moving::To(place @ 1..) => self.line(&format!("place {place}")),
            Moving::Counted(_) => self.line("counted place"),
            Moving::Stays | Moving::To(0) => {}
        }
    }

    fn branch(&mut self, branch: &Branch<'_>) {
        let space = if branch.is_space { " in a space" } else { "" };
        let place = branch
            .place
            .map_or(String::new(), |place| format!(" at {place}"));
        self.inner(&format!("branch{place}{space}"), &branch.body);
    }

    fn end(&mut self, end: &End<'_>) {
        match end {
            End::Yield => self.line("-> value"),
            End::Never => {}
            End::Over => self.line("-> nothing"),
            End::Continue(node) => self.line(&format!("-> again {}", self.name(*node))),
            End::Again { edge, .. } => {
                let head = self.name(self.graph.target(*edge));
                self.line(&format!("-> again {head}, or what takes over"));
            }
            End::Break(node) => self.line(&format!("-> to {}", self.name(*node))),
            End::Output(_) => self.line("-> out"),
            End::Detach(node) => self.line(&format!("-> call {}", self.name(*node))),
            End::Feed { join, slot } => {
                self.line(&format!("-> input {slot} of {}", self.name(*join)));
            }
            End::Scatter(fork) => self.open(fork),
            End::Choice { arms, .. } => {
                for (arm, body) in arms {
                    let pattern = spelled(arm.pattern.pat.to_token_stream());
                    self.inner(&format!("case {pattern}"), body);
                }
            }
            End::Else {
                node, on, failed, ..
            } => self.either(&format!("try {}", self.name(*node)), on, failed),
            End::Round {
                edge,
                on,
                exhausted,
                ..
            } => {
                let head = self.name(self.graph.target(*edge));
                self.either(&format!("round to {head}"), on, exhausted);
            }
        }
    }

    fn either(&mut self, head: &str, on: &Body<'_>, other: &Body<'_>) {
        self.inner(head, on);
        self.inner("else", other);
    }

    fn open(&mut self, fork: &OpenFork<'_>) {
        self.line("scatter");
        fork.branches.iter().for_each(|branch| self.branch(branch));
        for (join, body) in &fork.joins {
            self.inner(&format!("behind {}", self.name(*join)), body);
        }
    }
}
