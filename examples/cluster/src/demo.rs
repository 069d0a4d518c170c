//! Who starts the server and the workers, sends the photographs, and kills a worker.

use std::env::current_exe;
use std::error::Error;
use std::time::Duration;

use handbook::cli::say;
use local_restate::{Balancer, Server, Worker, fetch, free_port};
use penguiflow::Message;
use penguiflow_restate::{Client, Running};
use tokio::task::JoinSet;

use crate::census::{self, Census, Count, Photo};

type Counted = Result<Message<Count>, penguiflow_restate::Error>;

/// What the workers are called.
const NAMES: [&str; 2] = ["ada", "bo"];

pub(crate) async fn run(photos: u64, pace: Duration, kills: bool) -> Result<(), Box<dyn Error>> {
    let server = Server::start(&fetch()?).await?;
    say(format!("the server listens at {}", server.ingress()));
    let (mut workers, mut addresses) = (Vec::new(), Vec::new());
    for name in NAMES {
        let address = format!("127.0.0.1:{}", free_port()?);
        workers.push(start(name, &address, pace).await?);
        addresses.push(address);
    }
    // The server knows all workers by one address, as behind a load balancer.
    let balancer = Balancer::start(addresses).await?;
    let client = Client::new(server.ingress(), server.admin());
    client.register(&balancer.url()).await?;

    let mut counts = send(&client.flow(census("nobody", pace)), photos);
    let alone = census("one", Duration::ZERO);
    let (mut counted, mut same) = (0, 0);
    while let Some(count) = counts.join_next().await {
        let (photo, count) = count?;
        let count = count?.payload;
        show(photo, &count);
        counted += 1;
        same += u64::from(alone.run(photo).await?.penguins == count.penguins);
        if kills && counted == photos / 3 {
            workers[1].kill().await?;
            say("bo is killed, in the middle of what it was counting");
        }
    }
    say(format!(
        "{same} of {photos} photographs counted, as by one worker alone"
    ));
    Ok(())
}

/// Sends all photographs at once.
fn send(running: &Running<Photo, Count>, photos: u64) -> JoinSet<(Photo, Counted)> {
    let counts = (0..photos).map(|photo| {
        let running = running.clone();
        async move { (photo, running.call(photo).await) }
    });
    counts.collect()
}

fn show(photo: Photo, count: &Count) {
    let names: Vec<_> = count.workers.iter().map(String::as_str).collect();
    let (penguins, names) = (count.penguins, names.join(" and "));
    say(format!(
        "photograph {photo}: {penguins} penguins, counted by {names}"
    ));
}

fn census(name: &str, pace: Duration) -> penguiflow::Flow<Census, census::Worker> {
    let name = name.to_owned();
    Census::flow().with_state(census::Worker { name, pace })
}

/// Starts this program once more, as a worker.
async fn start(name: &str, address: &str, pace: Duration) -> Result<Worker, Box<dyn Error>> {
    let pace = pace.as_millis().to_string();
    let worker = Worker::start(current_exe()?, &["worker", name, address, &pace], address).await?;
    if let Some(pid) = worker.pid() {
        say(format!("{name} is process {pid}"));
    }
    Ok(worker)
}
