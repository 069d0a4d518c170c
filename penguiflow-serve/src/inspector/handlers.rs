//! The routes of the page, and what it reads. What it does to traces is done by the flow's own routes.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use penguiflow::TraceId;
use penguiflow::host::{HostError, HostLoad, HostedState, ParkedStep, TraceDetail, TraceFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::assets::{PAGE, asset};
use super::tables::{FlowNow, Listed};
use super::{Counts, Inspector, policy, watch};
use crate::problem::{Problem, bad_request, not_found};
use crate::served::Served;

/// How many traces a page of the list has at most, and how many steps that wait are shown.
const MOST: u32 = 200;
const WAITS: usize = 200;

/// A flow with its inspector, and all flows that the page leads to.
#[derive(Clone)]
pub(crate) struct Inspected {
    pub(crate) served: Served,
    pub(crate) inspector: Inspector,
    pub(crate) flows: Arc<[FlowLink]>,
    pub(crate) counts: Counts,
}

/// A flow that the page leads to.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FlowLink {
    /// The name that it is served below.
    pub(crate) name: String,
    /// Where its JSON is, seen from the page.
    pub(crate) base: String,
    /// What can be done to its traces, beside resuming and cancelling them.
    pub(crate) can: Vec<&'static str>,
}

/// The routes that read, below the flow's name.
pub(crate) fn router(inspected: Inspected) -> Router {
    Router::new()
        .route("/inspector", get(page))
        .route("/inspector/flows.json", get(flows))
        .route("/inspector/{file}", get(file))
        .route("/inspector/api/traces", get(traces))
        .route("/inspector/api/traces/{id}", get(trace))
        .route("/inspector/api/parked", get(parked))
        .route("/inspector/api/figures", get(figures))
        .route("/inspector/api/graph", get(graph))
        .route("/inspector/api/graph.svg", get(picture))
        .route("/inspector/api/events", get(events))
        .with_state(inspected)
}

async fn page() -> Response {
    policy::file(PAGE, "text/html; charset=utf-8")
}

async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    let found = asset(&name).ok_or_else(|| not_found("the page has no such file"))?;
    Ok(policy::file(found.0, found.1))
}

/// The flows, the one that was asked for first.
async fn flows(State(inspected): State<Inspected>) -> Json<Vec<FlowLink>> {
    Json(inspected.flows.to_vec())
}

/// What the list of traces asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    state: String,
    search: Option<String>,
    before: Option<i64>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct TracePage {
    traces: Vec<Listed>,
    next: Option<i64>,
}

async fn traces(
    State(inspected): State<Inspected>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<TracePage>, Problem> {
    let Query(asked) = asked.map_err(|error| bad_request(error.body_text()))?;
    let filter = asked.filter()?;
    let running = inspected.served.running();
    if !running.is_durable() {
        let (traces, next) = inspected.inspector.list(filter);
        return Ok(Json(TracePage { traces, next }));
    }
    let limit = filter.limit as usize;
    let found = inspected.served.done(running.traces(filter)).await?;
    let next = found.last().filter(|_| found.len() >= limit);
    let next = next.map(|last| last.seq);
    let traces = found.into_iter().map(|summary| Listed {
        at: summary.parked_at.clone(),
        summary,
    });
    let traces = traces.collect();
    Ok(Json(TracePage { traces, next }))
}

impl Asked {
    fn filter(self) -> Result<TraceFilter, Problem> {
        let states = self.state.split(',').filter(|state| !state.is_empty());
        let states: Result<Vec<HostedState>, _> = states
            .map(|state| serde_json::from_value(Value::from(state)))
            .collect();
        let states = states.map_err(|error| bad_request(format!("`state`: {error}")))?;
        Ok(TraceFilter {
            states,
            search: self.search.filter(|search| !search.is_empty()),
            before: self.before,
            limit: self.limit.unwrap_or(50).clamp(1, MOST),
        })
    }
}

/// A trace as the page shows it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    detail: TraceDetail,
    /// The waits again, each with the schema of what is awaited.
    forms: Vec<Waiting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Value>,
}

/// A step that waits, and the schema of what it waits for.
#[derive(Serialize)]
struct Waiting {
    #[serde(flatten)]
    step: ParkedStep,
    schema: Option<Value>,
}

async fn trace(
    State(inspected): State<Inspected>,
    Path(id): Path<String>,
) -> Result<Json<Shown>, Problem> {
    let id: TraceId = id
        .parse()
        .map_err(|error| bad_request(format!("a trace's id: {error}")))?;
    let mut detail = inspected.detail(id).await?;
    // The host knows the types of what is awaited, and the payloads.
    if !detail.waits.is_empty() && !inspected.served.running().is_durable() {
        let known = inspected.served.parked(usize::MAX).await?;
        let known: Vec<_> = known
            .into_iter()
            .filter(|step| step.trace_id == id)
            .collect();
        detail.waits = known;
    }
    let mut input = None;
    match inspected.inspector.shows_payloads {
        true => {
            input = inspected.inspector.lock_payloads().show(&mut detail);
            if detail.outputs.is_empty() && detail.summary.state.has_ended() {
                let emitted = inspected.served.trace_detail(id).await.ok();
                detail.outputs = emitted.map_or_else(Vec::new, |emitted| emitted.outputs);
            }
        }
        false => hide_payloads(&mut detail),
    }
    let forms = detail.waits.iter().cloned();
    let forms = forms.map(|step| inspected.waiting(step)).collect();
    Ok(Json(Shown {
        detail,
        forms,
        input,
    }))
}

/// What waits at an `await` is shown as the flow shows it.
fn hide_payloads(detail: &mut TraceDetail) {
    detail.outputs.clear();
    detail.steps.iter_mut().for_each(|step| step.input = None);
    for attempt in &mut detail.attempts {
        (attempt.input, attempt.output) = (None, None);
    }
}

impl Inspected {
    async fn detail(&self, id: TraceId) -> Result<TraceDetail, Problem> {
        let running = self.served.running();
        if running.is_durable() {
            return self.served.done(running.trace_detail(id)).await;
        }
        let detail = self.inspector.detail(id);
        detail.ok_or_else(|| self.served.problem(HostError::UnknownTrace(id)))
    }

    fn waiting(&self, step: ParkedStep) -> Waiting {
        let signature = self.served.running().signature();
        let place = signature.awaited_at(&step.node);
        let schema = place.and_then(|place| place.schema());
        Waiting {
            schema: schema.map(|schema| schema.to_value()),
            step,
        }
    }
}

async fn parked(State(inspected): State<Inspected>) -> Result<Json<Vec<Waiting>>, Problem> {
    let steps = inspected.served.parked(WAITS).await?.into_iter();
    Ok(Json(steps.map(|step| inspected.waiting(step)).collect()))
}

/// The figures of a flow, and how much there is to do.
#[derive(Serialize)]
struct Figures {
    #[serde(flatten)]
    now: FlowNow,
    load: HostLoad,
}

async fn figures(State(inspected): State<Inspected>) -> Json<Figures> {
    let mut now = inspected.inspector.now();
    let running = inspected.served.running();
    // A store has more traces than were seen here.
    if running.is_durable() {
        now.states = inspected.counts.last_or(|| running.counts()).await;
    }
    Json(Figures {
        now,
        load: running.load(),
    })
}

async fn graph(State(inspected): State<Inspected>) -> Response {
    let json = inspected.served.running().signature().graph.to_json();
    policy::file(json, "application/json")
}

/// Which picture is asked for.
#[derive(Debug, Deserialize)]
struct OfPlaybook {
    playbook: Option<String>,
}

/// The picture of the flow, or of the playbook that this path leads to.
async fn picture(
    State(inspected): State<Inspected>,
    Query(OfPlaybook { playbook }): Query<OfPlaybook>,
) -> Result<Response, Problem> {
    let mut graph = inspected.served.running().signature().graph;
    let names = playbook.iter().flat_map(|path| path.split('/'));
    for name in names.filter(|name| !name.is_empty()) {
        let mut playbooks = graph.nodes.iter().filter_map(|node| node.playbook);
        let found = playbooks.find(|playbook| playbook.name == name);
        graph = found.ok_or_else(|| not_found("the flow has no such playbook"))?;
    }
    let svg = graph.svg().embedded().to_string();
    Ok(policy::file(svg, "image/svg+xml"))
}

async fn events(State(inspected): State<Inspected>) -> Response {
    watch::changes(inspected.inspector).into_response()
}
