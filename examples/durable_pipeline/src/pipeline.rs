//! The pipeline at work: it emits the files of the folder, and prints what comes of them.

use std::error::Error;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use handbook::cli::say;
use penguiflow::prelude::*;
use penguiflow_sqlite::{Fetched, Running, Sqlite};

use crate::command_line::Request;
use crate::nodes::{LONG, Settings, cut, gather, leave_out, measure, read, write};

flow! {
    /// Indexes a text; a long one when somebody has approved it.
    #[flow(durable)]
    pub(crate) struct Indexing(PathBuf) -> String;

    read -> cut -> [measure; 4] -> join -> gather -> match {
        page if page.words > LONG => await bool -> match {
            (page, true) => write(page),
            refused => leave_out,
        },
        page => write,
    };
}

type Pipeline = Running<PathBuf, String>;

/// How often it is looked at what waits.
const EVERY: Duration = Duration::from_millis(200);

/// Indexes all files, or stops at Ctrl-C. What is not over goes on the next time.
pub(crate) async fn run(request: Request) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&request.out)?;
    let settings = Settings {
        out: request.out.clone(),
        pace: request.pace,
    };
    let file = request.out.join("store.db");
    let store = Sqlite::open(&file).await?;
    let running = store.start(Indexing::flow().with_state(settings)).await?;

    let ledger = running.ledger().await?;
    say(format_args!(
        "{} texts go on from before",
        ledger.in_flight()
    ));
    for path in handbook::files(&request.folder)? {
        running.emit_keyed(version(&path)?, path).await?;
    }
    let has_all = tokio::select! {
        ended = work(&running, request.approves) => {
            ended?;
            true
        }
        ended = tokio::signal::ctrl_c() => {
            ended?;
            false
        }
    };
    running.stop_within(Duration::from_secs(1)).await;
    let ledger = running.ledger().await?;
    say(format_args!(
        "{} done, {} dead, {} left{}",
        ledger.completed,
        ledger.dead,
        ledger.in_flight(),
        if has_all {
            ""
        } else {
            ": start it again to go on"
        },
    ));
    drop(running);
    store.close().await;
    Ok(())
}

/// The name of a file as it is now: changed, it is another message.
fn version(path: &Path) -> io::Result<String> {
    let changed = fs::metadata(path).and_then(|data: Metadata| data.modified())?;
    let since = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(format!("{} {}", path.display(), since.as_nanos()))
}

/// Prints the results until nothing is in flight.
async fn work(running: &Pipeline, approves: bool) -> Result<(), penguiflow_sqlite::Error> {
    let mut shown = Vec::new();
    while running.ledger().await?.in_flight() > 0 {
        show_waiting(running, &mut shown, approves).await?;
        if let Ok(fetched) = tokio::time::timeout(EVERY, running.fetch()).await {
            tell(fetched?).await?;
        }
    }
    while let Some(fetched) = running.try_fetch().await? {
        tell(Some(fetched)).await?;
    }
    Ok(())
}

async fn show_waiting(
    running: &Pipeline,
    shown: &mut Vec<TraceId>,
    approves: bool,
) -> Result<(), penguiflow_sqlite::Error> {
    for parked in running.parked(100).await? {
        let id = parked.trace_id;
        if shown.contains(&id) {
            continue;
        }
        shown.push(id);
        say(format_args!(
            "  waits        {id}: a text of more than {LONG} words"
        ));
        if approves {
            running.resume(id, true).await?;
        }
    }
    Ok(())
}

/// Prints a result, and acknowledges it then: one that was not printed comes again.
async fn tell(fetched: Option<Fetched<String>>) -> Result<(), penguiflow_sqlite::Error> {
    let Some(fetched) = fetched else {
        return Ok(());
    };
    match fetched.output() {
        Ok(message) => say(&message.payload),
        Err(error) => say(format_args!("  failed       {error:#}")),
    }
    Ok(fetched.ack().await?)
}
