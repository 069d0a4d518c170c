//! Random flows: dice are thrown (`dice`), a plan is drawn (`draw`) of nodes of some kinds
//! (`kind`, `plan`), what its edges mean is worked out (`shape`), and it is written as
//! Rust (`write`). The build script and the tests both have this module.

mod dice;
mod draw;
mod kind;
mod plan;
mod shape;
mod write;

pub use dice::Dice;
pub use draw::draw;
pub use kind::{Freight, Habits, Kind};
pub use plan::{Form, Plan};
pub use shape::Shape;
pub use write::{write, write_sample};
