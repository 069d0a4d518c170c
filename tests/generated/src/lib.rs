//! Random flows, compiled: what the build script wrote, the nodes that it is made of, and
//! what the proofs in `tests` need to drive it and to foretell it.

mod deed;
mod flows;
pub mod generator;
mod load;
mod log;
mod nodes;
mod reference;
mod specimen;
mod witness;

pub use flows::{SEED, sample};
pub use load::{Carton, Load, Mood};
pub use log::{Log, Visited};
pub use reference::{Failure, Fate, MOST_ATTEMPTS, Output, foretell, throw};
pub use specimen::{Answer, BoxFuture, Fetched, Sea, Settings, Specimen, Started};
pub use witness::Witness;
