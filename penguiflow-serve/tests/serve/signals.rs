//! A process that serves is told to stop by SIGTERM: what can end is answered, what cannot is ended, and
//! the process leaves as one that has done its work.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::pin::pin;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use futures_util::future::poll_immediate;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use penguiflow::prelude::*;
use penguiflow_serve::{routes, serve, shutdown_signal};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use crate::hang_ups::{Http, client, post};
use crate::support::{PATIENCE, Reply};

/// Set for the process that serves.
const IS_CHILD: &str = "PENGUIFLOW_TEST_SERVES";
const TEST: &str = "signals::a_process_that_gets_sigterm_drains_and_leaves";

/// Takes its leave when the process is told to stop, or never.
#[node]
async fn linger(says_goodbye: bool, ctx: Ctx) -> String {
    let mut stop = pin!(shutdown_signal());
    // Signals are heard from the first poll on.
    assert!(poll_immediate(&mut stop).await.is_none());
    ctx.chunk("here").await;
    println!("says begun");
    match says_goodbye {
        true => stop.await,
        false => std::future::pending().await,
    }
    ctx.chunk("going").await;
    "goodbye".to_owned()
}

flow! {
    struct Linger(bool) -> String;

    linger;
}

/// What the child does.
async fn serve_until_told() {
    let running = Linger::flow().start();
    let app = Router::new().merge(routes("linger", running.clone()).open());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("says {}", listener.local_addr().expect("it has one"));
    let server = serve(listener, app).drain(running.clone());
    let served = server.grace(Duration::from_millis(500)).await;
    served.expect("it serves");
    let ledger = running.ledger();
    println!("says {} {}", ledger.completed, ledger.cancelled);
}

/// A process that is killed with its test.
struct Server {
    child: Child,
    said: std::io::Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command
            .args(["--exact", TEST, "--nocapture", "--test-threads=1"])
            .env(IS_CHILD, "1")
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let said = child.stdout.take().expect("its output");
        Self {
            child,
            said: BufReader::new(said).lines(),
        }
    }

    /// What it says next. What the runner of tests prints may be on the same line.
    fn says(&mut self) -> String {
        for line in &mut self.said {
            if let Some((_, said)) = line.expect("a line").split_once("says ") {
                return said.to_owned();
            }
        }
        panic!("it has left without a word")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(http: &Http, address: SocketAddr, path: &str, body: &'static str) -> JoinHandle<Reply> {
    let asked = http.request(post(address, path, body));
    tokio::spawn(async {
        Reply::of(asked.await.expect("a response").map(axum::body::Body::new)).await
    })
}

async fn reply(asked: JoinHandle<Reply>) -> Reply {
    let reply = timeout(PATIENCE, asked).await.expect("an answer");
    reply.expect("no panic")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_gets_sigterm_drains_and_leaves() {
    if std::env::var_os(IS_CHILD).is_some() {
        return serve_until_told().await;
    }
    let mut server = Server::start();
    let address = server.says().parse().expect("an address");
    let http = client(false);
    let stream = ask(&http, address, "/linger/stream", "true");
    let run = ask(&http, address, "/linger/run", "true");
    let endless = ask(&http, address, "/linger/stream", "false");
    for _ in 0..3 {
        assert_eq!(server.says(), "begun");
    }
    let child = server.child.id().try_into().expect("an id");
    kill(Pid::from_raw(child), Signal::SIGTERM).expect("it runs");

    let stream = reply(stream).await.text;
    let ends_well = ["here", "going", "goodbye", "\"completed\""];
    assert!(
        ends_well.iter().all(|part| stream.contains(part)),
        "{stream}"
    );
    let run = reply(run).await;
    assert_eq!((run.status, &*run.text), (StatusCode::OK, "\"goodbye\""));
    let endless = reply(endless).await.text;
    let is_told = endless.contains("event: error") && endless.contains("event: end");
    assert!(is_told && !endless.contains("goodbye"), "{endless}");

    let left = spawn_blocking(move || (server.says(), server.child.wait()));
    let (ledger, left) = timeout(PATIENCE, left)
        .await
        .expect("it leaves")
        .expect("no panic");
    assert_eq!(ledger, "2 1", "two completed, one was cancelled");
    assert_eq!(left.expect("it can be asked").code(), Some(0));
    let refused = http.request(post(address, "/linger/run", "true")).await;
    refused.expect_err("nobody listens any more");
}
