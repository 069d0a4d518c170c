//! `penguiflow dead`

use anyhow::{Result, bail};
use penguiflow_sqlite::admin::{Admin, DeadRow, Time};
use serde_json::Value;

use super::traces::{more, page};
use crate::args::{Dead, Place};
use crate::{table, text};

pub(super) fn run(place: &Place, args: &Dead) -> Result<String> {
    let admin = Admin::open(&place.path)?;
    match &args.id {
        Some(id) => one(&admin, place, args, id),
        None => list(&admin, place, args),
    }
}

fn list(admin: &Admin, place: &Place, args: &Dead) -> Result<String> {
    let letters = admin.dead(args.flow.as_deref(), page(&args.page))?;
    if args.output.json {
        return text::json(&letters);
    }
    if letters.is_empty() {
        return Ok("no dead letters\n".to_owned());
    }
    let now = place.now;
    let rows = letters.iter().map(|letter| row(letter, now));
    let last = letters.last().map(|letter| letter.seq);
    let header = ["TRACE", "FLOW", "NODE", "DIED", "ERROR"];
    Ok(table::table(header, 1, rows) + &more(&args.page, letters.len(), last))
}

fn row(letter: &DeadRow, now: Time) -> [String; 5] {
    [
        text::short(letter.id),
        letter.flow.clone(),
        node(letter),
        text::ago(now, letter.at),
        letter.error.message.clone(),
    ]
}

fn one(admin: &Admin, place: &Place, args: &Dead, id: &str) -> Result<String> {
    let id = admin.find(id)?;
    let trace = admin.trace(id)?;
    let Some(letter) = trace.dead else {
        bail!(
            "the trace {id} is {}: it has no dead letter",
            trace.row.state
        );
    };
    match args.output.json {
        true => text::json(&letter),
        false => Ok(described(&letter, place.now)),
    }
}

/// A dead letter with all that it has.
pub(super) fn described(letter: &DeadRow, now: Time) -> String {
    let error = &letter.error;
    let mut lines = vec![
        ("trace", letter.id.to_string()),
        ("flow", letter.flow.clone()),
        ("node", node(letter)),
        ("step", letter.step.clone().unwrap_or_default()),
        ("died", text::dated(now, letter.at)),
        ("kind", error.kind.clone()),
        ("attempts", error.attempts.to_string()),
        ("error", error.message.clone()),
    ];
    lines.extend(error.causes.iter().map(|cause| ("cause", cause.clone())));
    lines.retain(|(_, text)| !text.is_empty());
    let lines = lines
        .iter()
        .map(|(name, value)| format!("{name:8}  {}\n", text::one_line(value)));
    lines.collect::<String>() + &input(letter.input.as_ref())
}

fn input(input: Option<&Value>) -> String {
    let Some(input) = input else {
        return "input     not known\n".to_owned();
    };
    let pretty = serde_json::to_string_pretty(input).unwrap_or_default();
    match pretty.contains('\n') {
        true => format!("input\n{pretty}\n"),
        false => format!("input     {pretty}\n"),
    }
}

fn node(letter: &DeadRow) -> String {
    let node = letter.path.clone().or_else(|| letter.node.clone());
    node.unwrap_or_else(|| "?".to_owned())
}
