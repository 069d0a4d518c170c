//! A host that keeps nothing but text: it runs one step, writes the whole frontier as
//! JSON, drops the flow and all else, and goes on from the JSON with a new flow.

use std::time::Duration;

use penguiflow::{FlowError, Message};
use penguiflow_generated_tests::generator::{PLAYED, Plan, Rng};
use penguiflow_generated_tests::{
    CaseReport, ExpectedOutcomes, Hops, Load, Log, MOST_ATTEMPTS, Output, SEED, Stamps, Subject,
    Timing, Visited, random_case, sample, take_off,
};
use serde_json::Value;

/// How many messages each flow is given.
const MESSAGES: usize = 20;

/// A trace is its frontier: the host in memory and one that keeps only text give the same
/// outputs, and show nodes the same idempotency keys.
#[tokio::test(start_paused = true)]
async fn going_on_from_json_after_each_step_gives_the_same_as_run_all() {
    for (plan, subject) in sample() {
        let mut report = CaseReport::of(&plan);
        let mut rng = Rng::from_seed(&[SEED, plan.number, 2]);
        for _ in 0..MESSAGES {
            report.forget();
            check(&plan, &*subject, &mut rng, &mut report).await;
        }
    }
}

async fn check(plan: &Plan, subject: &dyn Subject, rng: &mut Rng, report: &mut CaseReport) {
    let hops = rng.within(1, 8) as u32;
    let own_hops = rng.chance(50);
    let all_hops = if own_hops { Hops::Message } else { Hops::Flow };
    let (load, expected) = random_case(rng, plan, all_hops(hops), Timing::Any);
    report.note(format!(
        "with {:?} {load:?}\n  must come to {expected}",
        all_hops(hops)
    ));
    let message = Message::new(load)
        .tenant("acme")
        .deadline_in(Duration::from_secs(86_400));
    // The message's own budget goes before the flow's.
    let (message, hops) = match own_hops {
        true => (message.hops(hops), 1),
        false => (message, hops),
    };
    let (memory_log, text_log) = (Log::default(), Log::default());
    let in_memory = subject
        .run_all(message.clone(), memory_log.clone(), hops)
        .await;
    let host = TextHost {
        subject,
        log: text_log.clone(),
        hops,
    };
    let in_text = host.run(message, rng, report).await;
    check_allowed(&in_memory, &in_text, &expected);
    if expected.certain().is_some() {
        assert_eq!(
            memory_log.visits(),
            text_log.visits(),
            "the same keys in both hosts"
        );
    }
}

struct TextHost<'a> {
    subject: &'a dyn Subject,
    log: Log,
    hops: u32,
}

impl TextHost<'_> {
    /// Runs the steps in any order, since they do not depend on each other.
    async fn run(
        &self,
        message: Message<Load>,
        rng: &mut Rng,
        report: &mut CaseReport,
    ) -> Result<Vec<Output>, FlowError> {
        let envelope = message.clone().with(());
        let mut frontier = self.subject.durable().begin(message);
        for runs in 0..=2 * MOST_ATTEMPTS {
            assert!(self.visits() <= runs, "a step is one visit, or a join's");
            let steps = self.subject.durable().steps(&frontier);
            let waiting = self.subject.durable().waiting(&frontier);
            if steps.is_empty() && waiting == 0 {
                let outputs = self.subject.durable().finish(frontier)?;
                outputs
                    .iter()
                    .for_each(|output| check_envelope(output, &envelope));
                return Ok(sorted(outputs));
            }
            let place = rng.below(steps.len() + waiting);
            if let Some(waiting) = place.checked_sub(steps.len()) {
                frontier = self.leave_waiting(&frontier, waiting, rng, report);
                continue;
            }
            report.note(format!("runs {place} of {}", Value::from(steps)));
            frontier = self
                .subject
                .durable()
                .advance(frontier, place, self.log.clone(), self.hops)
                .await?;
        }
        panic!("the trace does not end")
    }

    /// The step that waits at this place goes on: it is given what it waits for, or its time is over.
    fn leave_waiting(
        &self,
        frontier: &str,
        place: usize,
        rng: &mut Rng,
        report: &mut CaseReport,
    ) -> String {
        let host = self.subject.durable();
        let expires = rng.chance(50);
        match expires.then(|| host.expire(frontier, place)).flatten() {
            Some(expired) => {
                report.note(format!("expires {place}"));
                expired
            }
            None => {
                report.note(format!("resumes {place}"));
                host.resume(frontier, place)
            }
        }
    }

    fn visits(&self) -> usize {
        let visits = self.log.visits();
        let is_step = |visit: &&Visited| visit.attempt == 0 && visit.node < PLAYED;
        visits.iter().filter(is_step).count()
    }
}

/// Nodes have set headers at most, and the output reports its time.
fn check_envelope(output: &Message<Load>, envelope: &Message<()>) {
    let mut output = output.clone().with(());
    take_off(&mut output.headers);
    output.elapsed = envelope.elapsed;
    assert_eq!(&output, envelope, "the envelope is kept in text");
}

fn sorted(outputs: Vec<Message<Load>>) -> Vec<Output> {
    let outputs = outputs.into_iter().map(|message| Output {
        stamps: Stamps::of(&message.headers),
        load: message.payload,
    });
    let mut outputs: Vec<_> = outputs.collect();
    outputs.sort();
    outputs
}

/// What is first, and which of two failing branches ends the trace, is the host's order to
/// say: both hosts come to what the reference allows.
fn check_allowed(
    in_memory: &Result<Vec<Load>, FlowError>,
    in_text: &Result<Vec<Output>, FlowError>,
    expected: &ExpectedOutcomes,
) {
    let is_allowed = match in_memory {
        Ok(loads) => {
            let mut loads = loads.clone();
            loads.sort();
            expected.with(&loads).next().is_some()
        }
        Err(error) => expected.allow_error(error),
    };
    assert!(is_allowed, "in memory: {in_memory:?}");
    let is_allowed = match in_text {
        Ok(outputs) => !outputs.is_empty() && expected.allow(outputs),
        Err(error) => expected.allow_error(error),
    };
    assert!(is_allowed, "in text: {in_text:?}");
}
