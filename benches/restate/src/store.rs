//! The flow on a store, in this process: no server, and one machine.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Result;
use local_restate::Server;
use penguiflow_sqlite::{Running, Sqlite};
use tempfile::TempDir;

use crate::measure::{Figure, Load, measure};
use crate::work::{Record, Steps};

pub(crate) struct Subject {
    running: Running<Record, u64>,
    next: Arc<AtomicU64>,
    store: Sqlite,
    _folder: TempDir,
}

impl Subject {
    pub(crate) async fn start() -> Result<Self> {
        // Not where temporary files are in memory.
        let folder = tempfile::tempdir_in(".")?;
        let store = Sqlite::open(folder.path().join("store.db")).await?;
        Ok(Self {
            running: store.start(Steps::flow()).await?,
            next: Arc::default(),
            store,
            _folder: folder,
        })
    }

    pub(crate) async fn measured(&self, server: &Server, load: Load) -> Result<Figure> {
        let running = self.running.clone();
        let call = move |id| {
            let running = running.clone();
            async move { Ok(running.call(Record::new(id)).await?.payload) }
        };
        measure(server, &self.next, load, call).await
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
        drop(self.running);
        self.store.close().await;
    }
}
