//! Random flows, compiled: what the build script wrote, the nodes that it is made of, and
//! what the proofs in `tests` need to drive it and to predict it.

mod action;
mod case_report;
mod drive;
mod flows;
pub mod generator;
mod load;
mod log;
#[allow(dead_code, reason = "a small sample does not use all")]
mod nodes;
mod parts;
mod reference;
mod route;
mod stamps;
mod subject;

pub use case_report::CaseReport;
pub use flows::{SEED, sample};
pub use load::{Carton, Load, Mood};
pub use log::{Log, Visited};
pub use reference::{
    Attempt, ExpectedOutcome, ExpectedOutcomes, Failure, Hops, MOST_ATTEMPTS, Output, Timing,
    child, predict, random_case,
};
pub use stamps::{Stamps, take_off};
pub use subject::{Answer, BoxFuture, Fetched, Sea, Settings, Started, Subject};
#[cfg(feature = "durable")]
pub use subject::{Durable, OnStore};
