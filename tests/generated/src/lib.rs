//! Random flows, compiled: what the build script wrote, the nodes that it is made of, and
//! what the proofs in `tests` need to drive it and to foretell it.

mod attend;
mod deed;
mod flows;
pub mod generator;
mod load;
mod log;
#[allow(dead_code, reason = "a small sample does not use all")]
mod nodes;
mod parts;
mod reference;
mod route;
mod specimen;
mod witness;

pub use flows::{SEED, sample};
pub use load::{Carton, Load, Mood};
pub use log::{Log, Visited};
pub use reference::{
    Attempt, Failure, Fate, Fates, Hops, MOST_ATTEMPTS, Output, Pace, foretell, throw,
};
#[cfg(feature = "durable")]
pub use specimen::Durable;
pub use specimen::{Answer, BoxFuture, Fetched, Sea, Settings, Specimen, Started};
pub use witness::Witness;
