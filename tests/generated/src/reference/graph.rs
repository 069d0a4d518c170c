//! The walk through a graph: from every entry, along every edge.

use super::Walk;
use super::event::{Event, Token};
use super::tree::onward;
use crate::generator::Shape;

impl Walk<'_> {
    pub(super) fn graph(&mut self, token: &Token) -> Vec<Event> {
        let shape = self.plan.shape();
        let token = Token {
            is_among_others: true,
            ..token.clone()
        };
        let mut events = Vec::new();
        for (place, node) in (0..).zip(&shape.entries) {
            let mut token = token.clone();
            if shape.entries.len() > 1 {
                token.step = token.step.beside(place);
            }
            events.extend(self.onward_from(&shape, *node, token));
        }
        events
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

    /// Goes on along all edges. Those for which there is no round left fail by themselves.
    fn along_edges(&mut self, shape: &Shape, node: usize, token: Token) -> Vec<Event> {
        let mut events = Vec::new();
        for (place, (to, is_hop)) in (0..).zip(shape.edges_from(node)) {
            let mut token = token.clone();
            token.step = token.step.beside(place);
            if let Some(failure) = self.exhausted(&token).filter(|_| is_hop) {
                events.push(token.lost(Some(failure)));
                continue;
            }
            let rounds = token.rounds + u32::from(is_hop);
            events.extend(self.onward_from(shape, to, Token { rounds, ..token }));
        }
        events
    }
}
