//! Random flows: `generate` draws a plan from a seed, with nodes of some kinds, either as a graph
//! of edges (`generate_graph`; `shape` finds its loops, entries and exits) or as a tree of parts
//! (`generate_tree`, and `generate_loops` for its loops), and `write` writes it as Rust. `coverage`
//! chooses the flows of a sample. The build script and the tests both have this
//! module.

mod coverage;
mod edge_type;
mod generate;
mod generate_graph;
mod generate_loops;
mod generate_tree;
mod node_kind;
mod patterns;
mod plan;
mod position;
mod rng;
mod shape;
mod tree;
mod write;

pub use coverage::{features, features_of, sample_numbers};
pub use edge_type::EdgeType;
pub use generate::generate;
pub use node_kind::{NodeKind, NodeTraits};
pub use patterns::{JoinKind, MARK, Passes, Pattern, Rule};
pub use plan::{Body, Form, HOPS, PLAYED, Plan};
pub use rng::Rng;
pub use shape::Shape;
pub use tree::{Arm, Await, Chain, Join, Loop, Map, Stage};
pub use write::{write, write_sample};
