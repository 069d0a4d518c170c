//! Spans over generated flows: however a trace is run and however it ends, what a subscriber receives
//! is what the flow's own events say. Nothing is missing, nothing is orphaned, and each attempt is in
//! the attempt that runs its playbook. A binary of its own, since a subscriber for debugging changes
//! what the other proofs run.

mod case;
mod collected;
mod compared;
mod lineage;
mod recorded;

use std::collections::BTreeSet;
use std::io;

use penguiflow_generated_tests::generator::Rng;
use penguiflow_generated_tests::{CaseReport, SEED, sample};

use collected::Spans;

/// How many cases each flow has.
const CASES: u64 = 60;

#[test]
fn the_spans_of_a_flow_are_those_of_its_events() -> io::Result<()> {
    let mut endings = BTreeSet::new();
    for (plan, subject) in sample() {
        let mut report = CaseReport::of(&plan);
        for case in 0..CASES {
            report.forget();
            let rng = Rng::from_seed(&[SEED, plan.number, 8, case]);
            let (spans, subscribed) = Spans::collect();
            let events = case::run(&*subject, rng, &mut report)?;
            drop(subscribed);
            let (collected, recorded) = (spans.compared(), recorded::compared(&events));
            assert_eq!(collected, recorded);
            endings.extend(recorded.endings());
        }
    }
    check_endings(&endings);
    Ok(())
}

/// Protects the comparison: each kind of end was among them.
fn check_endings(endings: &BTreeSet<String>) {
    let is_whole = std::env::var_os("PENGUIFLOW_FLOW").is_none();
    for ending in [
        "trace completed",
        "trace failed",
        "trace cancelled",
        "trace filtered",
        "trace deadline",
        "attempt succeeded",
        "attempt failed",
        "attempt panicked",
        "attempt timed_out",
        "attempt cancelled",
        "attempt deadline_exceeded",
        "attempt in another",
    ] {
        let is_there = endings.contains(ending);
        assert!(is_there || !is_whole, "no {ending}: {endings:?}");
    }
}
