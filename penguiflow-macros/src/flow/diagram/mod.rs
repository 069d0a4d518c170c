//! A flow as a text diagram, for the docs of its type: each chain as it is written, with lines
//! between its nodes.

#[cfg(test)]
mod tests;
mod text_block;

use std::collections::VecDeque;

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Path, Type};

use crate::flow::ast::{Await, Chain, Fallback, Flow, Group, Header, Map, Match, Stage};
use crate::flow::graph::{Graph, pattern_text};
use crate::flow::join_kind::JoinKind;
use crate::token_text::token_text;
use text_block::TextBlock;

/// The most nodes in a diagram. Larger flows have `Graph::to_mermaid`.
const MOST: usize = 40;

/// How wide a row is before its last node.
const WIDTH: usize = 80;

/// The diagram; for a large flow, only the count of its nodes.
pub(super) fn diagram(flow: &Flow, header: &Header, graph: &Graph) -> String {
    let (input, output) = (type_name(&header.input), type_name(&header.output));
    let nodes = graph.nodes.iter().filter(|node| node.is_visit()).count();
    if nodes > MOST {
        return format!("{input} ─▶ {nodes} nodes ─▶ {output}");
    }
    let points = (0..graph.nodes.len()).filter(|node| !graph.nodes[*node].has_name());
    let mut drawing = Drawing {
        graph,
        entries: graph.entries.iter().map(|entry| entry.node).collect(),
        mentions: 0,
        points: points.collect(),
    };
    let chains = flow.chains();
    let mut rows: Vec<_> = chains
        .flat_map(|chain| drawing.line(chain, &input, &output))
        .collect();
    if graph.exits().is_empty() {
        rows.push(format!("Break ─▶ {output}"));
    }
    rows.join("\n")
}

fn type_name(ty: &Type) -> String {
    let text = token_text(ty.to_token_stream());
    text.replace(" < ", "<").replace(" >", ">")
}

/// A long row, continued on the rows below.
fn wrapped(row: &str) -> Vec<String> {
    let mut rows = vec![String::new()];
    for part in row.split_inclusive(" ─▶ ") {
        if let Some(row) = rows.last_mut().filter(|row| row.chars().count() < WIDTH) {
            *row += part;
        } else {
            rows.push(format!("    {part}"));
        }
    }
    let rows = rows.into_iter();
    rows.map(|row| row.trim_end().to_owned()).collect()
}

struct Drawing<'a> {
    graph: &'a Graph,
    /// The entries that are not drawn yet.
    entries: Vec<usize>,
    /// How many mentions of nodes are drawn already: they are in the order of the text.
    mentions: usize,
    /// The nodes that the user does not name and that are not drawn yet, in order.
    points: VecDeque<usize>,
}

impl Drawing<'_> {
    /// A statement's chain, from where it is entered to where it leaves the flow.
    fn line(&mut self, chain: &Chain, input: &str, output: &str) -> Vec<String> {
        let mut block = self.chain(chain, &[]);
        let all = self.entries.len();
        self.entries.retain(|entry| !block.heads.contains(entry));
        if self.entries.len() < all {
            block = TextBlock::text(input, &[]).then(block);
        } else if block.is_fork {
            block = TextBlock::text("…", &[]).then(block);
        }
        let exits = self.graph.exits();
        block.tails.retain(|(_, node)| exits.contains(node));
        if !block.tails.is_empty() {
            block = block.then(TextBlock::text(output, &[]));
        }
        match block.into_rows() {
            rows if rows.len() == 1 => wrapped(&rows[0]),
            rows => rows,
        }
    }

    /// A chain after these nodes.
    fn chain(&mut self, chain: &Chain, before: &[usize]) -> TextBlock {
        let mut whole: Option<TextBlock> = None;
        for stage in &chain.stages {
            whole = Some(match whole {
                None => self.stage(stage, before),
                Some(whole) => {
                    let next = self.stage(stage, &whole.ends());
                    whole.then(next)
                }
            });
        }
        whole.unwrap_or_default()
    }

    fn stage(&mut self, stage: &Stage, before: &[usize]) -> TextBlock {
        match stage {
            Stage::Node(path) => self.node(path, before),
            Stage::Parens(parens) => self.point(&parens.label),
            Stage::HandOn(_) => TextBlock::text("_", &[]),
            Stage::Group(group) => self.group(group, before),
            Stage::Map(map) => self.map(map),
            Stage::Match(routing) => self.routing(routing, before),
            Stage::Join(join) => match join.kind {
                JoinKind::Quorum(count) => self.point(&format!("quorum({count})")),
                kind => self.point(kind.word()),
            },
            Stage::Await(Await { ty, .. }) => self.point(&format!("await {}", type_name(ty))),
            Stage::Else(fallback) => self.fallback(fallback, before),
        }
    }

    /// A node; `↺` where a loop comes back to it.
    fn node(&mut self, path: &Path, before: &[usize]) -> TextBlock {
        let node = self.graph.mentions[self.mentions].node;
        self.mentions += 1;
        let name = path
            .segments
            .last()
            .map(|last| last.ident.unraw().to_string());
        let name = name.unwrap_or_default();
        let mut edges = self.graph.edges.iter();
        if edges.any(|edge| edge.is_back && edge.to == node && before.contains(&edge.from)) {
            return TextBlock::text(&format!("↺ {name}"), &[node]).back();
        }
        TextBlock::text(&name, &[node])
    }

    fn point(&mut self, text: &str) -> TextBlock {
        TextBlock::text(text, self.points.pop_front().as_slice())
    }

    fn group(&mut self, group: &Group, before: &[usize]) -> TextBlock {
        let branches = group.branches.iter();
        let branches: Vec<_> = branches.map(|branch| self.chain(branch, before)).collect();
        TextBlock::fork(branches)
    }

    fn routing(&mut self, routing: &Match, before: &[usize]) -> TextBlock {
        let arms = routing.arms.iter().map(|arm| {
            let pattern = TextBlock::text(&pattern_text(&arm.pattern), &[]);
            let mut block = self.chain(&arm.chain, before);
            if block.is_back {
                block.tails.clear();
            }
            pattern.labels(block)
        });
        TextBlock::fork(arms.collect())
    }

    fn map(&mut self, map: &Map) -> TextBlock {
        let beginning = self.points.pop_front();
        let items = self.chain(&map.chain, beginning.as_slice());
        let mut limit = token_text(map.limit.to_token_stream());
        if let Some(max) = &map.max {
            limit += &format!(", max = {}", token_text(max.to_token_stream()));
        }
        let end = beginning.and_then(|node| self.graph.end_of(node));
        if end == self.points.front().copied() && end.is_some_and(|end| self.passes(end)) {
            self.points.pop_front();
        }
        items.in_brackets(&limit, end.as_slice())
    }

    /// Whether the items of a map end without a join.
    fn passes(&self, end: usize) -> bool {
        let join = self.graph.nodes[end].join();
        join.is_some_and(|join| join.kind == JoinKind::Each)
    }

    /// A node and its fallbacks in one block: what follows, follows all of them.
    fn fallback(&mut self, fallback: &Fallback, before: &[usize]) -> TextBlock {
        let mut block = self.stage(&fallback.first, before);
        for other in &fallback.others {
            block = block.or(self.stage(other, &[]));
        }
        block
    }
}
