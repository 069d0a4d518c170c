//! Whether tasks outlive their flow.

use std::time::Duration;

use penguiflow_generated_tests::{Load, Log, Started};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, yield_now};

/// How many tasks the runtime has now.
pub(crate) fn alive() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

fn are_gone(before: usize, log: &Log) -> bool {
    alive() == before && log.is_quiet()
}

/// Whoever has waited for the end finds no task, without another turn.
pub(crate) fn check_gone(before: usize, log: &Log) {
    let (alive, quiet) = (alive(), log.is_quiet());
    assert!(
        are_gone(before, log),
        "{alive} tasks, {before} before; quiet: {quiet}"
    );
}

/// Waits until there are as many tasks as before, and no node runs. What was aborted goes
/// when the scheduler comes to it, so it is given some turns, but, as the clock is paused,
/// no time to run to its end.
pub(crate) async fn go_at_once(before: usize, log: &Log) {
    for _ in 0..100 {
        if are_gone(before, log) {
            return;
        }
        yield_now().await;
    }
    panic!(
        "{} tasks, {before} before; quiet: {}",
        alive(),
        log.is_quiet()
    );
}

/// The same on threads, where a turn here may be none there.
pub(crate) async fn go_soon(before: usize, log: &Log) {
    let gone = async {
        while !are_gone(before, log) {
            yield_now().await;
        }
    };
    let gone = tokio::time::timeout(Duration::from_secs(20), gone).await;
    assert!(gone.is_ok(), "{} tasks, {before} before", alive());
}

/// Gives the traces of a started flow what they wait for, until it is dropped.
pub(crate) struct Driver(Option<JoinHandle<()>>);

impl Driver {
    pub(crate) fn of(running: &dyn Started, load: Load) -> Self {
        Self(running.driver(load).map(tokio::spawn))
    }

    /// How many tasks it has.
    pub(crate) fn tasks(&self) -> usize {
        usize::from(self.0.is_some())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}
