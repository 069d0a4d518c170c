//! Random flows: dice are thrown (`dice`), a plan is drawn (`draw`) of nodes of some kinds
//! (`kind`, `freight`), either as a web of edges (`web`), of which is worked out what they mean
//! (`shape`), or as a tree of parts (`grow`, `place`, `tree`, `rule`), and it is written as Rust
//! (`write`). The build script and the tests both have this module.

mod edge_type;
mod generate;
mod generate_graph;
mod generate_tree;
mod node_kind;
mod patterns;
mod plan;
mod position;
mod rng;
mod shape;
mod tree;
mod write;

pub use edge_type::Freight;
pub use generate::draw;
pub use node_kind::{Habits, Kind};
pub use patterns::{Joining, MARK, Passes, Pattern, Rule};
pub use plan::{Body, Form, HOPS, PLAYED, Plan};
pub use rng::Dice;
pub use shape::Shape;
pub use tree::{Arm, Chain, Loop, Map, Meet, Stage};
pub use write::{write, write_sample};
