//! The traces of a flow as the server lists them: its invocations, with the state that their driver keeps.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use penguiflow::host::{
    HostedState, OpenStep, ParkedStep, TraceDetail, TraceFault, TraceFilter, TraceSummary,
};
use penguiflow::{FlowError, TraceId};
use serde::Deserialize;

use crate::names::{CANCELLED, ERROR, PARKED, RUN};

/// How many traces are listed at once, unless the filter sets it.
const LIMIT: u32 = 100;

/// A trace, as the admin interface has it. Times are in milliseconds since the Unix epoch.
#[derive(Deserialize)]
pub(super) struct TraceRow {
    pub(super) invocation: String,
    trace: TraceId,
    status: String,
    created: i64,
    updated: i64,
    /// When it begins, if it does later.
    start: Option<i64>,
    /// When the engine tries it again.
    retry: Option<i64>,
    result: Option<String>,
    /// What the engine says of an end in failure.
    failure: Option<String>,
    /// What the engine says of the last time that the trace could not go on.
    pub(super) stuck: Option<String>,
    /// The steps that wait.
    waits: Option<String>,
    /// The error of the flow.
    error: Option<String>,
}

/// A step that has begun.
#[derive(Deserialize)]
pub(super) struct StepRow {
    name: Option<String>,
    since: i64,
}

/// How many traces are in a state.
#[derive(Deserialize)]
pub(super) struct CountRow {
    pub(super) state: HostedState,
    pub(super) traces: u64,
}

/// The states that the engine tells from each other.
pub(super) const COUNTED: [HostedState; 7] = [
    HostedState::Active,
    HostedState::Retrying,
    HostedState::Parked,
    HostedState::Dead,
    HostedState::Completed,
    HostedState::Failed,
    HostedState::Cancelled,
];

/// The query for the traces that fit a filter, the newest first.
pub(super) fn list(service: &str, filter: &TraceFilter) -> String {
    let mut conditions = Vec::new();
    if !filter.states.is_empty() {
        let states: Vec<_> = filter.states.iter().map(|state| is_in(*state)).collect();
        conditions.push(format!("({})", states.join(" OR ")));
    }
    if let Some(search) = &filter.search {
        conditions.push(has(search));
    }
    if let Some(before) = filter.before {
        conditions.push(format!("CAST(i.created_at AS BIGINT) < {before}"));
    }
    let limit = match filter.limit {
        0 => LIMIT,
        limit => limit,
    };
    let order = format!("ORDER BY i.created_at DESC, i.id LIMIT {limit}");
    format!("{} {order}", select(service, &conditions))
}

/// The query for one trace.
pub(super) fn one(service: &str, id: TraceId) -> String {
    select(service, &[format!("i.target_service_key = '{id}'")])
}

/// The query for the steps of a trace that have begun and have not ended.
pub(super) fn open_steps(invocation: &str) -> String {
    format!(
        "SELECT j.name AS name, CAST(j.appended_at AS BIGINT) AS since FROM sys_journal j WHERE \
         j.id = '{invocation}' AND j.entry_type = 'Command: Run' AND j.completed = false ORDER BY j.index"
    )
}

/// The query for how many traces are in each state.
pub(super) fn counts(service: &str) -> String {
    let cases = COUNTED.map(|state| format!("WHEN {} THEN '{}'", is_in(state), name(state)));
    format!(
        "SELECT state, COUNT(*) AS traces FROM (SELECT CASE {} END AS state {}) WHERE state IS NOT NULL \
         GROUP BY state",
        cases.join(" "),
        from(service, &[])
    )
}

fn name(state: HostedState) -> String {
    let name = serde_json::to_value(state).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// `scheduled` is read by nobody: without it, server 1.7.12 leaves out `start`, too.
fn select(service: &str, conditions: &[String]) -> String {
    format!(
        "SELECT i.id AS invocation, i.target_service_key AS trace, i.status AS status, \
         CAST(i.created_at AS BIGINT) AS created, CAST(i.modified_at AS BIGINT) AS updated, \
         CAST(i.scheduled_start_at AS BIGINT) AS start, CAST(i.next_retry_at AS BIGINT) AS retry, \
         i.scheduled_at AS scheduled, i.completion_result AS result, i.completion_failure AS failure, \
         i.last_failure AS stuck, p.value_utf8 AS waits, e.value_utf8 AS error {}",
        from(service, conditions)
    )
}

/// The traces of a flow, with the state that their driver keeps.
fn from(service: &str, conditions: &[String]) -> String {
    let state = |name: &str, key: &str| {
        format!(
            "LEFT JOIN state {name} ON {name}.service_name = i.target_service_name AND \
             {name}.service_key = i.target_service_key AND {name}.key = '{key}'"
        )
    };
    let conditions = conditions
        .iter()
        .map(|condition| format!(" AND {condition}"));
    format!(
        "FROM sys_invocation i {} {} WHERE i.target_service_name = '{service}' AND \
         i.target_handler_name = '{RUN}'{}",
        state("p", PARKED),
        state("e", ERROR),
        conditions.collect::<String>(),
    )
}

/// The condition of a trace that is at this.
fn is_in(state: HostedState) -> String {
    let cancelled = format!("i.completion_failure LIKE '[{CANCELLED}]%'");
    let runs = "i.status NOT IN ('completed', 'paused', 'backing-off', 'scheduled')";
    match state {
        HostedState::Completed => "i.completion_result = 'success'".to_owned(),
        HostedState::Cancelled => cancelled,
        HostedState::Failed => format!("(i.completion_result = 'failure' AND NOT {cancelled})"),
        HostedState::Dead => "i.status = 'paused'".to_owned(),
        HostedState::Retrying => "i.status IN ('backing-off', 'scheduled')".to_owned(),
        HostedState::Parked => format!("({runs} AND p.value_utf8 IS NOT NULL)"),
        HostedState::Active => format!("({runs} AND p.value_utf8 IS NULL)"),
        // The engine tells no difference between an end with an output and one without.
        _ => "false".to_owned(),
    }
}

/// The condition of a trace whose id begins so, or whose error has this text.
fn has(search: &str) -> String {
    let text = search.replace('\'', "''");
    let id = text.to_ascii_lowercase();
    let texts = ["i.completion_failure", "i.last_failure"];
    let texts = texts.map(|column| format!("strpos({column}, '{text}') > 0"));
    format!(
        "(starts_with(i.target_service_key, '{id}') OR {})",
        texts.join(" OR ")
    )
}

/// Leaves out what came in the same millisecond as the last row and might go on behind it, so that the next
/// page begins there.
pub(super) fn whole(mut rows: Vec<TraceRow>, filter: &TraceFilter) -> Vec<TraceRow> {
    let limit = if filter.limit == 0 {
        LIMIT
    } else {
        filter.limit
    };
    let Some(last) = rows.last().map(|row| row.created) else {
        return rows;
    };
    if rows.len() >= limit as usize && rows[0].created != last {
        rows.retain(|row| row.created != last);
    }
    rows
}

impl TraceRow {
    pub(super) fn summary(&self) -> TraceSummary {
        let mut summary = TraceSummary::new(self.trace, self.created, time(self.created));
        summary.state = self.state();
        summary.updated = time(self.updated);
        summary.due = self.due().map(time);
        let waits = self.waits();
        summary.tenant = waits.iter().find_map(|wait| wait.tenant.clone());
        summary.parked_at = waits.into_iter().map(|wait| wait.node).collect();
        summary.error = self.fault();
        summary
    }

    /// All that is known of it but for its outputs.
    pub(super) fn detail(&self, steps: Vec<StepRow>) -> TraceDetail {
        let mut detail = TraceDetail::new(self.summary());
        detail.waits = self.waits();
        detail.steps = steps.into_iter().filter_map(StepRow::step).collect();
        detail
    }

    /// A time of either kind stays where it was when it has passed.
    fn due(&self) -> Option<i64> {
        match &*self.status {
            "scheduled" => self.start,
            "backing-off" => self.retry,
            _ => None,
        }
    }

    fn waits(&self) -> Vec<ParkedStep> {
        let waits = self.waits.as_deref();
        let waits = waits.and_then(|waits| serde_json::from_str(waits).ok());
        waits.unwrap_or_default()
    }

    fn state(&self) -> HostedState {
        match (&*self.status, self.result.as_deref()) {
            ("completed", Some("success")) => HostedState::Completed,
            ("completed", _) if self.is_cancelled() => HostedState::Cancelled,
            ("completed", _) => HostedState::Failed,
            ("paused", _) => HostedState::Dead,
            ("backing-off" | "scheduled", _) => HostedState::Retrying,
            _ if self.waits.is_some() => HostedState::Parked,
            _ => HostedState::Active,
        }
    }

    pub(super) fn is_paused_without_reason(&self) -> bool {
        self.status == "paused" && self.stuck.is_none()
    }

    fn is_cancelled(&self) -> bool {
        let failure = self.failure.as_deref();
        failure.is_some_and(|failure| failure.starts_with(&format!("[{CANCELLED}]")))
    }

    fn fault(&self) -> Option<TraceFault> {
        let error = self.error.as_deref();
        if let Some(Ok(error)) = error.map(serde_json::from_str::<FlowError>) {
            return Some(fault(&error));
        }
        match &*self.status {
            "completed" => Some(TraceFault::new("failed", self.failure.clone()?)),
            _ => Some(TraceFault::new("engine", self.stuck.clone()?)),
        }
    }
}

impl StepRow {
    fn step(self) -> Option<OpenStep> {
        let mut step = OpenStep::new(self.name?);
        step.since = Some(time(self.since));
        Some(step)
    }
}

fn fault(error: &FlowError) -> TraceFault {
    let mut fault = TraceFault::new(error.kind().as_str(), error.to_string());
    fault.node = error.node().map(str::to_owned);
    fault.path = error.path();
    fault.attempts = error.attempts();
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    fault.causes = causes.map(ToString::to_string).collect();
    fault
}

fn time(millis: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis.try_into().unwrap_or_default())
}
