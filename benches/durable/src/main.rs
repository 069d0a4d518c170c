//! What a durable trace of three steps costs, beside a durable peer, an append to a file, and the same flow
//! in memory: `cargo run --release` in this folder; with `-- --write` it writes docs/durable-costs.md. All
//! are measured in one run and one process, one after the other.

mod measure;
mod page;
mod subjects;
mod work;

use std::path::Path;

use anyhow::Result;
use tracing::subscriber::NoSubscriber;

use measure::Figure;
use page::Row;

#[tokio::main]
async fn main() -> Result<()> {
    // Of several subscribers the first one is taken: nobody pays for the peer's log.
    tracing::subscriber::set_global_default(NoSubscriber::new())?;
    let writes = std::env::args().skip(1).any(|option| option == "--write");
    // Not where temporary files are in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR"))?;
    let rows = measured(folder.path()).await?;
    let page = page::of(&rows)?;
    println!("{page}");
    if writes {
        std::fs::write(report::repository().join("docs/durable-costs.md"), page)?;
    }
    Ok(())
}

async fn measured(folder: &Path) -> Result<Vec<Row>> {
    let mut rows = vec![row(
        "append and `fdatasync`",
        subjects::append(folder, 4_000)?,
    )];
    for (in_flight, each) in [(1, 500), (64, 400), (256, 150)] {
        let file = folder.join(format!("ours-{in_flight}.db"));
        let figure = subjects::on_a_store(&file, in_flight, each).await?;
        rows.push(row("`penguiflow-sqlite`", figure));
    }
    for (name, is_synced) in [
        ("`duroxide`, commits synced", true),
        ("`duroxide`, as it is", false),
    ] {
        for (in_flight, each) in [(1, 20), (64, 20), (256, 5)] {
            let file = folder.join(format!("duroxide-{is_synced}-{in_flight}.db"));
            let figure = subjects::duroxide(&file, is_synced, in_flight, each).await?;
            rows.push(row(name, figure));
        }
    }
    for (in_flight, each) in [(1, 200_000), (64, 5_000), (256, 1_500)] {
        rows.push(row(
            "in memory",
            subjects::in_memory(in_flight, each).await?,
        ));
    }
    Ok(rows)
}

fn row(subject: &'static str, figure: Figure) -> Row {
    eprintln!("{subject}: {figure:?}");
    Row { subject, figure }
}
