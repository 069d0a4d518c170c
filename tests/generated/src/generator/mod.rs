//! Random flows: dice are thrown (`dice`), a plan is drawn (`draw`) of nodes of some kinds
//! (`kind`, `freight`), either as a web of edges (`web`), of which is worked out what they mean
//! (`shape`), or as a tree of parts (`grow`, `place`, `tree`, `rule`), and it is written as Rust
//! (`write`). The build script and the tests both have this module.

mod dice;
mod draw;
mod freight;
mod grow;
mod kind;
mod place;
mod plan;
mod rule;
mod shape;
mod tree;
mod web;
mod write;

pub use dice::Dice;
pub use draw::draw;
pub use freight::Freight;
pub use kind::{Habits, Kind};
pub use plan::{Body, Form, HOPS, PLAYED, Plan};
pub use rule::{Joining, MARK, Passes, Pattern, Rule};
pub use shape::Shape;
pub use tree::{Arm, Chain, Loop, Map, Meet, Stage};
pub use write::{write, write_sample};
