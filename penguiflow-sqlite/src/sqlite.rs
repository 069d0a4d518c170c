//! A store that is open, and the flows that are started on it.

use std::marker::PhantomData;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use penguiflow::host::{DurableFlow, IntoDurable};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::Error;
use crate::host::{Host, Settings, Unreadable, reconcile};
use crate::running::Running;
use crate::store::{self, Store, StoreError};

/// A store of traces in an SQLite file, which several flows may share. One process has it open at a
/// time. Clones are the same store.
///
/// The writer is a thread of its own. Opening and all that it is asked for later wait without blocking
/// the runtime.
#[derive(Clone)]
pub struct Sqlite {
    store: Store,
}

/// How a store is opened.
///
/// ```
/// use penguiflow_sqlite::Options;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), penguiflow_sqlite::StoreError> {
/// # let dir = tempfile::tempdir().expect("a folder");
/// # let file = dir.path().join("store.db");
/// let store = Options::new().payload_limit(64 << 10).open(file).await?;
/// # store.close().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Options(store::Options);

impl Options {
    /// The defaults: messages of at most 1 MiB, and 5 s of patience with a lock.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes that an emitted message may have, as it is stored.
    #[must_use]
    pub fn payload_limit(mut self, bytes: usize) -> Self {
        self.0.payload_limit = bytes;
        self
    }

    /// How long a lock of another program on the database is waited for.
    #[must_use]
    pub fn busy_timeout(mut self, time: Duration) -> Self {
        self.0.busy_timeout = time;
        self
    }

    /// For tests: where the store dies or fails.
    #[cfg(feature = "failpoints")]
    #[doc(hidden)]
    #[must_use]
    pub fn failpoint(mut self, failpoint: store::Failpoint) -> Self {
        self.0.failpoint = Some(failpoint);
        self
    }

    /// Opens the store in this file, or makes one there.
    ///
    /// # Errors
    ///
    /// A [`StoreError`]: another process has it open, it is no store, or the file cannot be read.
    pub async fn open(self, path: impl AsRef<Path>) -> Result<Sqlite, StoreError> {
        let (path, options) = (path.as_ref().to_owned(), self.0);
        let opened = tokio::task::spawn_blocking(move || Store::open(path, options));
        let store = opened.await.map_err(|_| StoreError::Closed)??;
        Ok(Sqlite { store })
    }
}

impl Sqlite {
    /// Opens the store in this file, or makes one there, with the default [`Options`].
    ///
    /// # Errors
    ///
    /// Those of [`Options::open`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Options::new().open(path).await
    }

    /// Starts a flow on the store, once it is awaited: its traces that are not over go on. Its settings
    /// may be set before, `store.start(flow).capacity(64).await?`.
    ///
    /// The flow has `#[flow(durable)]`. The types are those of its input and its output.
    ///
    /// # Errors
    ///
    /// Of the store; [`Error::Changed`] if the store has traces that the flow cannot go on with: then all
    /// is as it was, and the earlier version of the flow can be started again.
    pub fn start<In, Out>(&self, flow: impl IntoDurable<In, Out>) -> Start<In, Out> {
        Start {
            store: self.store.clone(),
            flow: flow.into_durable(),
            settings: Settings {
                capacity: 256,
                recoveries: 5,
            },
            acks_on_drop: false,
            unreadable: Unreadable::default(),
            types: PhantomData,
        }
    }

    /// Removes traces that ended longer ago than `age`, and the oldest of those that have ended where
    /// there are more than `count`; returns how many. Results that nobody has acknowledged stay. Requests of
    /// the command line that were made longer ago than `age` are removed too, once they are answered.
    ///
    /// # Errors
    ///
    /// A [`StoreError`].
    pub async fn retain(
        &self,
        age: Option<Duration>,
        count: Option<usize>,
    ) -> Result<usize, StoreError> {
        self.store.retain(age, count).await
    }

    /// Gives the space of what was removed back to the file system. Traces wait meanwhile.
    ///
    /// # Errors
    ///
    /// A [`StoreError`].
    pub async fn vacuum(&self) -> Result<(), StoreError> {
        self.store.vacuum().await
    }

    /// Copies the store as it is now to a file, while it is in use.
    ///
    /// # Errors
    ///
    /// A [`StoreError`].
    pub async fn backup(&self, to: impl AsRef<Path>) -> Result<(), StoreError> {
        self.store.backup(to).await
    }

    /// Writes what is queued, and frees the file. Stop the flows before. Without it, the file is freed a
    /// moment after the last clone of the store and of its running flows is dropped.
    pub async fn close(self) {
        self.store.close().await;
    }
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite")
            .field("path", &self.store.path())
            .finish_non_exhaustive()
    }
}

/// A flow that is about to be started on a store: what [`Sqlite::start`] returns, to be awaited.
#[must_use = "the flow is not started unless it is awaited"]
pub struct Start<In, Out> {
    store: Store,
    flow: DurableFlow,
    settings: Settings,
    acks_on_drop: bool,
    unreadable: Unreadable,
    types: PhantomData<fn(In) -> Out>,
}

impl<In: Send + 'static, Out: DeserializeOwned + Send + 'static> Start<In, Out> {
    /// How many traces run at a time; 256 unless set. The others wait in the store.
    ///
    /// # Panics
    ///
    /// If it is 0.
    pub fn capacity(mut self, traces: usize) -> Self {
        assert!(traces > 0, "a flow with a capacity of 0 would run nothing");
        self.settings.capacity = traces;
        self
    }

    /// How often a trace is taken up again whose process died while it ran, without a step that was
    /// completed in between; 5 times unless set. Then it is a dead letter: it may be the cause.
    pub fn recoveries(mut self, times: u32) -> Self {
        self.settings.recoveries = i64::from(times);
        self
    }

    /// Lets a result that was [fetched](Running::fetch) be acknowledged when it is dropped.
    pub fn ack_on_drop(mut self) -> Self {
        self.acks_on_drop = true;
        self
    }

    /// Changes what is stored of traces that the flow as it is now cannot read: a node of theirs is gone,
    /// or takes something else. The function is given a stored frontier as JSON, and what steps have
    /// emitted since, one document each; what it returns is read in their place, and stored. Steps stand in
    /// it as `{"node": input}`, and joins and awaits by their names in `relies_on`.
    ///
    /// Nodes that are only renamed need no migration but `#[node(alias = "…")]`.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use penguiflow_sqlite::Sqlite;
    /// use serde_json::Value;
    ///
    /// #[node]
    /// async fn index((text, language): (String, String)) -> String {
    ///     format!("{language}: {text}")
    /// }
    ///
    /// /// `index` took the text alone before.
    /// fn with_language(mut stored: Value) -> Result<Value, String> {
    ///     for step in stored["steps"].as_array_mut().into_iter().flatten() {
    ///         if let Some(input) = step["step"].get_mut("index") {
    ///             *input = serde_json::json!([input.take(), "en"]);
    ///         }
    ///     }
    ///     Ok(stored)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let store = Sqlite::open(dir.path().join("store.db")).await?;
    /// let flow = flow! { #[flow(durable)] index };
    /// let running = store.start(flow).migrate(with_language).await?;
    /// # running.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn migrate(
        mut self,
        migration: impl Fn(Value) -> Result<Value, String> + Send + Sync + 'static,
    ) -> Self {
        self.unreadable.migration = Some(Box::new(migration));
        self
    }

    /// Starts the flow though the store has traces that it cannot read: they become
    /// [dead letters](Running::dead), which say why. They are as they were, so a later version of the flow
    /// may [retry](Running::retry) them. A schedule whose input the flow does not take starts nothing until
    /// [`schedule`](Running::schedule) gives it another one, or a later version takes it.
    pub fn bury_unknown(mut self) -> Self {
        self.unreadable.is_buried = true;
        self
    }

    /// Starts it. If a node, a join or an await is gone or has changed since the flow was last started, the
    /// traces that have not ended are read before, dead ones too.
    async fn begin(self) -> Result<Running<In, Out>, Error> {
        reconcile(&self.store, &self.flow, &self.unreadable).await?;
        let mut graph = json!(self.flow.graph());
        graph["stored_shape"] = json!(self.flow.stored_shape());
        let graph = graph.to_string();
        let awaits = self.flow.awaits().iter().map(|place| {
            json!({
                "node": place.name,
                "awaited": place.awaited.to_string(),
                "schema": schema_of(place),
            })
        });
        let awaits = Value::Array(awaits.collect()).to_string();
        let name = self.flow.name().to_owned();
        let id = self.store.flow(name, graph, awaits).await?;
        let host = Host::start(self.store, self.flow, id, self.settings).await?;
        Ok(Running::new(host, self.acks_on_drop))
    }
}

impl<In, Out> IntoFuture for Start<In, Out>
where
    In: Send + 'static,
    Out: DeserializeOwned + Send + 'static,
{
    type Output = Result<Running<In, Out>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.begin())
    }
}

#[cfg(feature = "schema")]
fn schema_of(place: &penguiflow::AwaitInfo) -> Option<Value> {
    place.schema().map(|schema| schema.to_value())
}

#[cfg(not(feature = "schema"))]
fn schema_of(_: &penguiflow::AwaitInfo) -> Option<Value> {
    None
}

impl<In, Out> std::fmt::Debug for Start<In, Out> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Start")
            .field("flow", &self.flow)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
