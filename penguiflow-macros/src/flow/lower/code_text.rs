//! Lowered code as text, for tests: a step per line, an arrow before each end, and the contents of
//! blocks, loops, branches and arms indented.

use quote::ToTokens;

use super::code::{Along, Body, Branch, Code, CursorMove, End, OpenFork, Step};
use super::flow::Flow;
use crate::token_text::token_text;

pub(super) fn code_text(flow: &Flow, code: &Code<'_>) -> String {
    let mut text = Text {
        flow,
        written: String::new(),
        depth: 0,
    };
    text.body(&code.main);
    for function in &code.functions {
        text.inner(&format!("fn {}", function.node.ident), &function.body);
    }
    text.written
}

/// Code as text.
struct Text<'f> {
    flow: &'f Flow,
    written: String,
    depth: usize,
}

impl Text<'_> {
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
            Step::Visit(node) => self.line(&node.ident.to_string()),
            Step::Park(node) => self.line(&format!("park {}", node.ident)),
            Step::Enter(_, moving) => self.moving(*moving),
            Step::Edge(along) => self.edge(*along),
            Step::Map(map) => {
                let scope = if map.is_scoped { " in scopes" } else { "" };
                self.inner(&format!("each {}{scope}", map.map.ident), &map.items);
            }
            Step::Fork(fork) => {
                self.line(&format!("fork to {}", fork.join.ident));
                fork.branches.iter().for_each(|branch| self.branch(branch));
            }
            Step::Block(node, body) => self.inner(&format!("block to {}", node.ident), body),
            Step::Loop(node, body) => self.inner(&format!("loop {}", node.ident), body),
        }
    }

    /// Written only where it is more than one step to the next node.
    fn edge(&mut self, along: Along<'_>) {
        if along.goes_round {
            self.line("round");
        }
        self.moving(along.moving);
    }

    fn moving(&mut self, moving: CursorMove) {
        match moving {
            CursorMove::To(place @ 1..) => self.line(&format!("place {place}")),
            CursorMove::Counted(_) => self.line("counted place"),
            CursorMove::Stay | CursorMove::To(0) => {}
        }
    }

    fn branch(&mut self, branch: &Branch<'_>) {
        let scope = if branch.is_scoped { " in a scope" } else { "" };
        let place = branch
            .place
            .map_or(String::new(), |place| format!(" at {place}"));
        self.inner(&format!("branch{place}{scope}"), &branch.body);
    }

    fn end(&mut self, end: &End<'_>) {
        match end {
            End::Yield => self.line("-> value"),
            End::Never => {}
            End::Nothing => self.line("-> nothing"),
            End::Continue(node) => self.line(&format!("-> again {}", node.ident)),
            End::Again { edge, .. } => {
                let head = &self.flow.to(edge).ident;
                self.line(&format!("-> again {head}, or what takes over"));
            }
            End::Break(node) => self.line(&format!("-> to {}", node.ident)),
            End::Output(_) => self.line("-> out"),
            End::Detach(node) => self.line(&format!("-> call {}", node.ident)),
            End::Fill { join, slot } => {
                self.line(&format!("-> input {slot} of {}", join.ident));
            }
            End::Fork(fork) => self.open(fork),
            End::Choice { arms, .. } => {
                for (arm, body) in arms {
                    let pattern = token_text(arm.pat.to_token_stream());
                    self.inner(&format!("case {pattern}"), body);
                }
            }
            End::Else {
                node, on, failed, ..
            } => self.either(&format!("try {}", node.ident), on, failed),
            End::Round {
                edge,
                on,
                exhausted,
                ..
            } => {
                let head = &self.flow.to(edge).ident;
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
            self.inner(&format!("behind {}", join.ident), body);
        }
    }
}
