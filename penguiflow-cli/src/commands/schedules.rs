//! `penguiflow schedules`

use anyhow::Result;
use penguiflow_sqlite::admin::{Admin, ScheduleRow, Time};

use crate::args::{Output, Place};
use crate::{table, text};

pub(super) fn run(place: &Place, args: &Output) -> Result<String> {
    let schedules = Admin::open(&place.path)?.schedules()?;
    if args.json {
        return text::json(&schedules);
    }
    if schedules.is_empty() {
        return Ok("no schedules\n".to_owned());
    }
    let rows = schedules.iter().map(|schedule| row(schedule, place.now));
    let header = ["FLOW", "NAME", "CRON", "NEXT", "LAST", "INPUT"];
    Ok(table::table(header, 0, rows))
}

fn row(schedule: &ScheduleRow, now: Time) -> [String; 6] {
    let next = schedule.next.map(|next| text::to_come(now, next));
    let last = schedule.last.map(|last| text::ago(now, last));
    [
        schedule.flow.clone(),
        schedule.name.clone(),
        schedule.cron.clone(),
        next.unwrap_or_else(|| "never".to_owned()),
        last.unwrap_or_else(|| "never".to_owned()),
        schedule.input.to_string(),
    ]
}
