//! The stored shape of a flow: the nodes that its stored traces may be at, and what they take. Two of
//! them, of two versions of the flow, say which stored traces cannot go on.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::schema_changes::schema_changes;
use crate::flow::Flow;
use crate::frontier::{Durable, StepJoins, StepNames};
use crate::graph::{NodeKind, Topology, TypeName};

/// The stored shape of a durable flow: its nodes under the names by which steps are stored, its joins and
/// awaits among them, with the types that they take. With the feature `schema`, the schemas of those types
/// that are `JsonSchema` are in it.
///
/// ```
/// use penguiflow::host::StoredShape;
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn draft(topic: String) -> String {
///     format!("On {topic}")
/// }
///
/// #[node]
/// async fn print(text: String) -> usize {
///     text.len()
/// }
///
/// #[node(alias = "print")]
/// async fn publish(text: String) -> usize {
///     text.len()
/// }
///
/// let before = StoredShape::of(&flow! { #[flow(durable)] draft -> print });
/// let now = StoredShape::of(&flow! { #[flow(durable)] draft -> publish });
/// assert!(now.changes_since(&before.to_json()).expect("a shape").is_empty());
///
/// // The other way round, a stored step of `publish` is of no node.
/// let changes = before.changes_since(&now.to_json()).expect("a shape");
/// assert_eq!(
///     changes,
///     ["there is no node `publish`: if `print` is that node, put `#[node(alias = \"publish\")]` on it"]
/// );
/// ```
#[derive(Clone)]
pub struct StoredShape {
    shape: Shape,
    names: &'static StepNames,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Shape {
    flow: String,
    input: String,
    output: String,
    nodes: BTreeMap<String, StoredNode>,
    /// The JSON of outputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output_schema: Option<serde_json::Value>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct StoredNode {
    kind: Kind,
    takes: String,
    /// The names that it had before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schema: Option<serde_json::Value>,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Node,
    Join,
    Map,
    Await,
}

impl From<NodeKind> for Kind {
    fn from(kind: NodeKind) -> Self {
        match kind {
            NodeKind::Visit => Self::Node,
            NodeKind::Join => Self::Join,
            NodeKind::MapStart => Self::Map,
            NodeKind::Parking => Self::Await,
        }
    }
}

impl StoredShape {
    /// That of a flow.
    pub fn of<F: Durable, S>(_: &Flow<F, S>) -> Self {
        Self::of_topology::<F>()
    }

    pub(super) fn of_topology<F: Durable>() -> Self {
        let names = F::Step::names();
        let nodes = names.nodes().enumerate().map(|(number, (name, node))| {
            let node = StoredNode {
                kind: node.kind().into(),
                takes: node.input.to_string(),
                aliases: node.aliases.iter().map(ToString::to_string).collect(),
                schema: schema_of_step::<F::Step>(number),
            };
            (name.to_owned(), node)
        });
        let shape = Shape {
            flow: F::GRAPH.name.to_owned(),
            input: TypeName::of::<F::In>().to_string(),
            output: TypeName::of::<F::Out>().to_string(),
            nodes: nodes.collect(),
            output_schema: schema_of_output::<F>(),
        };
        Self { shape, names }
    }

    /// It as JSON, to compare a later version of the flow with.
    ///
    /// # Panics
    ///
    /// Never: every key in it is a string.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(&self.shape);
        json.expect("a shape has string keys alone") + "\n"
    }

    /// What of an earlier shape, given as JSON, this one does not have, each in a sentence that says what
    /// to do: traces that are stored there could not go on. Empty if all can, or could as far as shapes
    /// tell.
    ///
    /// # Errors
    ///
    /// If the JSON is no shape.
    pub fn changes_since(&self, json: &str) -> Result<Vec<String>, serde_json::Error> {
        let before: Shape = serde_json::from_str(json)?;
        let mut changes = Vec::new();
        for (name, node) in &before.nodes {
            match self.names.find_node(name) {
                None => changes.push(self.gone(&before, name, node)),
                Some((now, _)) => changes.extend(self.shape.nodes[now].changes(name, node)),
            }
            let aliases = node.aliases.iter();
            let gone = aliases.filter(|alias| self.names.find_node(alias).is_none());
            changes.extend(gone.map(|alias| format!(
                "node `{name}` was `{alias}` before: leave its `alias` until no trace is stored as that"
            )));
        }
        changes.extend(self.changed_output(&before));
        Ok(changes)
    }

    fn gone(&self, before: &Shape, name: &str, node: &StoredNode) -> String {
        let Some(is_new) = (node.kind == Kind::Node).then(|| self.new_nodes(before, node)) else {
            let renamed = match node.kind {
                Kind::Await => "",
                _ => "put the aliases on its nodes if they were renamed, or ",
            };
            return format!(
                "there is no node `{name}`: {renamed}bring it back until no trace waits there, or start \
                 with a migration"
            );
        };
        let alias = format!("put `#[node(alias = \"{name}\")]` on it");
        match &is_new[..] {
            [] => format!("there is no node `{name}`: if another node is that one, {alias}"),
            nodes => {
                let nodes = nodes.join(" or ");
                format!("there is no node `{name}`: if {nodes} is that node, {alias}")
            }
        }
    }

    /// The nodes that the earlier shape does not have, and that take the same.
    fn new_nodes(&self, before: &Shape, gone: &StoredNode) -> Vec<String> {
        let before: Vec<_> = before
            .nodes
            .keys()
            .filter_map(|name| self.names.find_node(name))
            .collect();
        let is_new = |name: &str| before.iter().all(|(known, _)| *known != name);
        let nodes = self.shape.nodes.iter();
        let nodes = nodes.filter(|(name, node)| {
            node.kind == Kind::Node && node.takes == gone.takes && is_new(name)
        });
        nodes.map(|(name, _)| format!("`{name}`")).collect()
    }

    fn changed_output(&self, before: &Shape) -> Vec<String> {
        let (was, is) = (&before.output, &self.shape.output);
        if was != is {
            return vec![format!(
                "the flow put out `{was}`, and puts out `{is}`: fetch the results that are stored before"
            )];
        }
        let schemas = (&before.output_schema, &self.shape.output_schema);
        changes_of(schemas, "the flow's output")
    }
}

impl StoredNode {
    fn changes(&self, name: &str, before: &Self) -> Vec<String> {
        let (was, is) = (&before.takes, &self.takes);
        if was != is {
            return vec![format!(
                "node `{name}` took `{was}`, and takes `{is}`: let a node with another name take that, \
                 or start with a migration"
            )];
        }
        changes_of(
            (&before.schema, &self.schema),
            &format!("the input of node `{name}`"),
        )
    }
}

fn changes_of(
    (before, now): (&Option<serde_json::Value>, &Option<serde_json::Value>),
    what: &str,
) -> Vec<String> {
    let changes = before.as_ref().zip(now.as_ref());
    let changes = changes.map(|(before, now)| schema_changes(before, now));
    let changes = changes.unwrap_or_default().into_iter();
    changes
        .map(|change| format!("{what} has changed: {change}"))
        .collect()
}

impl Serialize for StoredShape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shape.serialize(serializer)
    }
}

impl fmt::Display for StoredShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

impl fmt::Debug for StoredShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

#[cfg(feature = "schema")]
fn schema_of_step<Step: StepJoins>(number: usize) -> Option<serde_json::Value> {
    let make = *Step::SCHEMAS.get(number)?;
    make.map(|make| crate::graph::schema::of_input(make).to_value())
}

#[cfg(not(feature = "schema"))]
#[expect(clippy::extra_unused_type_parameters, reason = "as with the feature")]
fn schema_of_step<Step: StepJoins>(_: usize) -> Option<serde_json::Value> {
    None
}

#[cfg(feature = "schema")]
fn schema_of_output<F: Topology>() -> Option<serde_json::Value> {
    F::OUTPUT_SCHEMA.map(|make| crate::graph::schema::of_input(make).to_value())
}

#[cfg(not(feature = "schema"))]
#[expect(clippy::extra_unused_type_parameters, reason = "as with the feature")]
fn schema_of_output<F: Topology>() -> Option<serde_json::Value> {
    None
}
