//! The names under which steps, joins and places to park are stored. A node has its own name, and its
//! aliases are read as it. What has no name of its own is named by what it does to which nodes, `join
//! of [price, count]`, and, where there are several such, by the nodes that it follows: so a change
//! elsewhere in the flow does not rename it.

use std::sync::OnceLock;

use crate::graph::{Graph, JoinInfo, JoinKind, NodeInfo, NodeKind};

/// The names of one flow, made when they are first needed.
#[derive(Debug, Default)]
pub struct FlowStepNames(OnceLock<StepNames>);

impl FlowStepNames {
    /// Not made yet.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The names of the steps of this flow, with its joins and the nodes that their inputs come from.
    pub fn of(
        &'static self,
        graph: &'static Graph,
        joins: &'static [JoinInfo],
        inputs: Inputs,
    ) -> &'static StepNames {
        self.0.get_or_init(|| {
            StepNames::new(&Naming {
                graph,
                joins,
                inputs,
            })
        })
    }
}

/// Of each input of each join, the places of the nodes that it comes from.
type Inputs = &'static [&'static [&'static [usize]]];

/// The names of a flow's steps, in the order of the variants of `Step`: the nodes, then the inputs of
/// joins and the parked values.
#[derive(Debug)]
pub struct StepNames {
    names: Vec<&'static str>,
    /// What is read as each of them.
    read: Vec<Vec<Name>>,
    /// The nodes that are joins, by their numbers.
    joins: Vec<usize>,
    /// The nodes where traces park, by the numbers of the places.
    awaits: Vec<usize>,
    nodes: &'static [NodeInfo],
    /// The types that the nodes take. Here, since each stored frontier has some of them.
    inputs: Vec<String>,
}

/// A name in parts.
type Name = Vec<Part>;

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    /// The name of this node, or one of its aliases.
    Node(usize),
}

impl StepNames {
    fn new(naming: &Naming) -> Self {
        let of_nodes = naming.names();
        let place_of = |kind: NodeKind| {
            let nodes = naming.graph.nodes.iter().enumerate();
            let of_kind = nodes.filter(move |(_, node)| node.kind() == kind);
            of_kind.map(|(node, _)| node).collect::<Vec<_>>()
        };
        let mut names = Self {
            names: Vec::new(),
            read: of_nodes.clone(),
            joins: place_of(NodeKind::Join),
            awaits: place_of(NodeKind::Parking),
            nodes: naming.graph.nodes,
            inputs: input_types(naming.graph),
        };
        for (node, of_node) in of_nodes.iter().enumerate() {
            let join = names.joins.iter().position(|join| *join == node);
            let inputs = match join {
                Some(join) => naming.inputs[join].len(),
                None => usize::from(names.awaits.contains(&node)),
            };
            let with =
                |slot: usize, name: &Name| [&name[..], &[text(format!("[{slot}]"))]].concat();
            let inputs =
                (0..inputs).map(|slot| of_node.iter().map(|name| with(slot, name)).collect());
            names.read.extend(inputs);
        }
        let written = names.read.iter().map(|read| names.written(&read[0]));
        // Once for each flow of the program.
        names.names = written.map(|name| &*name.leak()).collect();
        names
    }

    fn written(&self, name: &Name) -> String {
        let parts = name.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Node(node) => self.nodes[*node].name,
        });
        parts.collect()
    }

    /// All of them.
    pub fn all(&'static self) -> &'static [&'static str] {
        &self.names
    }

    /// The name of this variant.
    pub fn of(&self, variant: usize) -> &'static str {
        self.names[variant]
    }

    /// The variant that is stored under this name, or was.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let now = self.names.iter().position(|of_step| *of_step == name);
        let is_one = |read: &Vec<Name>| read.iter().any(|parts| self.is_name(parts, name));
        now.or_else(|| self.read.iter().position(is_one))
    }

    fn is_name(&self, parts: &[Part], name: &str) -> bool {
        let Some((part, rest)) = parts.split_first() else {
            return name.is_empty();
        };
        let goes_on = |part: &str| {
            let after = name.strip_prefix(part);
            after.is_some_and(|after| self.is_name(rest, after))
        };
        match part {
            Part::Text(text) => goes_on(text),
            Part::Node(node) => {
                let NodeInfo { name, aliases, .. } = &self.nodes[*node];
                goes_on(name) || aliases.iter().any(|alias| goes_on(alias))
            }
        }
    }

    /// The names of the nodes alone.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (&'static str, &'static NodeInfo)> {
        self.names.iter().copied().zip(self.nodes)
    }

    /// The node that is stored under this name, or was.
    pub(crate) fn find_node(&self, name: &str) -> Option<(&'static str, &'static NodeInfo)> {
        let node = self.find(name)?;
        Some((self.names[node], self.nodes.get(node)?))
    }

    /// The type that the node with this number takes.
    pub(super) fn input(&self, node: usize) -> Option<&str> {
        self.inputs.get(node).map(String::as_str)
    }

    pub(super) fn join(&self, number: u32) -> Option<usize> {
        self.joins.get(number as usize).copied()
    }

    pub(super) fn find_join(&self, name: &str) -> Option<u32> {
        place(&self.joins, self.find(name)?)
    }

    pub(super) fn place(&self, number: u32) -> Option<usize> {
        self.awaits.get(number as usize).copied()
    }

    pub(super) fn find_place(&self, name: &str) -> Option<u32> {
        place(&self.awaits, self.find(name)?)
    }
}

fn input_types(graph: &Graph) -> Vec<String> {
    let nodes = graph.nodes.iter();
    nodes.map(|node| node.input.to_string()).collect()
}

fn place(nodes: &[usize], node: usize) -> Option<u32> {
    let place = nodes.iter().position(|of_list| *of_list == node)?;
    u32::try_from(place).ok()
}

/// A flow whose nodes are to be named.
struct Naming {
    graph: &'static Graph,
    joins: &'static [JoinInfo],
    inputs: Inputs,
}

impl Naming {
    /// The names of each node: the one that is written, and others that are read as it.
    fn names(&self) -> Vec<Vec<Name>> {
        let mut names: Vec<Vec<Name>> = Vec::new();
        let short = self.short_names();
        for (node, name) in short.iter().enumerate() {
            if self.has_name(node) {
                names.push(vec![name.clone()]);
                continue;
            }
            let mut long = [&name[..], &self.after(node)].concat();
            let is_taken = |long: &Name| names.iter().any(|names| names.contains(long));
            let again = (2..).map(|number| [&long[..], &[text(format!(" ({number})"))]].concat());
            if is_taken(&long) {
                long = again
                    .into_iter()
                    .find(|long| !is_taken(long))
                    .unwrap_or_default();
            }
            let is_alone = short.iter().filter(|other| *other == name).count() == 1;
            names.push(match is_alone {
                true => vec![name.clone(), long],
                false => vec![long],
            });
        }
        names
    }

    fn short_names(&self) -> Vec<Name> {
        let mut joins = self.joins.iter().zip(self.inputs);
        let nodes = self.graph.nodes.iter().enumerate();
        let names = nodes.map(|(node, info)| match info.kind() {
            NodeKind::Join => joins.next().map_or_else(Vec::new, |join| self.join(join)),
            NodeKind::MapStart => {
                let edges = self.graph.edges.iter();
                let firsts = edges.filter(|edge| edge.from == node).map(|edge| edge.to);
                self.list("map to [", firsts)
            }
            _ => vec![self.mention(node)],
        });
        names.collect()
    }

    /// `join of [price, count]`
    fn join(&self, (info, inputs): (&JoinInfo, &&[&[usize]])) -> Name {
        let items = match info.items_at_once {
            Some(_) => " of the items of [",
            None => " of [",
        };
        let mut name = vec![text(kind(info) + items)];
        for (slot, input) in inputs.iter().enumerate() {
            name.extend((slot > 0).then(|| text(", ".to_owned())));
            for (number, node) in input.iter().enumerate() {
                name.extend((number > 0).then(|| text(" or ".to_owned())));
                name.push(self.mention(*node));
            }
        }
        name.push(text("]".to_owned()));
        name
    }

    /// ` after [draft]`
    fn after(&self, node: usize) -> Name {
        let edges = self.graph.edges.iter();
        let before = edges.filter(|edge| edge.to == node).map(|edge| edge.from);
        self.list(" after [", before)
    }

    fn list(&self, before: &str, nodes: impl Iterator<Item = usize>) -> Name {
        let mut name = vec![text(before.to_owned())];
        for (number, node) in nodes.enumerate() {
            name.extend((number > 0).then(|| text(", ".to_owned())));
            name.push(self.mention(node));
        }
        name.push(text("]".to_owned()));
        name
    }

    /// How a node stands in the names of others.
    fn mention(&self, node: usize) -> Part {
        let info = &self.graph.nodes[node];
        match info.kind() {
            NodeKind::Visit if self.has_name(node) => Part::Node(node),
            NodeKind::Join => {
                let nodes = self.graph.nodes[..node].iter();
                let before = nodes.filter(|node| node.kind() == NodeKind::Join).count();
                text(self.joins.get(before).map_or_else(String::new, kind))
            }
            NodeKind::MapStart => text("map".to_owned()),
            NodeKind::Visit | NodeKind::Parking => text(info.name.to_owned()),
        }
    }

    /// Whether it is a node of the user's, and no part in parentheses.
    fn has_name(&self, node: usize) -> bool {
        let info = &self.graph.nodes[node];
        info.kind() == NodeKind::Visit && !info.playbook.is_some_and(|playbook| playbook.is_part)
    }
}

fn text(text: String) -> Part {
    Part::Text(text)
}

fn kind(info: &JoinInfo) -> String {
    match info.kind {
        JoinKind::Join => "join".to_owned(),
        JoinKind::Settle => "settle".to_owned(),
        JoinKind::Race => "race".to_owned(),
        JoinKind::Quorum(wanted) => format!("quorum({wanted})"),
        JoinKind::Each => "each".to_owned(),
    }
}
