//! The visits of a trace in the shape of its flow: one after the other, or beside each other. It is
//! made of steps and not of times, so it is the same at every run.

use std::collections::{BTreeMap, HashSet};

use crate::coverage::{FlowVisits, Link, TraceVisits, calls, links};
use crate::message::StepId;

/// Visits in the shape of their flow.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A visit, and what ran in it: playbooks.
    Visit(StepId, &'static str, Vec<Self>),
    /// One after the other; whether each takes over from the one before, which failed.
    Line(Vec<(bool, Self)>),
    /// Beside each other: the branches of a fork, or the items of a map.
    Fork(Vec<Self>),
}

/// The shape of a whole trace. Visits that nothing is known to lead to come last.
pub(super) fn shape(trace: &TraceVisits) -> Vec<Shape> {
    let mut shaping = Shaping {
        trace,
        shaped: HashSet::new(),
    };
    let flows = trace.0.iter().filter(|flow| flow.path.is_none());
    let mut shapes: Vec<_> = flows
        .filter_map(|flow| shaping.flow(flow, StepId::ROOT))
        .collect();
    let mut rest: Vec<_> = (trace.0.iter())
        .flat_map(|flow| {
            flow.visits
                .iter()
                .map(move |(step, node)| (flow, step, node))
        })
        .filter(|(_, step, _)| !shaping.shaped.contains(step))
        .map(|(flow, step, node)| (flow.graph.nodes[*node].name, *step))
        .collect();
    rest.sort_unstable();
    shapes.extend(
        rest.into_iter()
            .map(|(name, step)| Shape::Visit(step, name, Vec::new())),
    );
    shapes
}

struct Shaping<'a> {
    trace: &'a TraceVisits,
    shaped: HashSet<StepId>,
}

/// What follows a visit, by the places on the way.
#[derive(Default)]
struct Ways<'l> {
    visit: Option<&'l Link>,
    next: BTreeMap<Place, Ways<'l>>,
}

/// Branches are before what comes after their join.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Branch(u32),
    Join(u32),
}

impl<'l> Ways<'l> {
    fn after(links: &'l [Link], from: Option<StepId>) -> Self {
        let mut ways = Self::default();
        for link in links.iter().filter(|link| link.from == from) {
            let mut at = &mut ways;
            for place in &link.places {
                let place = match *place > u32::MAX / 2 {
                    true => Place::Join(u32::MAX - place),
                    false => Place::Branch(*place),
                };
                at = at.next.entry(place).or_default();
            }
            at.visit = Some(link);
        }
        ways
    }

    /// Whether it is only a fallback.
    fn takes_over(&self, flow: &FlowVisits) -> bool {
        let is_fallback = |link: &Link| {
            let mut edges = link.edges.iter();
            edges.any(|edge| flow.graph.edges[*edge].is_fallback)
        };
        match (self.visit, self.next.len()) {
            (Some(link), _) => is_fallback(link),
            (None, 1) => self.next.values().all(|way| way.takes_over(flow)),
            (None, _) => false,
        }
    }
}

impl Shaping<'_> {
    /// The visits of a flow that begins at this step; none if it does not.
    fn flow(&mut self, flow: &FlowVisits, begin: StepId) -> Option<Shape> {
        let links = links(flow.graph, &flow.visits, &[begin]);
        self.after(flow, &links, &Ways::after(&links, None))
    }

    fn after(&mut self, flow: &FlowVisits, links: &[Link], ways: &Ways<'_>) -> Option<Shape> {
        let mut line = Vec::new();
        if let Some(link) = ways.visit {
            line.extend(self.visit(flow, links, link.to));
        }
        let mut branches = Vec::new();
        let takes_over = ways.takes_over(flow);
        for (place, way) in &ways.next {
            let Some(shape) = self.after(flow, links, way) else {
                continue;
            };
            match place {
                Place::Branch(_) => branches.push(shape),
                Place::Join(_) => {
                    line.extend(fork(&mut branches).map(|fork| (false, fork)));
                    line.push((false, shape));
                }
            }
        }
        line.extend(fork(&mut branches).map(|fork| (takes_over, fork)));
        one_line(line)
    }

    /// A visit, and all that follows it.
    fn visit(&mut self, flow: &FlowVisits, links: &[Link], step: StepId) -> Option<(bool, Shape)> {
        if !self.shaped.insert(step) {
            return None;
        }
        let node = &flow.graph.nodes[flow.visits[&step]];
        let path = match &flow.path {
            Some(path) => format!("{path}/{}", node.name),
            None => node.name.to_owned(),
        };
        let trace = self.trace;
        let within = trace.0.iter().filter(|flow| {
            let is_called = flow
                .path
                .as_deref()
                .and_then(|inner| inner.strip_prefix(&*path));
            is_called.is_some_and(|rest| !rest[1.min(rest.len())..].contains('/'))
        });
        let mut inner = Vec::new();
        for flow in within {
            inner.extend(calls(step).filter_map(|begin| self.flow(flow, begin)));
        }
        let visit = Shape::Visit(step, node.name, inner);
        let ways = Ways::after(links, Some(step));
        let takes_over = ways.takes_over(flow);
        let mut line = vec![(false, visit)];
        line.extend(
            self.after(flow, links, &ways)
                .map(|after| (takes_over, after)),
        );
        one_line(line).map(|line| (false, line))
    }
}

fn fork(branches: &mut Vec<Shape>) -> Option<Shape> {
    match branches.len() {
        0 | 1 => branches.pop(),
        _ => Some(Shape::Fork(std::mem::take(branches))),
    }
}

/// A line of these, without lines in it.
fn one_line(parts: Vec<(bool, Shape)>) -> Option<Shape> {
    let mut line = Vec::new();
    for (takes_over, part) in parts {
        match part {
            Shape::Line(inner) => {
                let mut inner = inner.into_iter();
                line.extend(
                    inner
                        .next()
                        .map(|(also, first)| (also || takes_over, first)),
                );
                line.extend(inner);
            }
            part => line.push((takes_over, part)),
        }
    }
    match line.len() {
        0 => None,
        1 => line.pop().map(|(takes_over, part)| match takes_over {
            true => Shape::Line(vec![(true, part)]),
            false => part,
        }),
        _ => Some(Shape::Line(line)),
    }
}

/// Writes a shape as flows are written: `plan -> [search * 2, _] -> pack`.
pub(super) fn path(shape: &Shape) -> String {
    match shape {
        Shape::Visit(_, name, inner) if inner.is_empty() => (*name).to_owned(),
        Shape::Visit(_, name, inner) => {
            let inner: Vec<_> = inner.iter().map(path).collect();
            format!("{name}({})", inner.join(", "))
        }
        Shape::Line(parts) => {
            let mut text = String::new();
            for (place, (takes_over, part)) in parts.iter().enumerate() {
                if place > 0 {
                    text += if *takes_over { " else " } else { " -> " };
                }
                text += &path(part);
            }
            text
        }
        Shape::Fork(branches) => {
            let mut texts: Vec<(String, usize)> = Vec::new();
            for branch in branches.iter().map(path) {
                match texts.last_mut() {
                    Some((last, count)) if *last == branch => *count += 1,
                    _ => texts.push((branch, 1)),
                }
            }
            let texts = texts.into_iter().map(|(text, count)| match count {
                1 => text,
                _ if text.contains(' ') => format!("({text}) * {count}"),
                _ => format!("{text} * {count}"),
            });
            format!("[{}]", texts.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Calls `line` with each visit, and how deep it stands.
pub(super) fn each_visit(shape: &Shape, depth: usize, line: &mut impl FnMut(usize, StepId, &str)) {
    match shape {
        Shape::Visit(step, name, inner) => {
            line(depth, *step, name);
            inner
                .iter()
                .for_each(|shape| each_visit(shape, depth + 1, line));
        }
        Shape::Line(parts) => parts
            .iter()
            .for_each(|(_, part)| each_visit(part, depth, line)),
        Shape::Fork(branches) => {
            branches
                .iter()
                .for_each(|branch| each_visit(branch, depth + 1, line));
        }
    }
}
