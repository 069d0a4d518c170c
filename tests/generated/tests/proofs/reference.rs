//! `run_all` and `run` against the reference: the same outputs, or one of the errors.

use penguiflow::{ErrorKind, FlowError, Message};
use penguiflow_generated_tests::generator::{Plan, Rng};
use penguiflow_generated_tests::{
    Attempt, CaseReport, ExpectedOutcomes, Hops, Load, Log, SEED, Subject, Timing, Visited,
    random_case, sample,
};

use crate::tasks;

/// How many messages each flow is given.
const MESSAGES: usize = 80;

/// The engine computes what the flow's text says, output for output, by the attempts that
/// the policies allow, each visit under a key of its own. Where what is first goes on, it is
/// first on the clock.
#[tokio::test(start_paused = true)]
async fn every_flow_gives_what_the_reference_foretells() {
    for (plan, subject) in sample() {
        let mut report = CaseReport::of(&plan);
        let mut rng = Rng::from_seed(&[SEED, plan.number, 1]);
        for _ in 0..MESSAGES {
            report.forget();
            check(&plan, &*subject, &mut rng, &mut report).await;
        }
    }
}

async fn check(plan: &Plan, subject: &dyn Subject, rng: &mut Rng, report: &mut CaseReport) {
    let hops = rng.within(1, 8) as u32;
    let (load, expected) = random_case(rng, plan, Hops::Flow(hops), Timing::Exact);
    if expected.are_open() {
        return;
    }
    report.note(format!(
        "with hops({hops}) {load:?}\n  must come to {expected}"
    ));
    let (log, before) = (Log::default(), tasks::alive());
    let outputs = subject
        .run_all(Message::new(load.clone()), log.clone(), hops)
        .await;
    tasks::go_at_once(before, &log).await;
    check_outputs(plan, outputs, &log, &expected);
    let log = Log::default();
    if let Some(output) = subject.run(Message::new(load), log.clone(), hops) {
        let output = output.await.map(|output| vec![output]);
        tasks::go_at_once(before, &log).await;
        check_outputs(plan, output, &log, &expected);
    }
}

fn check_outputs(
    plan: &Plan,
    outputs: Result<Vec<Load>, FlowError>,
    log: &Log,
    expected: &ExpectedOutcomes,
) {
    match outputs {
        Ok(mut outputs) => {
            outputs.sort();
            assert_ne!(outputs, [], "a trace without output is an error");
            assert!(expected.with(&outputs).next().is_some(), "{outputs:#?}");
            check_visits(plan, &outputs, log, expected);
        }
        Err(error) => {
            assert!(expected.allow_error(&error), "{error:?}");
            if error.kind() == ErrorKind::Filtered {
                check_visits(plan, &[], log, expected);
            }
        }
    }
}

fn check_visits(plan: &Plan, outputs: &[Load], log: &Log, expected: &ExpectedOutcomes) {
    let visits = log.visits();
    let attempts = visits.iter().map(|visit| Attempt {
        node: visit.node,
        attempt: visit.attempt,
        step: visit.step(),
    });
    let attempts: Vec<_> = attempts.collect();
    let mut expected = expected.with(outputs);
    assert!(
        expected.any(|outcome| outcome.has_run(attempts.clone())),
        "{attempts:?}"
    );
    if plan.plays.len() < 2 {
        check_keys(&visits);
    }
}

/// Every visit has a key, which comes again only where a playbook is tried again.
fn check_keys(visits: &[Visited]) {
    let mut keys: Vec<_> = visits
        .iter()
        .map(|visit| (&visit.key, visit.attempt))
        .collect();
    keys.sort();
    keys.dedup();
    assert_eq!(
        keys.len(),
        visits.len(),
        "each visit has a key of its own: {visits:?}"
    );
    let firsts = visits.iter().filter(|visit| visit.attempt == 0).count();
    let mut visited: Vec<_> = visits.iter().map(|visit| &visit.key).collect();
    visited.sort();
    visited.dedup();
    assert_eq!(
        visited.len(),
        firsts,
        "all attempts of a visit have its key: {visits:?}"
    );
}
