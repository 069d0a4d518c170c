//! The same account under real threads: many clients at once, in no order at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use penguiflow::{ErrorKind, Ledger, Message, TraceId};
use penguiflow_generated_tests::generator::{Plan, Rng};
use penguiflow_generated_tests::{CaseReport, Load, Log, SEED, Settings, Started, Subject, sample};
use tokio::task::JoinSet;

use crate::tasks::{self, Driver};

const CLIENTS: u64 = 3;
/// How many messages each client emits, and how often it cancels.
const TIMES: u64 = 50;

/// Protects what locks and atomics do, which one thread cannot show: with emitters,
/// fetchers and cancellers on four threads, each message is still accounted for once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_message_is_accounted_for_among_many_clients() {
    for (plan, subject) in sample() {
        for ordered in [false, true] {
            check(&plan, &*subject, ordered).await;
        }
    }
}

async fn check(plan: &Plan, subject: &dyn Subject, ordered: bool) {
    let mut report = CaseReport::of(plan);
    let mut rng = Rng::from_seed(&[SEED, plan.number, 5]);
    let settings = Settings {
        capacity: rng.pick(&[2, 8, 64]),
        backlog: rng.pick(&[1, 1, 2, 1024]),
        hops: 2,
        // A trace that goes on may wait for room that later ones hold.
        ordered: ordered && !plan.awaits(),
    };
    let (log, before) = (Log::default(), tasks::alive());
    let running: Arc<dyn Started> = subject.start(settings, log.clone()).into();
    let driver = Driver::of(&*running, Load::given().in_haste());
    let crowd = crowd(plan, Arc::clone(&running));
    let crowd = tokio::time::timeout(Duration::from_secs(20), crowd).await;
    report.note(format!("{settings:?}: {:?}", running.ledger()));
    crowd.expect("the crowd hangs");
    drop((running, driver));
    tasks::go_soon(before, &log).await;
}

async fn crowd(plan: &Plan, running: Arc<dyn Started>) {
    let (mut clients, emitted) = (JoinSet::new(), Emitted::default());
    for client in 0..CLIENTS {
        let rng = |task| Rng::from_seed(&[SEED, plan.number, 6, client, task]);
        clients.spawn(emit(Arc::clone(&running), rng(0), emitted.clone()));
        clients.spawn(cancel(Arc::clone(&running), rng(1), emitted.clone()));
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
    fn recent(&self, rng: &mut Rng) -> Option<TraceId> {
        let back = rng.below(4);
        self.ids().iter().rev().nth(back).copied()
    }
}

async fn emit(running: Arc<dyn Started>, mut rng: Rng, emitted: Emitted) {
    for _ in 0..TIMES {
        let load = Load::random(&mut rng).in_haste();
        let taken_in = running.emit(Message::new(load)).await;
        emitted.ids().push(taken_in.expect("the flow is open"));
    }
}

async fn cancel(running: Arc<dyn Started>, mut rng: Rng, emitted: Emitted) {
    for _ in 0..TIMES {
        tokio::task::yield_now().await;
        if let Some(trace_id) = emitted.recent(&mut rng) {
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
