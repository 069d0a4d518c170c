//! The model of a flow: its nodes, and the chains in which its text draws the edges.

use super::{Kind, Shape};

/// A flow, as it will be written.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The seed of the sample that it belongs to.
    pub seed: u64,
    /// Its number in the sample.
    pub number: u64,
    /// Whether it is an item or an expression.
    pub form: Form,
    /// Whether its `let`s come after its chains.
    pub lets_last: bool,
    /// The kinds of its nodes.
    pub nodes: Vec<Kind>,
    /// Its chains, each of nodes by their place in `nodes`.
    pub chains: Vec<Vec<usize>>,
}

/// The two forms of `flow!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `flow! { struct Flow17(Load) -> Load; … }`
    Item,
    /// `flow! { … }`
    Expression,
}

impl Plan {
    /// What a node is called: as its `let`, or as its function.
    pub fn name(&self, node: usize) -> String {
        match self.nodes[node].habits() {
            habits if habits.function.is_some() => habits.name.to_owned(),
            _ => format!("n{node}"),
        }
    }

    /// The node that is called so.
    pub fn node(&self, name: &str) -> Option<usize> {
        (0..self.nodes.len()).find(|node| self.name(*node) == name)
    }

    /// The number that a node leaves in the trail of its loads.
    pub fn label(&self, node: usize) -> u16 {
        let function = self.nodes[node].habits().function;
        function.unwrap_or(node as u16)
    }

    /// The edges, in the order of the text.
    pub fn edges(&self) -> Vec<(usize, usize)> {
        let pairs = self.chains.iter().flat_map(|chain| chain.windows(2));
        pairs.map(|pair| (pair[0], pair[1])).collect()
    }

    /// The nodes, in the order in which the text names them first.
    pub fn mentioned(&self) -> Vec<usize> {
        let mut mentioned = Vec::new();
        for node in self.chains.iter().flatten() {
            if !mentioned.contains(node) {
                mentioned.push(*node);
            }
        }
        mentioned
    }

    /// What the edges mean.
    pub fn shape(&self) -> Shape {
        Shape::of(&self.mentioned(), &self.edges())
    }
}
