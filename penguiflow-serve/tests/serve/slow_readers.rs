//! Many clients that read slowly, hang up at random, or read nothing: the ledger adds up, and memory
//! returns to where it was. A few seconds long, and as long as `PENGUIFLOW_SERVE_SECONDS` says.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use penguiflow::prelude::*;
use penguiflow_serve::{Options, routes};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::support::PATIENCE;

const CLIENTS: usize = 500;
/// A number that is no one else's.
const SEED: u64 = 20_261_130;

/// Sends so many chunks of 16 KiB, each after a moment.
#[node]
async fn talk(chunks: u32, ctx: Ctx) -> u32 {
    for _ in 0..chunks {
        ctx.chunk("penguin ".repeat(2048)).await;
        sleep(Duration::from_millis(1)).await;
    }
    chunks
}

flow! {
    struct Talk(u32) -> u32;

    talk;
}

/// How a client behaves.
#[derive(Clone, Copy)]
enum Manner {
    /// Reads all, with rests.
    Slow,
    /// Reads some, and is gone.
    HangsUp,
    /// Sends a request and never reads.
    Deaf,
    /// Sends half of a request, and is gone.
    BreaksOff,
}

#[cfg(unix)]
fn allow_many_sockets() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("there is a limit");
    if soft < 4096 {
        setrlimit(Resource::RLIMIT_NOFILE, hard.min(4096), hard).expect("it may be raised");
    }
}

#[cfg(not(unix))]
fn allow_many_sockets() {}

async fn visit(
    address: SocketAddr,
    manner: Manner,
    mut random: fastrand::Rng,
) -> std::io::Result<()> {
    let mut socket = TcpStream::connect(address).await?;
    let chunks = random.u32(1..16).to_string();
    let request = format!(
        "POST /talk/stream HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{chunks}",
        chunks.len()
    );
    let request = request.as_bytes();
    match manner {
        Manner::BreaksOff => {
            return socket
                .write_all(&request[..random.usize(..request.len())])
                .await;
        }
        _ => socket.write_all(request).await?,
    }
    let mut read = vec![0; 8192];
    let mut left = match manner {
        Manner::Slow => usize::MAX,
        Manner::HangsUp => random.usize(..200_000),
        _ => {
            // Longer than the server waits for it.
            sleep(Duration::from_millis(400)).await;
            return Ok(());
        }
    };
    while left > 0 {
        match socket.read(&mut read).await? {
            0 => return Ok(()),
            bytes => left = left.saturating_sub(bytes),
        }
        if random.u8(..) < 8 {
            sleep(Duration::from_millis(random.u64(..5))).await;
        }
    }
    Ok(())
}

/// One client after another, until the time is over.
async fn visits(address: SocketAddr, seed: u64, until: Instant) -> usize {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut visits = 0;
    while Instant::now() < until {
        let manner = match random.u8(..10) {
            0..4 => Manner::Slow,
            4..8 => Manner::HangsUp,
            8 => Manner::Deaf,
            _ => Manner::BreaksOff,
        };
        // A server that is full answers and closes, also while the client still sends.
        _ = visit(address, manner, random.fork()).await;
        visits += 1;
    }
    visits
}

/// The memory of this process that is in use, in bytes.
#[cfg(target_os = "linux")]
fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = status.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

#[cfg(not(target_os = "linux"))]
fn memory() -> Option<usize> {
    None
}

/// Has all clients come for so long.
async fn crowd(address: SocketAddr, time: Duration, seed: u64) -> usize {
    let until = Instant::now() + time;
    let clients = (0..CLIENTS as u64).map(|client| visits(address, seed + client, until));
    let clients: JoinSet<_> = clients.collect();
    clients.join_all().await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_that_read_slowly_and_hang_up() {
    allow_many_sockets();
    let seconds = std::env::var("PENGUIFLOW_SERVE_SECONDS").ok();
    let seconds = seconds.map_or(3, |seconds| seconds.parse().expect("a number of seconds"));
    let running = Talk::flow().capacity(256).start();
    let options = Options::new()
        .stall(Duration::from_millis(200))
        .body_timeout(Duration::from_secs(1));
    let app: Router = Router::new().merge(routes("talk", running.clone()).options(options).open());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it has one");
    tokio::spawn(async move { axum::serve(listener, app).await });

    // What a crowd needs that is kept for the next one is not counted.
    crowd(address, Duration::from_secs(1), SEED).await;
    let before = memory();
    let visits = crowd(address, Duration::from_secs(seconds), SEED + 1_000).await;
    let all_gone = async {
        while running.ledger().in_flight > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, all_gone)
        .await
        .expect("no trace outlives its client");
    let ledger = running.stop().await;
    let ended = ledger.completed + ledger.cancelled + ledger.failed + ledger.filtered;
    println!(
        "{visits} visits: {ledger:?}, memory before and after: {before:?}, {:?}",
        memory()
    );
    assert_eq!(ledger.emitted, ended, "{ledger:?}");
    assert_eq!((ledger.failed, ledger.filtered), (0, 0));
    assert!(ledger.completed > 0 && ledger.cancelled > 0, "{ledger:?}");
    if let Some((before, after)) = before.zip(memory()) {
        assert!(after < before + (64 << 20), "{before} bytes became {after}");
    }
}
