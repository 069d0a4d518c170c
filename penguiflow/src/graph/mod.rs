//! A flow's graph as data: one table of constants (`table`) feeds every picture (`mermaid`, `dot`, `svg`)
//! and every check (`proof`, `loops`, `worst_case`). What was written of it as JSON is read back by `stored`.

mod await_info;
mod dot;
mod edge;
mod edge_lists;
mod figures;
#[cfg(not(all(feature = "svg", feature = "testing")))]
mod gated;
mod header_rule;
mod join_info;
mod loops;
mod mermaid;
mod node_info;
mod node_policies;
mod picture;
mod playbooks;
mod proof;
#[cfg(feature = "schema")]
pub(crate) mod schema;
mod signature;
mod stored;
#[cfg(feature = "svg")]
mod svg;
mod table;
mod topology;
mod type_name;
mod worst_case;

pub use await_info::{AwaitInfo, Given, downcast};
pub(crate) use await_info::{ReadJson, Share, SharedPayload, ToJson, given_back};
pub use edge::Edge;
pub(crate) use figures::time;
pub use figures::{Figures, NodeFigures};
#[cfg(not(feature = "svg"))]
pub use gated::FeatureSvg;
#[cfg(not(feature = "testing"))]
pub use gated::FeatureTesting;
pub(crate) use header_rule::HeaderRule;
pub use join_info::{JoinInfo, JoinKind};
pub use loops::Traps;
pub(crate) use node_policies::NodePolicies;
pub use playbooks::{NoPlaybooks, Playbooks};
pub(crate) use proof::can_end_in_none;
pub use proof::{NamesDiffer, Proof, fault, names_differ};
#[cfg(feature = "durable")]
pub use proof::{StoredNamesDiffer, stored_names_differ};
#[cfg(feature = "schema")]
pub use schema::MakeSchema;
pub use signature::FlowSignature;
pub use stored::{ParseGraphError, StoredEdge, StoredGraph, StoredNode};
#[cfg(feature = "svg")]
pub(crate) use svg::{CHARACTER, chart_sheet, escaped, number};
#[cfg(feature = "svg")]
pub use svg::{Svg, Theme};
pub use table::{Graph, NodeInfo, NodeKind};
pub(crate) use table::{Mapping, Role};
pub use topology::Topology;
pub use type_name::TypeName;
pub use worst_case::{WorstAttempts, refuse, report_excess, report_gap};
