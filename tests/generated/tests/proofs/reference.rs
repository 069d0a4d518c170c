//! `run_all` and `run` against the reference: the same outputs, or one of the errors.

use penguiflow::{ErrorKind, FlowError, Message};
use penguiflow_generated_tests::generator::{Dice, Plan};
use penguiflow_generated_tests::{
    Failure, Fate, Load, Log, SEED, Specimen, Witness, sample, throw,
};

/// How many messages each flow is given.
const MESSAGES: usize = 80;

/// The engine computes what the flow's text says, output for output, by the attempts that
/// the policies allow, each visit under a key of its own.
#[tokio::test(start_paused = true)]
async fn every_flow_gives_what_the_reference_foretells() {
    for (plan, specimen) in sample() {
        let mut witness = Witness::of(&plan);
        let mut dice = Dice::of(&[SEED, plan.number, 1]);
        for _ in 0..MESSAGES {
            witness.forget();
            check(&plan, &*specimen, &mut dice, &mut witness).await;
        }
    }
}

async fn check(plan: &Plan, specimen: &dyn Specimen, dice: &mut Dice, witness: &mut Witness) {
    let hops = dice.within(1, 8) as u32;
    let (load, fate) = throw(dice, plan, hops);
    witness.note(format!(
        "with hops({hops}) {load:?}\n  must come to {fate:?}"
    ));
    let log = Log::default();
    let outputs = specimen
        .run_all(Message::new(load.clone()), log.clone(), hops)
        .await;
    check_outputs(outputs, &fate);
    if fate.failures.is_empty() {
        check_visits(&log, &fate);
    }
    if let Some(output) = specimen.run(Message::new(load), Log::default(), hops) {
        check_outputs(output.await.map(|output| vec![output]), &fate);
    }
}

fn check_outputs(outputs: Result<Vec<Load>, FlowError>, fate: &Fate) {
    match outputs {
        Ok(mut outputs) => {
            outputs.sort();
            let foretold: Vec<_> = fate
                .outputs
                .iter()
                .map(|output| output.load.clone())
                .collect();
            assert_eq!(outputs, foretold);
            assert_eq!(fate.failures, []);
            assert_ne!(outputs, [], "a trace without output is an error");
        }
        Err(error) if error.kind() == ErrorKind::Filtered => assert!(fate.is_filtered(), "{error}"),
        Err(error) => assert!(fate.failures.contains(&failure(&error)), "{error:?}"),
    }
}

pub(crate) fn failure(error: &FlowError) -> Failure {
    Failure {
        kind: error.kind(),
        node: error.node().unwrap_or_default().to_owned(),
        attempts: error.attempts(),
    }
}

fn check_visits(log: &Log, fate: &Fate) {
    let visits = log.visits();
    let attempts: Vec<_> = visits
        .iter()
        .map(|visit| (visit.node, visit.attempt))
        .collect();
    assert_eq!(attempts, fate.attempts);
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
    let firsts = attempts.iter().filter(|(_, attempt)| *attempt == 0).count();
    let mut visited: Vec<_> = visits.iter().map(|visit| &visit.key).collect();
    visited.sort();
    visited.dedup();
    assert_eq!(
        visited.len(),
        firsts,
        "all attempts of a visit have its key: {visits:?}"
    );
    assert!(log.is_quiet());
}
