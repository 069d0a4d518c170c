//! The sample that the build script wrote, each flow beside its plan.

use crate::generator::{Plan, generate};
use crate::subject::Subject;

// Patterns are random: some arms are reached by nothing, some bindings used by nobody.
#[allow(unreachable_patterns, unused_variables, unused_imports)]
mod written {
    use penguiflow::flow;

    use crate::load::{Load, Mood};
    use crate::nodes::*;
    use crate::route::Route;
    use crate::subject::{Make, Subject, compiled};

    include!(concat!(env!("OUT_DIR"), "/flows.rs"));
}

/// The seed of the sample.
pub const SEED: u64 = written::SEED;

/// All flows of the sample, with the plans that they were written from. The environment's
/// `PENGUIFLOW_FLOW` leaves the one with this number.
pub fn sample() -> Vec<(Plan, Box<dyn Subject>)> {
    let only = std::env::var("PENGUIFLOW_FLOW").ok();
    let only: Option<u64> = only.map(|number| number.parse().expect("a flow's number"));
    let flows = written::FLOWS.iter();
    let flows = flows.filter(|(number, _)| only.is_none_or(|only| only == *number));
    let subjects = flows.map(|(number, make)| (generate(SEED, *number), make()));
    subjects.collect()
}
