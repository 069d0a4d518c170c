//! A host that keeps nothing but text: it runs one step, writes the whole frontier as
//! JSON, drops the flow and all else, and goes on from the JSON with a new flow.

use std::time::Duration;

use penguiflow::host::Frontier;
use penguiflow::{ErrorKind, FlowError, Message};
use penguiflow_generated_tests::generator::{Dice, Plan};
use penguiflow_generated_tests::{
    Fate, Load, Log, MOST_ATTEMPTS, Output, SEED, Specimen, Witness, sample, throw,
};
use serde_json::Value;

use crate::reference::failure;

/// How many messages each flow is given.
const MESSAGES: usize = 20;

/// A trace is its frontier: the host in memory and one that keeps only text give the same
/// outputs, and show nodes the same idempotency keys.
#[tokio::test(start_paused = true)]
async fn going_on_from_json_after_each_step_gives_the_same_as_run_all() {
    for (plan, specimen) in sample() {
        let mut witness = Witness::of(&plan);
        let mut dice = Dice::of(&[SEED, plan.number, 2]);
        for _ in 0..MESSAGES {
            witness.forget();
            check(&plan, &*specimen, &mut dice, &mut witness).await;
        }
    }
}

async fn check(plan: &Plan, specimen: &dyn Specimen, dice: &mut Dice, witness: &mut Witness) {
    let hops = dice.within(1, 8) as u32;
    let (load, fate) = throw(dice, plan, hops);
    witness.note(format!("with hops({hops}) {load:?}"));
    let message = Message::new(load)
        .tenant("acme")
        .deadline_in(Duration::from_secs(86_400));
    // The message's own budget goes before the flow's.
    let (message, hops) = match dice.chance(50) {
        true => (message.hops(hops), 1),
        false => (message, hops),
    };
    let (memory_log, text_log) = (Log::default(), Log::default());
    let in_memory = specimen
        .run_all(message.clone(), memory_log.clone(), hops)
        .await;
    let host = TextHost {
        specimen,
        log: text_log.clone(),
        hops,
    };
    let in_text = host.run(message, dice, witness).await;
    check_same(in_memory, in_text, &fate);
    if fate.failures.is_empty() {
        assert_eq!(
            memory_log.visits(),
            text_log.visits(),
            "the same keys in both hosts"
        );
    }
}

struct TextHost<'a> {
    specimen: &'a dyn Specimen,
    log: Log,
    hops: u32,
}

impl TextHost<'_> {
    /// Runs the steps in any order, since they do not depend on each other.
    async fn run(
        &self,
        message: Message<Load>,
        dice: &mut Dice,
        witness: &mut Witness,
    ) -> Result<Vec<Output>, FlowError> {
        let envelope = message.clone().with(());
        let mut frontier = self.specimen.begin(message);
        for runs in 0..=MOST_ATTEMPTS {
            witness.note(&frontier);
            assert_eq!(self.visits(), runs, "a step is one visit");
            let here: Frontier<Value, Load> = serde_json::from_str(&frontier).expect("a frontier");
            if here.steps.is_empty() {
                here.outputs
                    .iter()
                    .for_each(|output| check_envelope(output, &envelope));
                return Ok(sorted(here.outputs));
            }
            let place = dice.below(here.steps.len());
            frontier = self
                .specimen
                .advance(frontier, place, self.log.clone(), self.hops)
                .await?;
        }
        panic!("the trace does not end")
    }

    fn visits(&self) -> usize {
        let visits = self.log.visits();
        visits.iter().filter(|visit| visit.attempt == 0).count()
    }
}

/// Nodes changed the topic at most.
fn check_envelope(output: &Message<Load>, envelope: &Message<()>) {
    let mut output = output.clone().with(());
    output.headers.topic = None;
    assert_eq!(&output, envelope, "the envelope is kept in text");
}

fn sorted(outputs: Vec<Message<Load>>) -> Vec<Output> {
    let outputs = outputs.into_iter().map(|message| Output {
        load: message.payload,
        topic: message.headers.topic,
    });
    let mut outputs: Vec<_> = outputs.collect();
    outputs.sort();
    outputs
}

/// Which of two failing branches ends the trace is the host's order to say; all else is
/// the same.
fn check_same(
    in_memory: Result<Vec<Load>, FlowError>,
    in_text: Result<Vec<Output>, FlowError>,
    fate: &Fate,
) {
    match (in_memory, in_text) {
        (Ok(mut in_memory), Ok(in_text)) => {
            in_memory.sort();
            assert_eq!(
                in_memory,
                in_text
                    .iter()
                    .map(|output| output.load.clone())
                    .collect::<Vec<_>>()
            );
            assert_eq!(in_text, fate.outputs);
        }
        (Err(error), Ok(in_text)) => {
            assert_eq!(error.kind(), ErrorKind::Filtered, "{error}");
            assert_eq!(in_text, []);
        }
        (Err(one), Err(other)) => {
            assert!(fate.failures.contains(&failure(&one)), "{one:?}");
            assert!(fate.failures.contains(&failure(&other)), "{other:?}");
        }
        (in_memory, in_text) => panic!("{in_memory:?} in memory, {in_text:?} in text"),
    }
}
