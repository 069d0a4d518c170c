//! What the store has of traces, in the words of those that serve a flow.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use penguiflow::TraceId;
use penguiflow::host::{
    HostedState, OpenStep, ParkedStep, PastAttempt, TraceDetail, TraceFault, TraceFilter,
    TraceSummary,
};

use crate::admin::{self, Attempt, State, StepRow, TraceError, TraceRow, Wait, WaitingRow};
use crate::store::Millis;

pub(super) fn filter_of(filter: TraceFilter, flow: &str) -> admin::TraceFilter {
    admin::TraceFilter {
        states: filter
            .states
            .into_iter()
            .flat_map(states_of)
            .copied()
            .collect(),
        flow: Some(flow.to_owned()),
        search: filter.search,
        ..admin::TraceFilter::default()
    }
}

/// The store has an error where it has no output.
fn states_of(state: HostedState) -> &'static [State] {
    match state {
        HostedState::Active => &[State::Running],
        HostedState::Retrying => &[State::Retrying],
        HostedState::Parked => &[State::Parked],
        HostedState::Dead => &[State::Dead],
        HostedState::Completed => &[State::Done],
        HostedState::Failed | HostedState::Filtered => &[State::Failed],
        HostedState::Cancelled => &[State::Cancelled],
        _ => &[],
    }
}

/// The state of a trace that was not filtered.
pub(super) fn hosted(state: State) -> HostedState {
    match state {
        State::Running => HostedState::Active,
        State::Retrying => HostedState::Retrying,
        State::Parked => HostedState::Parked,
        State::Dead => HostedState::Dead,
        State::Done => HostedState::Completed,
        State::Failed => HostedState::Failed,
        State::Cancelled => HostedState::Cancelled,
    }
}

pub(super) fn summary_of(row: TraceRow) -> TraceSummary {
    let mut summary = TraceSummary::new(row.id, row.seq, row.created.to_system());
    summary.state = match row.state {
        State::Failed if row.error.as_ref().is_some_and(is_filtered) => HostedState::Filtered,
        state => hosted(state),
    };
    summary.updated = row.updated.to_system();
    summary.due = row.due.map(admin::Time::to_system);
    summary.parked_at = row.parked_at;
    summary.error = row.error.map(fault_of);
    summary
}

fn is_filtered(error: &TraceError) -> bool {
    error.kind == "filtered"
}

fn fault_of(error: TraceError) -> TraceFault {
    let mut fault = TraceFault::new(error.kind, error.message);
    fault.node = error.node;
    fault.path = error.path;
    fault.attempts = error.attempts;
    fault.causes = error.causes;
    fault
}

pub(super) fn detail_of(trace: admin::TraceDetail) -> TraceDetail {
    let mut detail = TraceDetail::new(summary_of(trace.row));
    let headers = trace.headers.as_ref();
    let tenant = headers.and_then(|headers| headers["tenant"].as_str());
    detail.summary.tenant = tenant
        .filter(|tenant| !tenant.is_empty())
        .map(str::to_owned);
    let standing = trace.standing.unwrap_or_default();
    let steps = standing.to_run.into_iter().chain(standing.retrying);
    detail.steps = steps.map(open_step).collect();
    detail.waits = trace.waiting.into_iter().filter_map(waiting).collect();
    detail.attempts = trace.history.into_iter().map(past_attempt).collect();
    let outputs = trace.results.into_iter().filter(|result| !result.is_error);
    detail.outputs = outputs.map(payload_of).collect();
    (detail.key, detail.headers) = (trace.key, trace.headers);
    detail
}

/// The payload of the message that a result is.
fn payload_of(mut result: admin::UnreadResult) -> serde_json::Value {
    result.value["payload"].take()
}

fn open_step(row: StepRow) -> OpenStep {
    let mut step = OpenStep::new(row.node);
    step.step = Some(row.step);
    step.failed_attempts = row.attempts;
    step.until = row.until.map(admin::Time::to_system);
    step
}

fn waiting(row: WaitingRow) -> Option<ParkedStep> {
    parked_step(row.id, row.into())
}

fn past_attempt(line: Attempt) -> PastAttempt {
    let took = Duration::from_micros(line.took);
    let took_ms = took.as_secs_f64() * 1e3;
    let mut attempt = PastAttempt::new(line.node, line.attempt, line.at.to_system(), took_ms);
    attempt.step = line.step.parse().ok();
    attempt.outcome = line.outcome;
    attempt.error = line.error;
    attempt
}

/// The steps of a trace that wait, as its row has them.
pub(super) fn parked_steps(id: TraceId, waits: &str) -> Vec<ParkedStep> {
    let waits = Wait::read_all(Some(waits)).into_iter();
    waits.filter_map(|wait| parked_step(id, wait)).collect()
}

/// `None`, if a newer version names steps otherwise.
fn parked_step(id: TraceId, wait: Wait) -> Option<ParkedStep> {
    let since = wait.since.map_or(UNIX_EPOCH, to_system);
    let mut parked = ParkedStep::new(id, wait.step.parse().ok()?, wait.node, since);
    parked.awaited = wait.awaited;
    parked.until = wait.until.map(to_system);
    (parked.tenant, parked.payload) = (wait.tenant, wait.payload);
    Some(parked)
}

fn to_system(at: Millis) -> SystemTime {
    admin::Time(at).to_system()
}
