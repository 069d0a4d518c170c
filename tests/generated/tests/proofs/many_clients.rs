//! The same account under real threads: many clients at once, in no order at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use penguiflow::{ErrorKind, Ledger, Message, TraceId};
use penguiflow_generated_tests::generator::{Dice, Plan};
use penguiflow_generated_tests::{Load, Log, SEED, Settings, Specimen, Started, Witness, sample};
use tokio::task::JoinSet;

use crate::tasks::{self, Attendant};

const CLIENTS: u64 = 3;
/// How many messages each client emits, and how often it cancels.
const TIMES: u64 = 50;

/// Protects what locks and atomics do, which one thread cannot show: with emitters,
/// fetchers and cancellers on four threads, each message is still accounted for once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_message_is_accounted_for_among_many_clients() {
    for (plan, specimen) in sample() {
        for ordered in [false, true] {
            check(&plan, &*specimen, ordered).await;
        }
    }
}

async fn check(plan: &Plan, specimen: &dyn Specimen, ordered: bool) {
    let mut witness = Witness::of(plan);
    let mut dice = Dice::of(&[SEED, plan.number, 5]);
    let settings = Settings {
        capacity: dice.pick(&[2, 8, 64]),
        backlog: dice.pick(&[1, 1, 2, 1024]),
        hops: 2,
        // A trace that goes on may wait for room that those behind it have.
        ordered: ordered && !plan.waits(),
    };
    let (log, before) = (Log::default(), tasks::alive());
    let running: Arc<dyn Started> = specimen.start(settings, log.clone()).into();
    let attendant = Attendant::of(&*running, Load::given().in_haste());
    let crowd = crowd(plan, Arc::clone(&running));
    let crowd = tokio::time::timeout(Duration::from_secs(20), crowd).await;
    witness.note(format!("{settings:?}: {:?}", running.ledger()));
    crowd.expect("the crowd hangs");
    drop((running, attendant));
    tasks::go_soon(before, &log).await;
}

async fn crowd(plan: &Plan, running: Arc<dyn Started>) {
    let (mut clients, emitted) = (JoinSet::new(), Emitted::default());
    for client in 0..CLIENTS {
        let dice = |task| Dice::of(&[SEED, plan.number, 6, client, task]);
        clients.spawn(emit(Arc::clone(&running), dice(0), emitted.clone()));
        clients.spawn(cancel(Arc::clone(&running), dice(1), emitted.clone()));
    }
    let fetchers = [0; 2].map(|_| tokio::spawn(fetch(Arc::clone(&running))));
    while let Some(client) = clients.join_next().await {
        client.expect("a client does not panic");
    }
    let ledger = running.stop().await;
    let mut tally = Tally::default();
    for fetcher in fetchers {
        tally.add(&fetcher.await.expect("a fetcher does not panic"));
    }
    tally.check(ledger);
}

/// The ids of what was emitted.
#[derive(Debug, Default, Clone)]
struct Emitted(Arc<Mutex<Vec<TraceId>>>);

impl Emitted {
    fn ids(&self) -> MutexGuard<'_, Vec<TraceId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of the last few, which may still be in flight.
    fn recent(&self, dice: &mut Dice) -> Option<TraceId> {
        let back = dice.below(4);
        self.ids().iter().rev().nth(back).copied()
    }
}

async fn emit(running: Arc<dyn Started>, mut dice: Dice, emitted: Emitted) {
    for _ in 0..TIMES {
        let load = Load::thrown(&mut dice).in_haste();
        let taken_in = running.emit(Message::new(load)).await;
        emitted.ids().push(taken_in.expect("the flow is open"));
    }
}

async fn cancel(running: Arc<dyn Started>, mut dice: Dice, emitted: Emitted) {
    for _ in 0..TIMES {
        tokio::task::yield_now().await;
        if let Some(trace_id) = emitted.recent(&mut dice) {
            running.cancel(trace_id);
        }
        let ledger = running.ledger();
        let sum = ledger.completed + ledger.failed + ledger.cancelled + ledger.filtered;
        assert_eq!(ledger.emitted, sum + ledger.in_flight, "{ledger:?}");
    }
}

async fn fetch(running: Arc<dyn Started>) -> Tally {
    let mut tally = Tally::default();
    while let Some(answer) = running.fetch().await {
        // Slow, so that traces have to wait for room.
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        match answer {
            Ok(message) => tally.completed(message.trace_id),
            Err(error) if error.kind() == ErrorKind::Cancelled => tally.cancelled += 1,
            Err(_) => tally.failed += 1,
        }
    }
    tally
}

/// What a fetcher was given. A trace with several outputs may be shared among fetchers.
#[derive(Debug, Default)]
struct Tally {
    completed: Vec<TraceId>,
    cancelled: u64,
    failed: u64,
}

impl Tally {
    fn completed(&mut self, trace_id: TraceId) {
        if !self.completed.contains(&trace_id) {
            self.completed.push(trace_id);
        }
    }

    fn add(&mut self, other: &Self) {
        other.completed.iter().for_each(|id| self.completed(*id));
        self.cancelled += other.cancelled;
        self.failed += other.failed;
    }
    /// What the fetchers saw is what the ledger says.
    fn check(&self, ledger: Ledger) {
        let seen = (self.completed.len() as u64, self.failed, self.cancelled);
        assert_eq!(seen, (ledger.completed, ledger.failed, ledger.cancelled));
        let all = ledger.completed + ledger.failed + ledger.cancelled + ledger.filtered;
        assert_eq!(
            (ledger.emitted, all, ledger.in_flight),
            (CLIENTS * TIMES, CLIENTS * TIMES, 0)
        );
    }
}
