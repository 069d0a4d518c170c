//! Flows on a store, through the public face: they run as in memory, and go on where they were.

mod awaits;
mod chunks;
mod ending;
mod erased;
mod faults;
mod going_on;
mod history;
mod parking;
mod poison;
mod requests;
mod running;
mod versions;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow_sqlite::{Error, Fetched, Running, Sqlite};
use serde::de::DeserializeOwned;
use tempfile::TempDir;

/// A folder with a store in it.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    pub(crate) async fn open(&self) -> Sqlite {
        Sqlite::open(self.file()).await.expect("nobody else has it")
    }
}

/// Counts the visits of nodes, over all processes of a test.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visits(Arc<AtomicU32>);

impl Visits {
    pub(crate) fn add(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(crate) fn count(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

pub(crate) async fn next<In, Out>(running: &Running<In, Out>) -> Fetched<Out>
where
    In: Send + 'static,
    Out: DeserializeOwned + Send + 'static,
{
    let fetched = tokio::time::timeout(Duration::from_secs(30), running.fetch());
    let fetched = fetched.await.expect("a result comes");
    fetched
        .expect("the store works")
        .expect("it is not stopped")
}

/// The payload of the next result, which is acknowledged.
pub(crate) async fn payload<In, Out>(running: &Running<In, Out>) -> Out
where
    In: Send + 'static,
    Out: DeserializeOwned + Send + 'static,
{
    let output = next(running).await.into_output().await;
    output.expect("no node fails").payload
}

/// The error of the next result, which is acknowledged.
pub(crate) async fn error<In, Out>(running: &Running<In, Out>) -> FlowError
where
    In: Send + 'static,
    Out: DeserializeOwned + Send + std::fmt::Debug + 'static,
{
    let output = next(running).await.into_output().await;
    match output.expect_err("it fails") {
        Error::Flow(error) => error,
        other => panic!("{other}"),
    }
}
