//! The model of a flow: its nodes, and how its text draws the edges between them.

use super::{Chain, NodeKind, Shape, Stage};

/// A flow, as it will be written.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The seed of the sample that it belongs to.
    pub seed: u64,
    /// Its number in the sample.
    pub number: u64,
    /// Its place among those that the flow with this number plays, if it is one of them.
    pub part: Option<usize>,
    /// Whether it is a part in parentheses of the flow that plays it.
    pub in_parentheses: bool,
    /// The flows that stand in it as nodes.
    pub plays: Vec<Self>,
    /// Whether it is an item or an expression.
    pub form: Form,
    /// Whether it has parts under a `#[cfg(…)]`, some that hold and some that are compiled out.
    pub conditional: bool,
    /// Whether its `let`s come after its chains.
    pub lets_last: bool,
    /// Whether a message after its joins has the headers of the first input alone.
    pub first_headers: bool,
    /// The kinds of its nodes.
    pub nodes: Vec<NodeKind>,
    /// Its edges.
    pub body: Body,
}

/// The two textures of flows. Nodes are identified by their place in the plan.
#[derive(Debug, Clone)]
pub enum Body {
    /// Edges between any nodes, in chains that share them.
    Graph(Vec<Vec<usize>>),
    /// Parts inside parts, where each node stands once.
    Tree {
        /// What begins at OpenSea.
        chains: Vec<Chain>,
        /// Whether joins are written in statements of their own, where they can.
        apart: bool,
    },
}

/// The two forms of `flow!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `flow! { struct Flow17(Load) -> Load; … }`
    Item,
    /// `flow! { … }`
    Expression,
}

/// The budget of hops of flows that are played, unless a message has its own.
pub const HOPS: u32 = 3;

/// From here on labels are those of nodes in flows that are played.
pub const PLAYED: u16 = 200;

impl Plan {
    /// What a node is called: as its `let`, or as its function.
    pub fn name(&self, node: usize) -> String {
        match (self.nodes[node], self.nodes[node].traits()) {
            (NodeKind::Play(place), _) => self.plays[place].title(),
            (NodeKind::Part(place), _) => self.plays[place].first_in_parentheses(),
            (_, traits) if traits.function.is_some() => traits.name.to_owned(),
            _ => match self.part.filter(|_| self.in_parentheses) {
                Some(part) => format!("p{part}n{node}"),
                None => format!("n{node}"),
            },
        }
    }

    /// What it is called, if it is in parentheses.
    fn first_in_parentheses(&self) -> String {
        let stages = self.tree().iter().flatten();
        let first = stages.flat_map(Stage::nodes).next();
        format!(
            "({})",
            first.map_or_else(String::new, |node| self.name(node))
        )
    }

    /// What it is called, if it is an item.
    pub fn title(&self) -> String {
        let part = self.part.map(|part| format!("Play{part}"));
        format!("Flow{}{}", self.number, part.unwrap_or_default())
    }

    /// The node that is called so.
    pub fn node(&self, name: &str) -> Option<usize> {
        (0..self.nodes.len()).find(|node| self.name(*node) == name)
    }

    /// The number that a node leaves in the trail of its loads.
    pub fn label(&self, node: usize) -> u16 {
        let function = self.nodes[node].traits().function;
        let before = self.part.map_or(0, |part| PLAYED * (part as u16 + 1));
        function.unwrap_or(before + node as u16)
    }

    /// All nodes that do something with loads, also those of the flows that it plays: their
    /// labels and kinds.
    pub fn actors(&self) -> Vec<(u16, NodeKind)> {
        let own = (0..self.nodes.len()).map(|node| (self.label(node), self.nodes[node]));
        let own = own.filter(|(_, kind)| kind.played().is_none());
        own.chain(self.plays.iter().flat_map(Self::actors))
            .collect()
    }

    /// The chains of a graph; none for a tree.
    pub fn graph(&self) -> &[Vec<usize>] {
        match &self.body {
            Body::Graph(chains) => chains,
            Body::Tree { .. } => &[],
        }
    }

    /// The chains of a tree; none for a graph.
    pub fn tree(&self) -> &[Chain] {
        match &self.body {
            Body::Graph(_) => &[],
            Body::Tree { chains, .. } => chains,
        }
    }

    /// Whether its tree has such a stage.
    pub fn has(&self, is: impl Fn(&Stage) -> bool) -> bool {
        self.tree().iter().flatten().any(|stage| stage.has(&is))
    }

    /// Whether its traces may have to wait for what they are given.
    pub fn awaits(&self) -> bool {
        self.has(|stage| matches!(stage, Stage::Await(_)))
    }

    /// What the edges of a graph mean.
    pub fn shape(&self) -> Shape {
        let pairs = self.graph().iter().flat_map(|chain| chain.windows(2));
        let edges: Vec<_> = pairs.map(|pair| (pair[0], pair[1])).collect();
        Shape::of(&self.mentioned(), &edges)
    }

    /// The nodes of a graph, in the order in which the text names them first.
    pub fn mentioned(&self) -> Vec<usize> {
        let mut mentioned = Vec::new();
        for node in self.graph().iter().flatten() {
            if !mentioned.contains(node) {
                mentioned.push(*node);
            }
        }
        mentioned
    }

    /// Whether every trace has at most one output. A node that leaves the flow on its way to
    /// a join may give one beside the join's.
    pub fn is_single(&self) -> bool {
        let leaves = |node: &usize| self.nodes[*node].traits().leaves;
        let parts = |stage: &Stage| match stage {
            Stage::Group(branches) => branches.len() > 1,
            Stage::Map(map) if map.kind.is_none() => true,
            Stage::Loop(round) if round.is_left_from_a_join() => true,
            Stage::Join(_) | Stage::Map(_) => stage.nodes().iter().any(leaves),
            _ => false,
        };
        match &self.body {
            Body::Graph(_) => self.shape().is_single(),
            Body::Tree { chains, .. } => chains.len() == 1 && !self.has(parts),
        }
    }
}
