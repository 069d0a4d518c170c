//! The walk through a web: from every entry, along every edge.

use super::Walk;
use super::event::{Event, Token};
use super::tree::onward;
use crate::generator::Shape;

impl Walk<'_> {
    pub(super) fn web(&mut self, token: &Token) -> Vec<Event> {
        let shape = self.plan.shape();
        let token = Token {
            is_among_others: true,
            ..token.clone()
        };
        let entries = shape.entries.iter();
        entries
            .flat_map(|node| self.onward_from(&shape, *node, token.clone()))
            .collect()
    }

    fn onward_from(&mut self, shape: &Shape, node: usize, token: Token) -> Vec<Event> {
        if self.is_too_long() {
            return Vec::new();
        }
        let events = self.visit(node, token);
        match shape.exits.contains(&node) {
            true => events,
            false => onward(events, |token| self.along_edges(shape, node, token)),
        }
    }

    /// Goes on along all edges, or along none if there is no round left for one of them.
    fn along_edges(&mut self, shape: &Shape, node: usize, token: Token) -> Vec<Event> {
        let mut next = Vec::new();
        for (to, is_hop) in shape.edges_from(node) {
            if let Some(failure) = self.exhausted(&token).filter(|_| is_hop) {
                return vec![token.lost(Some(failure))];
            }
            let rounds = token.rounds + u32::from(is_hop);
            let token = token.clone();
            next.push((to, Token { rounds, ..token }));
        }
        let next = next.into_iter();
        next.flat_map(|(to, token)| self.onward_from(shape, to, token))
            .collect()
    }
}
