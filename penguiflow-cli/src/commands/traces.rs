//! `penguiflow traces`

use anyhow::Result;
use penguiflow_sqlite::admin::{Admin, Page, State, Time, TraceFilter, TraceRow};

use crate::args::{self, Place, Traces};
use crate::{table, text};

pub(super) fn run(place: &Place, args: &Traces) -> Result<String> {
    let now = place.now;
    let filter = TraceFilter {
        states: args.states.clone(),
        flow: args.flow.clone(),
        until: args.older.map(|age| now.before(age)),
        since: args.newer.map(|age| now.before(age)),
        error: args.error.clone(),
        ..TraceFilter::default()
    };
    let traces = Admin::open(&place.path)?.traces(&filter, page(&args.page))?;
    if args.output.json {
        return text::json(&traces);
    }
    if traces.is_empty() {
        return Ok("no traces\n".to_owned());
    }
    let rows = traces.iter().map(|trace| row(trace, now));
    let header = ["TRACE", "FLOW", "STATE", "AGE", "WHAT"];
    let last = traces.last().map(|trace| trace.seq);
    Ok(table::table(header, 1, rows) + &more(&args.page, traces.len(), last))
}

fn row(trace: &TraceRow, now: Time) -> [String; 5] {
    [
        text::short(trace.id),
        trace.flow.clone(),
        trace.state.to_string(),
        text::span(now.since(trace.created)),
        what(trace, now),
    ]
}

/// What a trace waits for, or how it failed.
fn what(trace: &TraceRow, now: Time) -> String {
    if let Some(error) = &trace.error {
        return error.message.clone();
    }
    match (trace.state, trace.parked_at.as_slice(), trace.due) {
        (State::Retrying, _, Some(due)) => format!("next attempt {}", text::to_come(now, due)),
        (_, [], _) => String::new(),
        (_, nodes, _) => format!("at {}", nodes.join(", ")),
    }
}

pub(super) fn page(page: &args::Page) -> Page {
    Page {
        limit: page.limit,
        before: page.before,
    }
}

/// How to see the rest of a list that ends at a limit.
pub(super) fn more(page: &args::Page, count: usize, last: Option<i64>) -> String {
    match last {
        Some(last) if count >= page.limit as usize => {
            format!("there may be more: --before {last}\n")
        }
        _ => String::new(),
    }
}
