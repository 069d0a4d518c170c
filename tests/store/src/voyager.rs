//! The process that is killed. It runs the flow on a store; what it is to emit it reads line by line, and
//! what it knows to be stored it says the same way.
//!
//! Usage: `voyager STORE RUNS [FAILPOINT]`. It is told `emit NUMBER`, `again NUMBER` (with another trace id)
//! and `stop`. It says `ready`, `emitted NUMBER ID`, `result SEQ ID VALUE`, `acked SEQ` and `stopped LEDGER`.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use penguiflow::{ErrorKind, Message};
use penguiflow_sqlite::store::{Failpoint, Then};
use penguiflow_sqlite::{Error, Options};
use penguiflow_store_tests::{CANCELLED, DEAD, Pass, Runs, Voyage, is_given_up, message, steered};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;

type Running = penguiflow_sqlite::Running<u64, u64>;

/// Not so many that a kill makes a large part of the work run again.
const CAPACITY: usize = 32;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [store, runs, rest @ ..] = &*arguments else {
        panic!("voyager STORE RUNS [FAILPOINT]");
    };
    let mut options = Options::new();
    if let [nth] = rest {
        let nth = nth.parse().expect("the number of a failpoint");
        options = options.failpoint(Failpoint::new(nth, Then::Die));
    }
    let store = options.open(store).await?;
    let flow = Voyage::flow().with_state(Runs::open(Path::new(runs)).with_reefs());
    // The kills are not the traces' fault.
    let start = store.start(flow).capacity(CAPACITY).recoveries(1_000);
    let running = start.await?;
    println!("ready");

    let passes = tokio::spawn(report(give_passes(running.clone())));
    let mended = tokio::spawn(report(steer(running.clone())));
    let results = tokio::spawn(report(fetch(running.clone())));
    emit(&running, lines()).await?;
    running.stop().await;
    passes.abort();
    mended.abort();
    results.await.expect("it does not panic");
    let (ledger, dead) = (running.ledger().await?, running.dead(0, 1).await?);
    assert!(dead.is_empty(), "{dead:?}");
    drop(running);
    store.close().await;
    println!("stopped {}", serde_json::json!(ledger));
    Ok(())
}

/// Ends the process if a task of it fails.
async fn report(task: impl Future<Output = Result<(), Error>>) {
    if let Err(error) = task.await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

/// Reads in a thread, since a read cannot be cancelled.
fn lines() -> UnboundedReceiver<String> {
    let (sender, lines) = unbounded_channel();
    std::thread::spawn(move || {
        let lines = std::io::stdin().lines().map_while(Result::ok);
        lines.map(|line| sender.send(line)).all(|sent| sent.is_ok())
    });
    lines
}

/// Emits what it is told, until it is told to stop.
async fn emit(running: &Running, mut lines: UnboundedReceiver<String>) -> Result<(), Error> {
    let mut emits = JoinSet::new();
    while let Some(line) = lines.recv().await {
        let Some((verb, number)) = line.split_once(' ') else {
            break;
        };
        let number: u64 = number.parse().expect("a number");
        let message = match verb {
            "again" => Message::new(number),
            _ => message(number),
        };
        let running = running.clone();
        emits.spawn(report(async move {
            let id = running.emit_keyed(number, message).await?;
            println!("emitted {number} {id}");
            Ok(())
        }));
    }
    emits.join_all().await;
    Ok(())
}

/// Gives the traces that wait what they wait for, and cancels some.
async fn give_passes(running: Running) -> Result<(), Error> {
    loop {
        for parked in running.parked(64).await? {
            match is_given_up(parked.trace_id) {
                true => running.cancel(parked.trace_id).await?,
                false => running.resume(parked.trace_id, Pass(5)).await?,
            }
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Lets dead letters go on, with other inputs.
async fn steer(running: Running) -> Result<(), Error> {
    loop {
        for letter in running.dead(0, 64).await? {
            let input = letter.input.expect("a step has failed");
            let steered = steered(&input);
            running.retry_with(letter.trace_id, &steered).await?;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Says what each result is, and then acknowledges it.
async fn fetch(running: Running) -> Result<(), Error> {
    let mut acks = JoinSet::new();
    while let Some(fetched) = running.fetch().await? {
        let (seq, id) = (fetched.seq(), fetched.trace_id());
        let value = match fetched.output() {
            Ok(output) => output.payload,
            Err(error) => match error.kind() {
                ErrorKind::Cancelled => CANCELLED,
                _ if error.node() == Some("reef") => DEAD,
                _ => panic!("{error:#}"),
            },
        };
        println!("result {seq} {id} {value}");
        acks.spawn(report(async move {
            fetched.ack().await?;
            println!("acked {seq}");
            Ok(())
        }));
    }
    acks.join_all().await;
    Ok(())
}
