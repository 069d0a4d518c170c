//! How long chunks take from the node that sends them to who follows its trace.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use local_restate::Server;
use penguiflow::prelude::*;
use penguiflow_restate::Client;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The time that chunks carry begins here.
static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// How many chunks there are, and how long the node waits before each, in milliseconds.
type Pace = (u32, u64);

/// As a model sends tokens.
const TOKENS: Pace = (400, 20);
/// As fast as they are taken.
const ROWS: Pace = (4000, 0);

#[node]
async fn speak((chunks, pause): Pace, ctx: Ctx) -> u32 {
    for _ in 0..chunks {
        if pause > 0 {
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        ctx.chunk(BEGUN.elapsed().as_micros().to_string()).await;
    }
    chunks
}

flow! {
    /// Sends chunks, each with the time at which it is sent.
    #[flow(durable)]
    struct Speech(Pace) -> u32;

    speak;
}

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunks {
    /// From the node to the reader, in milliseconds: the median, and of 99 of 100, of a stream of tokens.
    pub(crate) median: f64,
    pub(crate) slow: f64,
    /// How many come in a second, if the node never waits.
    pub(crate) per_second: f64,
}

/// Measures both paces on a worker of its own.
pub(crate) async fn measured(server: &Server) -> Result<Chunks> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let endpoint = penguiflow_restate::endpoint().flow(Speech::flow());
    let mut serving = JoinSet::new();
    serving.spawn(endpoint.serve_until(listener, std::future::pending::<()>()));
    let client = Client::new(server.ingress(), server.admin());
    client.register(&format!("http://{address}")).await?;

    let delays = delays(&client, TOKENS).await?;
    let millis = |nth: usize| delays[nth].as_secs_f64() * 1e3;
    let (median, slow) = (millis(delays.len() / 2), millis(delays.len() * 99 / 100));
    let begun = Instant::now();
    let rows = self::delays(&client, ROWS).await?.len();
    Ok(Chunks {
        median,
        slow,
        per_second: rows as f64 / begun.elapsed().as_secs_f64(),
    })
}

/// The delays of all chunks of a trace, in order of length.
async fn delays(client: &Client, pace: Pace) -> Result<Vec<Duration>> {
    let mut trace = client.flow(Speech::flow()).trace(pace).await?;
    let mut delays = Vec::new();
    while let Some(item) = trace.next().await {
        if let TraceItem::Chunk(chunk) = item?
            && !chunk.text.is_empty()
        {
            let sent = Duration::from_micros(chunk.text.parse().context("a time")?);
            delays.push(BEGUN.elapsed().saturating_sub(sent));
        }
    }
    delays.sort_unstable();
    Ok(delays)
}
