//! The process that is killed. It runs the flows on a store; what it is to emit it reads line by line, and
//! what it knows to be stored it says the same way.
//!
//! Usage: `voyager STORE RUNS RUNS_AT_AWAITS [FAILPOINT]`. It is told `emit NUMBER`, `again NUMBER` (with
//! another trace id) and `stop`. It says `ready`, `emitted NUMBER ID`, `resumed ID`, `result SEQ ID VALUE`,
//! `acked SEQ` and `stopped LEDGERS`.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use penguiflow::host::{Durability, IntoDurable};
use penguiflow::{ErrorKind, Message};
use penguiflow_sqlite::store::{Failpoint, Then};
use penguiflow_sqlite::{Error, Options, Sqlite};
use penguiflow_store_tests::{
    CANCELLED, CAPACITY, Coasting, DEAD, Pass, Runs, Voyage, durability, is_given_up, message,
    steered,
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;

type Running = penguiflow_sqlite::Running<u64, u64>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [store, runs, runs_at_awaits, rest @ ..] = &*arguments else {
        panic!("voyager STORE RUNS RUNS_AT_AWAITS [FAILPOINT]");
    };
    let mut options = Options::new();
    if let [nth] = rest {
        let nth = nth.parse().expect("the number of a failpoint");
        options = options.failpoint(Failpoint::new(nth, Then::Die));
    }
    let store = options.open(store).await?;
    let voyage = Voyage::flow().with_state(Runs::open(Path::new(runs)).with_reefs());
    let coasting = Coasting::flow().with_state(Runs::open(Path::new(runs_at_awaits)).with_reefs());
    let flows = Flows {
        voyage: start(&store, voyage).await?,
        coasting: start(&store, coasting).await?,
    };
    println!("ready");

    let (mut helpers, mut results) = (JoinSet::new(), JoinSet::new());
    for running in flows.both() {
        helpers.spawn(report(give_passes(running.clone())));
        helpers.spawn(report(steer(running.clone())));
        results.spawn(report(fetch(running.clone())));
    }
    emit(&flows, lines()).await?;
    for running in flows.both() {
        running.stop().await;
    }
    helpers.shutdown().await;
    results.join_all().await;
    let mut ledgers = Vec::new();
    for running in flows.both() {
        let dead = running.dead(0, 1).await?;
        assert!(dead.is_empty(), "{dead:?}");
        ledgers.push(running.ledger().await?);
    }
    drop(flows);
    store.close().await;
    println!("stopped {}", serde_json::json!(ledgers));
    Ok(())
}

async fn start(store: &Sqlite, flow: impl IntoDurable<u64, u64>) -> Result<Running, Error> {
    // The kills are not the traces' fault.
    store.start(flow).capacity(CAPACITY).recoveries(1_000).await
}

/// The two flows, on one store.
struct Flows {
    voyage: Running,
    coasting: Running,
}

impl Flows {
    fn both(&self) -> [&Running; 2] {
        [&self.voyage, &self.coasting]
    }

    /// The one of the message with this number.
    fn of(&self, number: u64) -> &Running {
        match durability(message(number).trace_id) {
            Durability::AtAwaits => &self.coasting,
            _ => &self.voyage,
        }
    }
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
async fn emit(flows: &Flows, mut lines: UnboundedReceiver<String>) -> Result<(), Error> {
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
        let running = flows.of(number).clone();
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
                false => {
                    running.resume(parked.trace_id, Pass(5)).await?;
                    println!("resumed {}", parked.trace_id);
                }
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
