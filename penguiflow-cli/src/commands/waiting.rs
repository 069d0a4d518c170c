//! `penguiflow waiting`

use anyhow::Result;
use penguiflow_sqlite::admin::{Admin, Time, WaitingRow};

use super::traces::{more, page};
use crate::args::{Place, Waiting};
use crate::{table, text};

pub(super) fn run(place: &Place, args: &Waiting) -> Result<String> {
    let admin = Admin::open(&place.path)?;
    let waiting = admin.waiting(args.flow.as_deref(), page(&args.page))?;
    if args.output.json {
        return text::json(&waiting);
    }
    if waiting.is_empty() {
        return Ok("nothing waits for a value\n".to_owned());
    }
    let now = place.now;
    let rows = waiting.iter().map(|step| row(step, now));
    let header = ["TRACE", "STEP", "FLOW", "NODE", "AWAITED", "SINCE", "UNTIL"];
    let last = waiting.last().map(|step| step.seq);
    Ok(table::table(header, 2, rows) + &more(&args.page, waiting.len(), last))
}

fn row(step: &WaitingRow, now: Time) -> [String; 7] {
    [
        text::short(step.id),
        step.step.chars().take(8).collect(),
        step.flow.clone(),
        step.node.clone(),
        step.awaited.clone(),
        text::ago(now, step.since),
        step.until
            .map_or_else(|| "no limit".to_owned(), |until| text::to_come(now, until)),
    ]
}
