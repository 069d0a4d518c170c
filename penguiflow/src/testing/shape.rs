//! The visits of a trace in the shape of its flow: one after the other, or beside each other. It is
//! made of steps and not of times, so it is the same at every run.

use std::collections::{BTreeMap, HashSet};

use crate::coverage::{FlowVisits, Link, TraceVisits, calls, links, links_from_begin};
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
    let flows = trace.0.iter();
    let flows: Vec<_> = flows
        .map(|flow| (flow, links(flow.graph, &flow.visits)))
        .collect();
    let mut shaping = Shaping {
        flows: &flows,
        shaped: HashSet::new(),
    };
    let outer = flows.iter().filter(|(flow, _)| flow.path.is_none());
    let mut shapes: Vec<_> = outer
        .filter_map(|flow| shaping.flow(flow, StepId::ROOT))
        .collect();
    shapes.extend(shaping.rest());
    shapes
}

/// The visits of a flow, and the links between them.
type Linked<'a> = (&'a FlowVisits, Vec<Link>);

struct Shaping<'a> {
    flows: &'a [Linked<'a>],
    shaped: HashSet<StepId>,
}

/// What follows a visit, by the places on the way.
#[derive(Default)]
struct Ways<'l> {
    visit: Option<&'l Link>,
    next: BTreeMap<Place, Self>,
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
    fn flow(&mut self, flow: &Linked<'_>, begin: StepId) -> Option<Shape> {
        let first = links_from_begin(flow.0.graph, &flow.0.visits, begin);
        self.after(flow, &Ways::after(&first, None))
    }

    fn after(&mut self, flow: &Linked<'_>, ways: &Ways<'_>) -> Option<Shape> {
        let mut line = Vec::new();
        if let Some(link) = ways.visit {
            line.extend(self.visit(flow, link.to).map(|visit| (false, visit)));
        }
        let mut branches = Vec::new();
        let takes_over = ways.takes_over(flow.0);
        for (place, way) in &ways.next {
            let Some(shape) = self.after(flow, way) else {
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
    fn visit(&mut self, linked: &Linked<'_>, step: StepId) -> Option<Shape> {
        let (flow, links) = linked;
        if !self.shaped.insert(step) {
            return None;
        }
        let name = flow.graph.nodes[flow.visits[&step]].name;
        let path = match &flow.path {
            Some(path) => format!("{path}/{name}"),
            None => name.to_owned(),
        };
        let visit = Shape::Visit(step, name, self.within(&path, step));
        let ways = Ways::after(links, Some(step));
        let after = self.after(linked, &ways);
        let after = after.map(|after| (ways.takes_over(flow), after));
        one_line([(false, visit)].into_iter().chain(after).collect())
    }

    /// What ran in a visit: as a playbook, whose path is the node's, or by a call.
    fn within(&mut self, path: &str, step: StepId) -> Vec<Shape> {
        let flows = self.flows.iter().filter(|(flow, _)| {
            let inner = flow.path.as_deref();
            inner.is_some_and(|inner| inner.starts_with(path))
        });
        let mut shapes = Vec::new();
        for flow in flows {
            shapes.extend(calls(step).filter_map(|begin| self.flow(flow, begin)));
        }
        shapes
    }

    /// The visits that are in no shape, by name.
    fn rest(&self) -> Vec<Shape> {
        let visits = self.flows.iter().flat_map(|(flow, _)| {
            let name = |node: &usize| flow.graph.nodes[*node].name;
            let visits = flow.visits.iter();
            visits.map(move |(step, node)| (name(node), *step))
        });
        let mut rest: Vec<_> = visits
            .filter(|(_, step)| !self.shaped.contains(step))
            .collect();
        rest.sort_unstable();
        let visit = |(name, step)| Shape::Visit(step, name, Vec::new());
        rest.into_iter().map(visit).collect()
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
