//! A flow on a store, which is closed and opened again between any two steps.

use std::sync::Mutex;
use std::time::Duration;

use penguiflow::host::StepId;
use penguiflow::{FlowError, Message};
use penguiflow_generated_tests::generator::{Plan, Rng};
use penguiflow_generated_tests::{
    CaseReport, ExpectedOutcomes, Hops, Load, Log, Output, SEED, Stamps, Subject, Timing,
    random_case, sample,
};
use penguiflow_sqlite::{Error, ParkedTrace, Running, Sqlite};
use tempfile::TempDir;
use tokio::time::{advance, sleep};

/// How many messages each flow is given.
const MESSAGES: u64 = 4;
/// Flows that run at a time: they mostly wait for the disk.
const THREADS: usize = 4;
/// A trace is over after so many restarts, unless it goes round for ever.
const MOST_LIVES: usize = 2_000;
/// How many of them are cut in the middle of their steps.
const DROPPING_LIVES: usize = 40;

/// A store keeps all that a trace is: whether what runs comes to its end before a restart or is dropped,
/// the outputs and errors are those that the reference allows, and where nothing is dropped, nodes
/// see the visits and idempotency keys of memory.
#[test]
fn going_on_from_the_store_after_each_step_gives_the_same_as_run_all() {
    let flows = Mutex::new(sample().into_iter());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((plan, subject)) = next(&flows) {
                    check_flow(&plan, &*subject);
                }
            });
        }
    });
}

fn next<T>(flows: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    flows.lock().expect("no other flow fails").next()
}

fn check_flow(plan: &Plan, subject: &dyn Subject) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    let mut report = CaseReport::of(plan);
    for message in 0..MESSAGES {
        report.forget();
        let mut rng = Rng::from_seed(&[SEED, plan.number, 3, message]);
        runtime.block_on(async {
            tokio::select! {
                () = check(plan, subject, &mut rng, &mut report) => {}
                () = tick() => {}
            }
        });
    }
}

/// The clock of nodes goes on by itself, in steps, so that what takes longer comes later
/// however long the disk takes. It would leap while all wait for the disk.
async fn tick() {
    loop {
        let moment = || std::thread::sleep(Duration::from_micros(100));
        let passed = tokio::task::spawn_blocking(moment).await;
        passed.expect("it does not panic");
        advance(Duration::from_millis(1)).await;
    }
}

async fn check(plan: &Plan, subject: &dyn Subject, rng: &mut Rng, report: &mut CaseReport) {
    let hops = rng.within(1, 8) as u32;
    let (load, expected) = random_case(rng, plan, Hops::Flow(hops), Timing::Any);
    let drops = rng.chance(50);
    report.note(format!(
        "with hops({hops}) {load:?}, dropping {drops}\n  must come to {expected}"
    ));
    // Half of the frontiers are so long that what steps emit goes into a journal.
    let ballast = "x".repeat(rng.pick(&[0, 5_000]));
    let message = Message::new(load).meta("ballast", ballast);
    let message = message.deadline_in(Duration::from_secs(86_400));
    let (memory_log, store_log) = (Log::default(), Log::default());
    if expected.certain().is_some() && !drops {
        let in_memory = subject.run_all(message.clone(), memory_log.clone(), hops);
        let _ = in_memory.await;
    }
    let host = StoreHost {
        subject,
        log: store_log.clone(),
        hops,
        drops,
        folder: tempfile::tempdir().expect("a folder"),
    };
    let outcome = host.run(message, rng, report).await;
    check_allowed(&outcome, &expected);
    if expected.certain().is_some() && !drops {
        assert_eq!(memory_log.visits(), store_log.visits());
    }
}

struct StoreHost<'a> {
    subject: &'a dyn Subject,
    log: Log,
    hops: u32,
    /// Whether a stop drops the steps that run.
    drops: bool,
    folder: TempDir,
}

impl StoreHost<'_> {
    /// Runs a trace, whose flow is stopped after it has begun a step.
    async fn run(
        &self,
        message: Message<Load>,
        rng: &mut Rng,
        report: &mut CaseReport,
    ) -> Result<Vec<Output>, FlowError> {
        let mut outputs = Vec::new();
        let mut error = None;
        for life in 0..MOST_LIVES {
            let store = Sqlite::open(self.folder.path().join("store.db")).await;
            let store = store.expect("nobody else has it");
            let (host, before) = (self.subject.durable(), self.log.visits().len());
            let running = host.start_on(&store, self.log.clone(), self.hops).await;
            let running = running.expect("it starts");
            let emitted = running.emit_keyed("the only one", message.clone()).await;
            emitted.expect("it is stored");
            // A step that takes longer than any life would begin for ever.
            let drops = self.drops && life < DROPPING_LIVES;
            let is_over = self.live(&running, (before, drops), rng, report).await;
            while let Some(result) = running.fetch().await.expect("the store works") {
                match result.into_output().await {
                    Ok(output) => outputs.push(output_of(output)),
                    Err(Error::Flow(failure)) => error = Some(failure),
                    Err(failure) => panic!("{failure}"),
                }
            }
            drop(running);
            store.close().await;
            if is_over {
                outputs.sort();
                return error.map_or(Ok(outputs), Err);
            }
        }
        panic!("the trace does not end")
    }

    /// Waits until a step has begun, and stops. Returns whether the trace is over.
    async fn live(
        &self,
        running: &Running<Load, Load>,
        (visits_before, drops): (usize, bool),
        rng: &mut Rng,
        report: &mut CaseReport,
    ) -> bool {
        tokio::select! {
            () = self.log.until_more_than(visits_before) => {}
            () = resume_until_over(running, rng, report) => {}
        }
        match drops {
            true => {
                sleep(Duration::from_millis(rng.pick(&[0, 1, 10, 60, 60]))).await;
                running.stop_within(Duration::ZERO).await;
            }
            false => running.stop().await,
        }
        let ledger = running.ledger().await.expect("the store works");
        report.note(format!("stopped with {ledger:?}"));
        ledger.in_flight() == 0
    }
}

/// Gives a trace what it waits for, now or later, until it is over.
async fn resume_until_over(running: &Running<Load, Load>, rng: &mut Rng, report: &mut CaseReport) {
    let ledger = async || running.ledger().await.expect("the store works");
    while ledger().await.in_flight() > 0 {
        let parked = running.parked(1).await.expect("the store works");
        if let Some(parked) = parked.first().filter(|_| rng.chance(30)) {
            resume(running, parked, rng, report).await;
        }
        sleep(Duration::from_millis(1)).await;
    }
}

/// One of the steps that wait is given a load, or waits on.
async fn resume(
    running: &Running<Load, Load>,
    parked: &ParkedTrace,
    rng: &mut Rng,
    report: &mut CaseReport,
) {
    let waits = parked.waits.as_array().expect("a list of steps");
    let step = &waits[rng.below(waits.len())]["step"];
    report.note(format!("resumes {step}"));
    let step: StepId = serde_json::from_value(step.clone()).expect("the id of a step");
    // Its time may be over.
    let _ = running
        .resume_step(parked.trace_id, step, Load::given())
        .await;
}

fn output_of(message: Message<Load>) -> Output {
    Output {
        stamps: Stamps::of(&message.headers),
        load: message.payload,
    }
}

fn check_allowed(outcome: &Result<Vec<Output>, FlowError>, expected: &ExpectedOutcomes) {
    let is_allowed = match outcome {
        Ok(outputs) => !outputs.is_empty() && expected.allow(outputs),
        Err(error) => expected.allow_error(error),
    };
    assert!(is_allowed, "on the store: {outcome:?}");
}
