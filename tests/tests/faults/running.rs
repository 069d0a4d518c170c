//! Faults of started flows: what one message does to the others, by blocking, by being parked, by
//! its own destructor.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use penguiflow::Running;
use penguiflow::host::Line;
use penguiflow::prelude::*;
use penguiflow_tests::support::{balances, secs};

/// A barrier; each message keeps its thread until all have come.
#[derive(Clone)]
struct Meeting(Arc<(Mutex<usize>, Condvar)>, usize);

impl Meeting {
    fn of(all: usize) -> Self {
        Self(Arc::default(), all)
    }

    /// Whether all have come.
    fn come(&self) -> bool {
        let (came, all) = (&self.0.0, self.1);
        let mut came = came.lock().unwrap_or_else(PoisonError::into_inner);
        *came += 1;
        self.0.1.notify_all();
        let still_waiting = |came: &mut usize| *came < all;
        let waited = self.0.1.wait_timeout_while(came, secs(20), still_waiting);
        waited.is_ok_and(|(came, _)| *came >= all)
    }
}

#[node]
async fn meet_in_place(_: u32, State(meeting): State<Meeting>) -> bool {
    tokio::task::block_in_place(|| meeting.come())
}

#[node]
async fn meet(_: u32, State(meeting): State<Meeting>) -> bool {
    meeting.come()
}

/// The outcome of that many messages on that many threads.
fn all_meet<F>(flow: &F, messages: u32, threads: usize) -> Vec<bool>
where
    F: AnyFlow<In = u32, Out = bool>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .build()
        .expect("threads can be made");
    runtime.block_on(async {
        let running = flow.start();
        for n in 0..messages {
            running.emit(n).await.expect("it is open");
        }
        let mut met = Vec::new();
        for _ in 0..messages {
            let fetched = running.fetch().await.expect("an answer each");
            met.push(fetched.expect("no node fails").payload);
        }
        met
    })
}

/// Protects messages from a node that blocks in place: tokio then runs the other tasks elsewhere,
/// so whoever runs the next message must be a task already. Two of six were run.
#[test]
fn messages_that_block_in_place_hold_up_no_other() {
    let flow = flow! { meet_in_place }.with_state(Meeting::of(6));
    assert_eq!(all_meet(&flow, 6, 2), [true; 6]);
}

/// The same where tokio does not know of it: as many run at once as there are threads, whichever of
/// them began the others.
#[test]
fn messages_that_keep_their_threads_hold_up_no_other_thread() {
    for threads in 2..5 {
        let all = u32::try_from(threads).expect("a few");
        let flow = flow! { meet }.with_state(Meeting::of(threads));
        let met = all_meet(&flow, all, threads);
        assert_eq!(met, vec![true; threads]);
    }
}

/// An output that asks for the ledger when it is dropped, as a guard that reports does.
struct Asks(Arc<Asked>);

#[derive(Default)]
struct Asked {
    running: OnceLock<Weak<dyn Fn() -> Ledger + Send + Sync>>,
    ledgers: Mutex<Vec<Ledger>>,
    has_begun: AtomicBool,
}

impl Drop for Asks {
    fn drop(&mut self) {
        let running = self.0.running.get().and_then(Weak::upgrade);
        let mut ledgers = self
            .0
            .ledgers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        ledgers.extend(running.map(|ledger| ledger()));
    }
}

#[node]
async fn asks(asked: Arc<Asked>) -> Asks {
    Asks(asked)
}

#[node]
async fn asks_late(asked: Arc<Asked>) -> Asks {
    let asks = Asks(asked);
    asks.0.has_begun.store(true, Ordering::Relaxed);
    // Cancelled while it keeps the thread, it has an output that nobody wants.
    while balance_of(&asks.0).cancelled == 0 {
        std::thread::yield_now();
    }
    asks
}

fn balance_of(asked: &Asked) -> Ledger {
    let running = asked.running.get().and_then(Weak::upgrade);
    running.map_or_else(Ledger::default, |ledger| ledger())
}

type Asker<F> = (Arc<Running<F>>, Arc<dyn Fn() -> Ledger + Send + Sync>);

fn asker<F>(running: Running<F>, asked: &Asked) -> Asker<F>
where
    F: Line<()>,
{
    let running = Arc::new(running);
    let same = Arc::clone(&running);
    let ledger: Arc<dyn Fn() -> Ledger + Send + Sync> = Arc::new(move || same.ledger());
    assert!(asked.running.set(Arc::downgrade(&ledger)).is_ok());
    (running, ledger)
}

/// Protects from a deadlock: nothing of the user's is dropped under the lock of the ledger, neither
/// the output of a trace that was cancelled meanwhile, nor outputs that nobody fetches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_output_may_ask_for_the_ledger_when_it_is_dropped() -> Result<(), FlowError> {
    let asked = Arc::new(Asked::default());
    let (running, _ledger) = asker(flow! { asks_late }.start(), &asked);
    let id = running.emit(Arc::clone(&asked)).await?;
    while !asked.has_begun.load(Ordering::Relaxed) {
        tokio::task::yield_now().await;
    }
    assert!(running.cancel(id));
    let stopped = tokio::time::timeout(secs(20), running.stop()).await;
    let ledger = stopped.expect("nobody waits for a lock");
    assert_eq!((ledger.cancelled, ledger.completed), (1, 0));
    Ok(())
}

#[tokio::test]
async fn outputs_that_nobody_fetches_may_ask_for_the_ledger() -> Result<(), FlowError> {
    let asked = Arc::new(Asked::default());
    let (running, _ledger) = asker(flow! { asks }.start(), &asked);
    let (sea, rookery) = running.split();
    for _ in 0..3 {
        sea.emit(Arc::clone(&asked)).await?;
    }
    let cancelled = sea.emit(Arc::clone(&asked)).await?;
    assert!(running.cancel(cancelled), "it waits in the inbox");
    running.stop().await;
    drop(rookery);
    while let Some(answer) = running.try_fetch() {
        drop(answer);
    }
    let ledgers = asked.ledgers.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(ledgers.len(), 3, "each output was dropped");
    assert!(ledgers.iter().all(balances));
    Ok(())
}

#[derive(Debug)]
struct Approval;

#[node]
async fn draft(n: u32) -> u32 {
    n
}

#[node]
async fn publish((n, _): (u32, Approval)) -> u32 {
    n
}

/// The time to resume, and to cancel, one of that many parked traces: the quickest of some.
async fn one_of(parked: u32) -> Result<(Duration, Duration), FlowError> {
    let flow = flow! { draft -> await Approval -> publish }.capacity(64);
    let running = flow.start();
    let mut ids = Vec::new();
    for n in 0..parked {
        ids.push(running.emit(n).await?);
    }
    while flow.parked().len() < ids.len() {
        tokio::task::yield_now().await;
    }
    let (mut resumes, mut cancels) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let [to_resume, to_cancel] = [(); 2].map(|()| ids.pop().expect("there are more"));
        let begun = Instant::now();
        flow.resume(to_resume, Approval).await.expect("it waits");
        resumes.push(begun.elapsed());
        let begun = Instant::now();
        assert!(running.cancel(to_cancel));
        cancels.push(begun.elapsed());
        tokio::task::yield_now().await;
    }
    running.abort().await;
    let quickest = |times: Vec<Duration>| times.into_iter().min().unwrap_or_default();
    Ok((quickest(resumes), quickest(cancels)))
}

/// Protects who resumes or cancels one trace from how many others wait: of 64,000, the last took
/// 10 and 18 ms, under a lock. By real time, with room for a slow machine.
#[tokio::test]
async fn one_of_many_parked_traces_is_found_at_once() -> Result<(), FlowError> {
    let (few, many) = (one_of(1_000).await?, one_of(32_000).await?);
    let limit = |few: Duration| few * 8 + Duration::from_micros(100);
    assert!(many.0 < limit(few.0), "resume: {few:?}, then {many:?}");
    assert!(many.1 < limit(few.1), "cancel: {few:?}, then {many:?}");
    Ok(())
}

/// An input that asks for the ledger when it is dropped, with all its copies.
#[derive(Clone)]
struct AsksAsInput(Arc<Asked>);

impl Drop for AsksAsInput {
    fn drop(&mut self) {
        balance_of(&self.0);
    }
}

/// The second of three ends in `None`, before the first is over.
#[node]
async fn drops_input(input: (u32, AsksAsInput)) -> Option<u32> {
    let (n, input) = input;
    drop(input);
    for _ in n..2 {
        tokio::task::yield_now().await;
    }
    (n != 1).then_some(n)
}

/// Protects from a deadlock: a copy that a trace keeps of its input is the user's, and may be the last
/// thing that its message holds when that is accounted for.
#[tokio::test]
async fn a_kept_input_may_ask_for_the_ledger_when_it_is_dropped() -> Result<(), FlowError> {
    for is_ordered in [false, true] {
        let asked = Arc::new(Asked::default());
        let flow = flow! { drops_input }.keep_inputs();
        let flow = if is_ordered { flow.ordered() } else { flow };
        let (running, _ledger) = asker(flow.start(), &asked);
        for n in 0..3 {
            running.emit((n, AsksAsInput(Arc::clone(&asked)))).await?;
        }
        let cancelled = running.emit((3, AsksAsInput(Arc::clone(&asked)))).await?;
        running.cancel(cancelled);
        let ledger = running.stop().await;
        assert_eq!(
            (ledger.completed, ledger.filtered, ledger.cancelled),
            (2, 1, 1)
        );
        while let Some(answer) = running.try_fetch() {
            drop(answer);
        }
    }
    Ok(())
}
