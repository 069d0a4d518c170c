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

use case::Threads;
use collected::Spans;

/// How many cases each flow has.
const CASES: u64 = 60;
const CASES_ON_THREADS: u64 = 10;

/// In paused time, where all of it is exact.
#[test]
fn the_spans_of_a_flow_are_those_of_its_events() -> io::Result<()> {
    let (spans, _subscribed) = Spans::of_this_thread();
    let endings = check(&spans, CASES, Threads::One)?;
    check_endings(&endings, &["attempt failed", "attempt timed_out"]);
    Ok(())
}

/// Where traces move from thread to thread.
#[test]
fn spans_stay_in_their_traces_on_several_threads() -> io::Result<()> {
    let endings = check(&Spans::of_all_threads(), CASES_ON_THREADS, Threads::Several)?;
    check_endings(&endings, &[]);
    Ok(())
}

/// How traces and attempts ended.
fn check(spans: &Spans, cases: u64, threads: Threads) -> io::Result<BTreeSet<String>> {
    let mut endings = BTreeSet::new();
    for (plan, subject) in sample() {
        let mut report = CaseReport::of(&plan);
        for case in 0..cases {
            report.forget();
            let rng = Rng::from_seed(&[SEED, plan.number, 8, case]);
            let events = case::run(&*subject, rng, threads, &mut report)?;
            let (collected, recorded) = (spans.take(), recorded::compared(&events));
            let missing = recorded.beyond(&collected);
            assert_eq!(
                missing,
                collected.beyond(&recorded),
                "of events, and of spans"
            );
            endings.extend(recorded.endings());
        }
    }
    Ok(endings)
}

/// Protects the comparison: each kind of end was among them.
fn check_endings(endings: &BTreeSet<String>, further: &[&str]) {
    let is_whole = std::env::var_os("PENGUIFLOW_FLOW").is_none();
    let all = [
        "trace completed",
        "trace failed",
        "trace cancelled",
        "trace filtered",
        "trace deadline",
        "attempt succeeded",
        "attempt panicked",
        "attempt cancelled",
        "attempt in another",
    ];
    for ending in all.iter().chain(further) {
        let is_there = endings.contains(*ending);
        assert!(is_there || !is_whole, "no {ending}: {endings:?}");
    }
}
