//! Where the traces of a started flow run: those that do not wait have no task of their own, and
//! nobody notices.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use penguiflow::prelude::*;
use penguiflow_tests::support::{Notebook, balances, drain, secs, tasks};

/// Tells of its coming, and keeps its worker until the other one has come, too.
struct Meets {
    comes: Sender<u32>,
    others: Arc<Mutex<Receiver<()>>>,
}

#[node]
impl Meets {
    async fn call(&self, n: u32) -> Option<u32> {
        self.comes.send(n).ok()?;
        let others = match n {
            0 => self.others.lock().ok()?,
            _ => return Some(n),
        };
        others.recv_timeout(secs(30)).ok().map(|()| n)
    }
}

/// A node that keeps a worker busy holds up no message that another worker could take.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_worker_holds_up_no_other_message() -> Result<(), Box<dyn std::error::Error>> {
    let (comes, came) = channel();
    let (goes, others) = channel();
    let others = Arc::new(Mutex::new(others));
    let running = flow! { let meets: Meets = Meets { comes, others }; meets }.start();
    running.emit(0).await?;
    assert_eq!(came.recv_timeout(secs(30)), Ok(0));
    // Nothing else happens now but the first one's waiting for this one.
    running.emit(1).await?;
    assert_eq!(came.recv_timeout(secs(30)), Ok(1));
    goes.send(())?;
    assert_eq!(running.stop().await.completed, 2);
    Ok(())
}

#[node]
async fn note(n: u32, notes: State<Notebook>) -> u32 {
    notes.0.write(n);
    n
}

/// What was cancelled before it began is not run.
#[tokio::test]
async fn what_is_cancelled_before_it_begins_is_not_run() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { note }.with_state(notes.clone()).start();
    let first = running.emit(1).await?;
    running.emit(2).await?;
    assert!(running.cancel(first), "it waits to begin");
    let ledger = running.stop().await;
    assert_eq!((ledger.cancelled, ledger.completed), (1, 1));
    assert_eq!(notes.lines(), ["2"]);
    assert_eq!(tasks(), 0);
    Ok(())
}

#[derive(Debug)]
struct Fragile(u32);

impl Clone for Fragile {
    fn clone(&self) -> Self {
        assert_ne!(self.0, 1, "it broke");
        Self(self.0)
    }
}

#[node]
async fn hand_out(n: u32) -> Fragile {
    Fragile(n)
}

#[node]
async fn left(fragile: Fragile) -> u32 {
    fragile.0
}

#[node]
async fn right(fragile: Fragile) -> u32 {
    fragile.0
}

#[node]
async fn sum((left, right): (u32, u32)) -> u32 {
    left + right
}

/// A panic between two nodes ends its own trace alone.
#[tokio::test]
async fn a_trace_that_panics_between_nodes_takes_no_other_along() -> Result<(), FlowError> {
    let running = flow! { hand_out -> [left, right] -> join -> sum }
        .ordered()
        .start();
    for n in 0..4 {
        running.emit(n).await?;
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.failed), (3, 1));
    let ends: Vec<_> = drain(&running).await;
    let ends = ends
        .into_iter()
        .map(|end| end.map_err(|error| error.kind()));
    let ends: Vec<_> = ends.collect();
    assert_eq!(ends, [Ok(0), Err(ErrorKind::Panicked), Ok(4), Ok(6)]);
    Ok(())
}

/// What waits to begin when its runtime shuts down is accounted for.
#[test]
fn what_waits_when_its_runtime_goes_is_cancelled() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let notes = Notebook::new();
    let flow = flow! { note }.with_state(notes.clone());
    let running = runtime.block_on(async {
        let running = flow.start();
        for n in 0..3 {
            running.try_emit(n).expect("there is capacity");
        }
        running
    });
    drop(runtime);
    let ledger = running.ledger();
    assert_eq!((ledger.cancelled, ledger.in_flight), (3, 0));
    assert!(balances(&ledger));
    assert_eq!(notes.lines(), [""; 0]);
    Ok(())
}

/// Waits once, and is dropped when it is cancelled.
#[node]
async fn wait_for_ever(_: u32, State(dropped): State<Arc<AtomicBool>>) -> u32 {
    struct OnDrop(Arc<AtomicBool>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let _guard = OnDrop(dropped);
    std::future::pending().await
}

/// A trace that waits has a task of its own by then, which cancelling ends.
#[tokio::test]
async fn a_trace_that_waits_can_be_cancelled() -> Result<(), FlowError> {
    let dropped = Arc::new(AtomicBool::new(false));
    let running = flow! { wait_for_ever }
        .with_state(Arc::clone(&dropped))
        .start();
    let id = running.emit(1).await?;
    while tasks() != 1 || running.ledger().in_flight != 1 {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    assert!(running.cancel(id));
    assert_eq!(running.stop().await.cancelled, 1);
    assert!(dropped.load(Ordering::Relaxed));
    assert_eq!(tasks(), 0);
    Ok(())
}
