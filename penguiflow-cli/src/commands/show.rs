//! `penguiflow show`

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use penguiflow::{NodeKind, StoredGraph};
use penguiflow_sqlite::admin::{
    Admin, JoinRow, PendingCommand, Standing, State, StepRow, Time, TraceDetail, WaitingRow,
};
use serde_json::Value;

use super::{dead, time_line};
use crate::args::{Place, Show};
use crate::graph_text::{self, Marks};
use crate::text;

pub(super) fn run(place: &Place, args: &Show) -> Result<String> {
    let admin = Admin::open(&place.path)?;
    let trace = admin.trace(admin.find(&args.id)?)?;
    if args.output.json {
        return text::json(&trace);
    }
    let graph = StoredGraph::from_json(&trace.graph)
        .with_context(|| format!("the graph of `{}` cannot be read", trace.row.flow))?;
    let marks = marks(&trace, &graph);
    let stands = marks.iter().filter(|(_, mark)| **mark != "done");
    let marked = graph.clone().mark(stands.map(|(node, _)| node.as_str()));
    if let Some(picture) = args.picture.of(&marked) {
        return Ok(picture);
    }
    let now = place.now;
    let sections = [
        ("", head(&trace, now)),
        ("Where it stands", standing(&trace, now)),
        (
            "Dead letter",
            trace
                .dead
                .as_ref()
                .map_or_else(String::new, |it| dead::described(it, now)),
        ),
        ("Error", error(&trace)),
        ("Results that nobody has acknowledged", results(&trace)),
        (
            "Asked of the host, and not answered",
            commands(&trace.commands, now),
        ),
        ("Time line", time_line(&trace, args.all)),
        ("Graph", graph_text::lines(&graph, &marks)),
    ];
    let sections = sections.into_iter().filter(|(_, text)| !text.is_empty());
    let sections = sections.map(|(title, text)| match title {
        "" => text,
        title => format!("{title}\n{text}"),
    });
    Ok(sections.collect::<Vec<_>>().join("\n"))
}

fn head(trace: &TraceDetail, now: Time) -> String {
    let row = &trace.row;
    let mut lines = vec![
        ("trace", row.id.to_string()),
        ("flow", row.flow.clone()),
        ("state", row.state.to_string()),
        ("emitted", text::dated(now, row.created)),
        ("updated", text::dated(now, row.updated)),
    ];
    lines.extend(
        row.due
            .map(|due| ("due", format!("{due} ({})", text::to_come(now, due)))),
    );
    lines.extend(trace.key.clone().map(|key| ("key", key)));
    lines.extend(
        trace
            .headers
            .as_ref()
            .map(|headers| ("headers", headers_of(headers))),
    );
    if trace.recoveries > 0 {
        let recoveries = text::count(trace.recoveries as usize, "time");
        lines.push((
            "died",
            format!("its process died {recoveries} since it last went on"),
        ));
    }
    let lines = lines.into_iter().filter(|(_, text)| !text.is_empty());
    lines
        .map(|(name, value)| format!("{name:8}  {}\n", text::one_line(&value)))
        .collect()
}

/// `tenant acme, topic billing, meta {"a":"b"}`, without those that are empty.
fn headers_of(headers: &Value) -> String {
    let headers = headers.as_object().into_iter().flatten();
    let headers = headers.filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Object(map) if map.is_empty() => None,
        Value::Number(number) if number.as_i64() == Some(0) => None,
        Value::String(text) => Some(format!("{name} {text}")),
        value => Some(format!("{name} {value}")),
    });
    headers.collect::<Vec<_>>().join(", ")
}

/// What a trace does at each node: where it stands takes precedence over what it did.
fn marks(trace: &TraceDetail, graph: &StoredGraph) -> Marks {
    let done = trace
        .history
        .iter()
        .filter(|line| matches!(line.outcome.as_str(), "ok" | "resumed"));
    let mut marks: Marks = done.map(|line| (line.node.clone(), "done")).collect();
    pass_on(graph, &mut marks);
    if let Some(standing) = &trace.standing {
        let rows = [
            (&standing.to_run, "to run"),
            (&standing.retrying, "retrying"),
        ];
        for (steps, mark) in rows {
            marks.extend(steps.iter().map(|step| (step.node.clone(), mark)));
        }
    }
    marks.extend(
        trace
            .waiting
            .iter()
            .map(|step| (step.node.clone(), "parked")),
    );
    let dead = trace.dead.iter().filter_map(|letter| letter.node.clone());
    marks.extend(dead.map(|node| (node, "dead")));
    marks
}

/// A full join, and an item, run as one step with the node that follows, which history names: they are
/// done, too.
fn pass_on(graph: &StoredGraph, marks: &mut Marks) {
    let passes = |kind| matches!(kind, NodeKind::Join | NodeKind::MapStart);
    let is_done = |place: usize| {
        let node = graph.nodes.get(place);
        node.is_some_and(|node| marks.contains_key(&node.name))
    };
    let edges = graph.edges.iter().filter(|edge| is_done(edge.to));
    let before = edges.filter_map(|edge| graph.nodes.get(edge.from));
    let before = before.filter(|node| passes(node.kind));
    let passed: Vec<_> = before.map(|node| (node.name.clone(), "done")).collect();
    marks.extend(passed);
}

fn standing(trace: &TraceDetail, now: Time) -> String {
    let Some(standing) = &trace.standing else {
        return String::new();
    };
    let waiting = trace.waiting.iter().map(|step| waits(step, now));
    let retrying = standing.retrying.iter().map(|step| retries(step, now));
    let is_dead = trace.row.state == State::Dead;
    let lines = waiting.chain(retrying).chain(to_run(standing, is_dead));
    let joins = standing.joins.iter().map(joins);
    let outputs =
        (standing.outputs > 0).then(|| text::count(standing.outputs, "output") + " so far");
    let tokens = (standing.tokens > 0).then(|| format!("{} tokens spent so far", standing.tokens));
    let lines = lines.chain(joins).chain(outputs).chain(tokens);
    lines
        .map(|line| format!("  {}\n", text::one_line(&line)))
        .collect()
}

fn waits(step: &WaitingRow, now: Time) -> String {
    let until = match step.until {
        Some(until) => format!("for {} more", text::span(until.since(now))),
        None => "without a limit".to_owned(),
    };
    let since = text::span(now.since(step.since));
    let (node, awaited, id) = (&step.node, &step.awaited, &step.step);
    format!("`{node}` has waited {since} for `{awaited}`, {until} (step {id})")
}

fn retries(step: &StepRow, now: Time) -> String {
    let next = step
        .until
        .map_or_else(|| "later".to_owned(), |until| text::to_come(now, until));
    let failed = text::count(step.attempts as usize, "attempt");
    format!(
        "tries `{}` again {next}; {failed} failed (step {})",
        step.node, step.step
    )
}

/// The steps to run, counted by their nodes. Those of a dead trace are held back.
fn to_run(standing: &Standing, is_dead: bool) -> impl Iterator<Item = String> {
    let mut nodes: BTreeMap<&str, Vec<&StepRow>> = BTreeMap::new();
    for step in &standing.to_run {
        nodes.entry(&step.node).or_default().push(step);
    }
    let runs = if is_dead {
        "runs after a retry"
    } else {
        "runs, or is to run"
    };
    nodes
        .into_iter()
        .map(move |(node, steps)| match steps.as_slice() {
            [step] => format!("`{node}` {runs} (step {})", step.step),
            steps => format!("`{node}` {runs}, {} times", steps.len()),
        })
}

fn joins(join: &JoinRow) -> String {
    let mut line = format!("{} has {}", join.join, text::count(join.arrived, "input"));
    if join.lost > 0 {
        line += &format!("; {} will not come", join.lost);
    }
    if join.waiting_items > 0 {
        line += &format!("; {} not begun", text::count(join.waiting_items, "item"));
    }
    line
}

/// The error of a trace without a dead letter, with all that caused it.
fn error(trace: &TraceDetail) -> String {
    let Some(error) = trace.row.error.as_ref().filter(|_| trace.dead.is_none()) else {
        return String::new();
    };
    let causes = error
        .causes
        .iter()
        .map(|cause| format!("caused by: {cause}"));
    let lines = std::iter::once(format!("{}: {}", error.kind, error.message)).chain(causes);
    lines
        .map(|line| format!("  {}\n", text::one_line(&line)))
        .collect()
}

fn results(trace: &TraceDetail) -> String {
    let lines = trace.results.iter().map(|result| match result.is_error {
        true => format!("error: {}", part(&result.value, "message")),
        false => format!("output {}", part(&result.value, "payload")),
    });
    lines
        .map(|line| format!("  {}\n", text::one_line(&line)))
        .collect()
}

/// What a reader looks for in a message or an error; all of it where that is not there.
fn part(value: &Value, name: &str) -> String {
    value.get(name).unwrap_or(value).to_string()
}

fn commands(commands: &[PendingCommand], now: Time) -> String {
    let commands = commands.iter().map(|command| {
        let argument = command
            .argument
            .as_ref()
            .map(|argument| format!(" {argument}"));
        let argument = argument.unwrap_or_default();
        let (id, asked) = (command.id.0, text::ago(now, command.at));
        format!("{}{argument}, command {id}, {asked}", command.verb)
    });
    commands
        .map(|line| format!("  {}\n", text::one_line(&line)))
        .collect()
}

fn time_line(trace: &TraceDetail, shows_all: bool) -> String {
    match trace.history.is_empty() {
        true => String::new(),
        false => time_line::of(&trace.history, trace.row.created, shows_all),
    }
}
