//! What a trace of three steps costs on Restate, beside the same three steps by hand with Restate's SDK, and
//! beside the store: `cargo run --release`, in this folder; with `-- --write` it writes
//! docs/restate-costs.md. All are measured in one run, in turns, on one server.

mod by_hand;
mod chunks;
mod ingress;
mod measure;
mod ours;
mod page;
mod store;
mod work;

use anyhow::Result;
use local_restate::{Server, fetch};

use chunks::Chunks;
use measure::{Figure, Load};
use page::Row;

const LOADS: [Load; 3] = [(1, 150), (16, 40), (64, 20)];
/// Each is measured so often; the figures are those of the middle one by its rate.
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Result<()> {
    let writes = std::env::args().skip(1).any(|option| option == "--write");
    let (rows, chunks) = measured().await?;
    let page = page::of(&rows, chunks)?;
    println!("{page}");
    if writes {
        std::fs::write(report::repository().join("docs/restate-costs.md"), page)?;
    }
    Ok(())
}

async fn measured() -> Result<(Vec<Row>, Chunks)> {
    let server = Server::start(&fetch()?).await?;
    let by_hand = by_hand::Subject::serve(&server).await?;
    let ours = ours::Subject::serve(&server).await?;
    let store = store::Subject::start().await?;
    let mut rows = Vec::new();
    for load in LOADS {
        let mut rounds = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            rounds[0].push(by_hand.measured(&server, load).await?);
            rounds[1].push(ours.measured(&server, load).await?);
            rounds[2].push(store.measured(&server, load).await?);
        }
        let subjects = [page::BY_HAND, page::OURS, page::STORE];
        for (subject, rounds) in subjects.into_iter().zip(rounds) {
            rows.push(row(subject, rounds));
        }
    }
    store.stop().await;
    let chunks = chunks::measured(&server).await?;
    eprintln!("{chunks:?}");
    Ok((rows, chunks))
}

fn row(subject: &'static str, mut rounds: Vec<Figure>) -> Row {
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    let figure = rounds[rounds.len() / 2];
    eprintln!("{subject}: {figure:?}");
    Row { subject, figure }
}
