//! What is measured: a bare append, the library on a store and in memory, and a durable peer.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use duroxide::providers::sqlite::SqliteProvider;
use duroxide::runtime::registry::{ActivityRegistry, OrchestrationRegistry};
use duroxide::runtime::{Runtime, RuntimeOptions};
use duroxide::{ActivityContext, Client, OrchestrationContext};
use penguiflow_sqlite::Sqlite;

use crate::measure::{Figure, Usage, measure};
use crate::work::{self, Record, Steps};

/// Bytes of an append: as many as a trace's frontier here has.
const BYTES: usize = 600;

/// What a log file alone costs: an append of a record, and a sync.
pub(crate) fn append(folder: &Path, records: u64) -> Result<Figure> {
    let mut file = File::create(folder.join("raw"))?;
    let record = [b'x'; BYTES];
    let usage = Usage::now()?;
    for _ in 0..records {
        file.write_all(&record)?;
        file.sync_data()?;
    }
    usage.figure(1, records)
}

pub(crate) async fn in_memory(in_flight: u64, each: u64) -> Result<Figure> {
    let running = Arc::new(Steps::flow().start());
    let call = {
        let running = Arc::clone(&running);
        move |id| {
            let running = Arc::clone(&running);
            async move { Ok(running.call(Record::new(id)).await?) }
        }
    };
    let figure = measure(in_flight, each, call).await;
    running.stop().await;
    figure
}

pub(crate) async fn on_a_store(file: &Path, in_flight: u64, each: u64) -> Result<Figure> {
    let store = Sqlite::open(file).await?;
    let running = store.start(Steps::flow()).await?;
    let call = {
        let running = running.clone();
        move |id| {
            let running = running.clone();
            async move { Ok(running.call(Record::new(id)).await?.payload) }
        }
    };
    let figure = measure(in_flight, each, call).await;
    running.stop().await;
    drop(running);
    store.close().await;
    figure
}

/// The peer, with the settings of its runtime that gave the most here: with more dispatchers, its
/// transactions find the database locked, and its orchestrations fail. It sets `synchronous` to `WAL`, which
/// SQLite does not know and takes for `NORMAL`: then a commit is not synced. `is_synced` sets it to `FULL`.
pub(crate) async fn duroxide(
    file: &Path,
    is_synced: bool,
    in_flight: u64,
    each: u64,
) -> Result<Figure> {
    File::create(file)?;
    let provider =
        Arc::new(SqliteProvider::new(&format!("sqlite:{}", file.display()), None).await?);
    if is_synced {
        sync_commits(&provider).await?;
    }
    let options = RuntimeOptions {
        dispatcher_min_poll_interval: Duration::from_millis(10),
        orchestration_concurrency: 1,
        worker_concurrency: 1,
        ..RuntimeOptions::default()
    };
    let runtime =
        Runtime::start_with_options(provider.clone(), activities(), orchestrations(), options)
            .await;
    let client = Arc::new(Client::new(provider));
    let call = move |id| {
        let client = Arc::clone(&client);
        async move { run(&client, id).await }
    };
    let figure = measure(in_flight, each, call).await;
    runtime.shutdown(None).await;
    figure
}

/// Each connection of its pool has a setting of its own.
async fn sync_commits(provider: &SqliteProvider) -> Result<()> {
    let pool = provider.get_pool();
    let mut connections = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        let mut connection = pool.acquire().await?;
        let full = sqlx::query("PRAGMA synchronous = FULL");
        full.execute(&mut *connection).await?;
        connections.push(connection);
    }
    Ok(())
}

fn activities() -> ActivityRegistry {
    ActivityRegistry::builder()
        .register_typed("parse", |_: ActivityContext, record: Record| async move {
            Ok(work::parse(record).await)
        })
        .register_typed("enrich", |_: ActivityContext, record: Record| async move {
            Ok(work::enrich(record).await)
        })
        .register_typed("store", |_: ActivityContext, record: Record| async move {
            Ok(work::store(record).await)
        })
        .build()
}

fn orchestrations() -> OrchestrationRegistry {
    OrchestrationRegistry::builder()
        .register_typed(
            "steps",
            |ctx: OrchestrationContext, record: Record| async move {
                let parsed: Record = ctx.schedule_activity_typed("parse", &record).await?;
                let enriched: Record = ctx.schedule_activity_typed("enrich", &parsed).await?;
                let stored: u64 = ctx.schedule_activity_typed("store", &enriched).await?;
                Ok(stored)
            },
        )
        .build()
}

async fn run(client: &Client, id: u64) -> Result<u64> {
    let instance = format!("record-{id}");
    let record = Record::new(id);
    let start = client.start_orchestration_typed(&instance, "steps", record);
    start.await.map_err(|error| anyhow!("{error:?}"))?;
    let patience = Duration::from_secs(600);
    let ended = client.wait_for_orchestration_typed(&instance, patience);
    let ended = ended.await.map_err(|error| anyhow!("{error:?}"))?;
    ended.map_err(|error| anyhow!(error))
}
