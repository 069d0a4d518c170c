//! Random flows, walked as a trace walks them: where the rules accept a flow, each input of a join
//! comes at most once for each message that the join waits for, and never where it does not wait.

use std::collections::HashMap;

use super::checked::checked;
use super::graph::{Graph, Route, Way};
use super::join_kind::JoinKind;

const FLOWS: usize = 10_000;
const WALKS: usize = 8;

/// For each join that waits, by its number, which of its scopes a message is in.
type Scopes = HashMap<usize, usize>;

/// A join that waits for one message's branches.
struct Scope {
    filled: Vec<bool>,
    /// The scopes that the joined message is in.
    outer: Scopes,
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    /// A flow of joins, then of edges that may lead anywhere.
    fn flow(&mut self) -> String {
        let names = 3 + self.below(4);
        let joins = 1 + self.below(2);
        let mut text: String = (0..joins).map(|_| self.join(names)).collect();
        for _ in 0..=self.below(5) {
            text += &self.edge(names);
        }
        text
    }

    fn join(&mut self, names: usize) -> String {
        let kind = ["join", "race", "settle", "quorum(2)"][self.below(4)];
        let [a, b, c, d, e] = std::array::from_fn(|_| self.name(names));
        match self.below(6) {
            4 => format!("{d} -> [{a}, _] -> {kind} -> {c}; "),
            5 => format!("{d} -> [_, [{a} -> {e}, _] -> join, {b}] -> {kind} -> {c}; "),
            0 => format!("[{a}, {b}] -> {kind} -> {c}; "),
            1 => format!("{d} -> [{a}, {b}] -> {kind} -> {c}; "),
            2 => format!("{d} -> [{a} -> {e}, {b}] -> {kind} -> {c}; "),
            _ => format!("{d} -> [{a}; 2] -> {kind} -> {c}; "),
        }
    }

    fn edge(&mut self, names: usize) -> String {
        let [a, b, c] = std::array::from_fn(|_| self.name(names));
        match self.below(6) {
            0 => format!("{a} -> [{b}, {c}]; "),
            1 => format!("{a} -> match {{ 0 => {b}, _ => {c} }}; "),
            2 => format!("{a} else {b}; "),
            _ => format!("{a} -> {b}; "),
        }
    }

    fn name(&mut self, names: usize) -> &'static str {
        ["a", "b", "c", "d", "e", "f"][self.below(names)]
    }
}

/// A trace: what it has still to visit, and what its joins hold.
struct Walk<'a> {
    graph: &'a Graph,
    random: &'a mut Random,
    messages: Vec<(usize, Scopes)>,
    scopes: Vec<Scope>,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), String> {
        let mut opened = Scopes::new();
        for entry in &self.graph.entries {
            let scopes = self.open(&entry.opens, &Scopes::new(), &mut opened);
            self.messages.push((entry.node, scopes));
        }
        for _ in 0..40 {
            if self.messages.is_empty() {
                break;
            }
            let next = self.random.below(self.messages.len());
            let (node, scopes) = self.messages.swap_remove(next);
            self.visit(node, &scopes)?;
        }
        Ok(())
    }

    fn visit(&mut self, node: usize, scopes: &Scopes) -> Result<(), String> {
        let node = &self.graph.nodes[node];
        match node.fallbacks.first() {
            Some(edge) if self.random.below(2) == 0 => self.arrive(*edge, scopes.clone()),
            _ => self.go_on(&node.ways, scopes, &mut Scopes::new()),
        }
    }

    fn go_on(&mut self, ways: &[Way], from: &Scopes, opened: &mut Scopes) -> Result<(), String> {
        for way in ways {
            let scopes = self.open(&way.opens, from, opened);
            match &way.route {
                Route::Edge(edge) => self.arrive(*edge, scopes)?,
                Route::Match(_, arms) => {
                    let arm = self.random.below(arms.len());
                    self.go_on(&arms[arm].ways, &scopes, opened)?;
                }
            }
        }
        Ok(())
    }

    /// The scopes by a way: one for each join, which all ways of a visit share.
    fn open(&mut self, opens: &[(usize, usize)], from: &Scopes, opened: &mut Scopes) -> Scopes {
        let mut scopes = from.clone();
        for (join, _) in opens {
            let scope = *opened.entry(*join).or_insert_with(|| {
                let (_, joining) = self.graph.joins().nth(*join).expect("it is numbered");
                let filled = vec![false; joining.slots.len()];
                let outer = Scopes::new();
                self.scopes.push(Scope { filled, outer });
                self.scopes.len() - 1
            });
            scopes.insert(*join, scope);
        }
        scopes
    }

    fn arrive(&mut self, edge: usize, mut scopes: Scopes) -> Result<(), String> {
        let edge = &self.graph.edges[edge];
        let mut joins = self.graph.joins().enumerate();
        let join = joins.find(|(_, (index, join))| *index == edge.to && join.map.is_none());
        let Some((number, (_, joining))) = join else {
            self.messages.push((edge.to, scopes));
            return Ok(());
        };
        let slot = edge.slot.expect("only inputs lead to a join");
        let scope = scopes.remove(&number).ok_or("does not wait")?;
        let scope = &mut self.scopes[scope];
        if std::mem::replace(&mut scope.filled[slot], true) {
            return Err(format!("input {slot} comes twice"));
        }
        if slot == 0 || joining.kind == JoinKind::Race {
            scope.outer = scopes;
        }
        let filled = scope.filled.iter().filter(|filled| **filled).count();
        let is_last = match joining.kind {
            JoinKind::Race => filled == 1,
            _ => filled == scope.filled.len(),
        };
        if is_last {
            self.messages.push((edge.to, scope.outer.clone()));
        }
        Ok(())
    }
}

/// The graph, if the rules accept it.
fn accepted(source: &str) -> Option<Graph> {
    let (_, graph, errors) = checked(source);
    errors.is_empty().then_some(graph)
}

#[test]
fn what_is_accepted_comes_once_and_where_its_join_waits() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut walked = 0;
    for _ in 0..FLOWS {
        let source = random.flow();
        let Some(graph) = accepted(&source) else {
            continue;
        };
        walked += 1;
        for _ in 0..WALKS {
            let mut walk = Walk {
                graph: &graph,
                random: &mut random,
                messages: Vec::new(),
                scopes: Vec::new(),
            };
            let end = walk.run();
            assert_eq!(end, Ok(()), "{source}");
        }
    }
    assert!(walked > FLOWS / 50, "{walked}");
}
