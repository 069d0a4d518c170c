//! What is known of a flow without its types.

#[cfg(feature = "schema")]
use schemars::Schema;

#[cfg(feature = "schema")]
use super::schema;
use super::{AwaitInfo, Graph, Topology, TypeName};

/// What is known of a flow without its types: its graph, what it takes and returns, and where its
/// traces park.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FlowSignature {
    /// Its nodes and edges.
    pub graph: &'static Graph,
    /// The type of its input.
    pub input: TypeName,
    /// The type of its output.
    pub output: TypeName,
    /// The places where its traces park, each with the type that it waits for.
    pub awaits: &'static [AwaitInfo],
    /// The schema of the documents that it takes, if its input is `JsonSchema`.
    #[cfg(feature = "schema")]
    pub input_schema: Option<Schema>,
    /// The schema of the documents that it returns, if its output is `JsonSchema`.
    #[cfg(feature = "schema")]
    pub output_schema: Option<Schema>,
}

impl FlowSignature {
    /// The signature of a compiled flow. Makes the schemas.
    pub(crate) fn of<F: Topology>() -> Self {
        Self {
            graph: F::GRAPH,
            input: TypeName::of::<F::In>(),
            output: TypeName::of::<F::Out>(),
            awaits: F::AWAITS,
            #[cfg(feature = "schema")]
            input_schema: F::INPUT_SCHEMA.map(schema::of_input),
            #[cfg(feature = "schema")]
            output_schema: F::OUTPUT_SCHEMA.map(schema::of_output),
        }
    }

    /// The flow's name; `flow` if it has none.
    pub fn name(&self) -> &'static str {
        self.graph.name
    }

    /// The place of this name where traces park: [`ParkedStep::node`](crate::host::ParkedStep::node).
    pub fn awaited_at(&self, node: &str) -> Option<&'static AwaitInfo> {
        self.awaits.iter().find(|place| place.name == node)
    }
}
