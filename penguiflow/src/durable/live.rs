//! The flow and the trace behind the pointers: the only part that is compiled for every flow.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use tracing::Span;

use super::json::{payload_of, read, written};
use super::shape::StoredShape;
use super::step::{QueuedStep, RunStep, StepEmits};
use crate::error::{ErrorKind, FlowError};
use crate::flow::{Flow, read_message};
use crate::frontier::{
    self, Advance, Attempts, Durability, Durable, Frontier, Reliance, StepJoins, TraceState,
};
use crate::graph::{AwaitInfo, FlowSignature, Given, Graph, TypeName};
use crate::message::{Envelope, Message, Spent, StepId, clock};
use crate::parking::{Parked, ResumeJsonError};
use crate::visit::{FlowContext, Outlet, TraceContext};

/// A durable flow of any types.
pub(super) trait Erased: Send + Sync {
    fn graph(&self) -> &'static Graph;
    fn awaits(&self) -> &'static [AwaitInfo];
    fn durability(&self) -> Durability;
    fn signature(&self) -> FlowSignature;
    fn begin(
        &self,
        payload: Box<dyn Any + Send>,
        envelope: Envelope,
        at: SystemTime,
    ) -> Result<Box<dyn LiveTrace>, FlowError>;
    fn begin_json(
        &self,
        json: &[u8],
        envelope: Envelope,
        at: SystemTime,
    ) -> Result<Box<dyn LiveTrace>, FlowError>;
    fn check_json(&self, json: &[u8], envelope: Envelope) -> Result<(), FlowError>;
    fn load(&self, stored: &[u8]) -> Result<Box<dyn LiveTrace>, FlowError>;
    fn stored_shape(&self) -> StoredShape;
    fn changes(&self, stored: &[u8]) -> Result<BTreeSet<String>, FlowError>;
}

/// A trace of any types.
pub(super) trait LiveTrace: Send {
    fn envelope(&self) -> &Envelope;
    fn state(&self) -> TraceState;
    fn steps(&self) -> Vec<QueuedStep>;
    fn retried(&self) -> Vec<(QueuedStep, Instant)>;
    fn run(&mut self, step: StepId) -> Option<RunStep>;
    fn absorb(&mut self, emits: StepEmits) -> Vec<StepId>;
    fn next_items(&self) -> Vec<QueuedStep>;
    fn read_emits(&self, json: &[u8]) -> Result<StepEmits, FlowError>;
    fn stopped(&mut self, step: StepId);
    fn store(&self) -> Result<Vec<u8>, FlowError>;
    fn parked(&self) -> Vec<Parked>;
    fn resume(&mut self, step: Option<StepId>, value: Given) -> Result<(), Given>;
    fn resume_json(&mut self, step: Option<StepId>, json: &[u8]) -> Result<(), ResumeJsonError>;
    fn expire(&mut self, now: Instant) -> Vec<StepId>;
    fn take_outputs(&mut self) -> Result<Vec<Vec<u8>>, FlowError>;
    fn input_json(&self, step: StepId) -> Option<Result<Vec<u8>, FlowError>>;
    fn replace_input(&mut self, step: StepId, json: &[u8]) -> Result<(), FlowError>;
    fn ended(&self) -> Result<(), FlowError>;
    fn spent(&self) -> Spent;
    fn next_expiry(&self) -> Option<Instant>;
    fn report_start(&self);
    fn report_end(&self, error: Option<&FlowError>);
    fn report_cancelled(&self);
    fn send_chunks(&mut self, outlet: Arc<Outlet>);
}

/// A flow whose traces a host keeps.
pub(super) struct Kept<F: Durable, S>(pub(super) Flow<F, S>);

struct Live<F: Durable, S> {
    flow: Flow<F, S>,
    /// The flow's, with a way for the chunks of the trace.
    context: Arc<FlowContext>,
    /// That of the message that the trace began with, or of one of its branches.
    envelope: Envelope,
    /// `None` if no subscriber takes it.
    span: Option<Span>,
    frontier: Frontier<F::Step, F::Out>,
}

impl<F, S> Erased for Kept<F, S>
where
    F: Advance<S>,
    F::Step: Clone + Serialize + DeserializeOwned,
    F::In: DeserializeOwned,
    F::Out: Serialize + DeserializeOwned,
    S: Send + Sync + 'static,
{
    fn graph(&self) -> &'static Graph {
        F::GRAPH
    }

    fn awaits(&self) -> &'static [AwaitInfo] {
        F::AWAITS
    }

    fn durability(&self) -> Durability {
        F::DURABILITY
    }

    fn signature(&self) -> FlowSignature {
        FlowSignature::of::<F>()
    }

    fn begin(
        &self,
        payload: Box<dyn Any + Send>,
        envelope: Envelope,
        at: SystemTime,
    ) -> Result<Box<dyn LiveTrace>, FlowError> {
        match payload.downcast::<F::In>() {
            Ok(payload) => Ok(self.begin_with(envelope.with(*payload), at)),
            Err(_) => {
                let reason = format!("the flow takes `{}`", TypeName::of::<F::In>());
                Err(FlowError::new(ErrorKind::Invalid, &envelope, reason))
            }
        }
    }

    fn begin_json(
        &self,
        json: &[u8],
        envelope: Envelope,
        at: SystemTime,
    ) -> Result<Box<dyn LiveTrace>, FlowError> {
        let message = read_message(envelope.with(json))?;
        Ok(self.begin_with(message, at))
    }

    fn check_json(&self, json: &[u8], envelope: Envelope) -> Result<(), FlowError> {
        read_message::<F::In>(envelope.with(json)).map(drop)
    }

    fn load(&self, stored: &[u8]) -> Result<Box<dyn LiveTrace>, FlowError> {
        let nothing = Envelope::of(Message::new(())).1;
        let frontier: Frontier<F::Step, F::Out> = read("the stored trace", stored, &nothing)?;
        let envelope = frontier.envelope().unwrap_or(nothing);
        Ok(self.live(envelope, frontier))
    }

    fn stored_shape(&self) -> StoredShape {
        StoredShape::of_topology::<F>()
    }

    fn changes(&self, stored: &[u8]) -> Result<BTreeSet<String>, FlowError> {
        let nothing = Envelope::of(Message::new(())).1;
        let relied: Relied = read("the stored trace", stored, &nothing)?;
        Ok(relied.relies_on.changes::<F::Step>())
    }
}

/// What is stored of a trace, as far as it says what it relies on.
#[derive(Deserialize)]
struct Relied {
    relies_on: Reliance,
}

impl<F, S> Kept<F, S>
where
    F: Advance<S>,
    F::Step: Clone + Serialize + DeserializeOwned,
    F::Out: Serialize + DeserializeOwned,
    S: Send + Sync + 'static,
{
    fn begin_with(&self, message: Message<F::In>, at: SystemTime) -> Box<dyn LiveTrace> {
        let (payload, envelope) = self.0.open(message);
        let frontier = frontier::begin::<F>(envelope.clone().with(payload), clock::instant(at));
        self.live(envelope, frontier)
    }

    fn live(&self, envelope: Envelope, frontier: Frontier<F::Step, F::Out>) -> Box<dyn LiveTrace> {
        let (flow, context) = (self.0.clone(), Arc::clone(self.0.context()));
        let span = TraceContext::reported(&context, &envelope).span().cloned();
        Box::new(Live {
            flow,
            context,
            envelope,
            span,
            frontier,
        })
    }
}

impl<F, S> Live<F, S>
where
    F: Advance<S>,
    F::Step: StepJoins,
{
    /// The trace as a whole, for a report.
    fn reported(&self) -> TraceContext<'_> {
        let trace = TraceContext::kept_and_reported(&self.context, &self.envelope);
        let trace = trace.in_span(self.span.clone());
        trace.having_spent(self.frontier.spent().tokens)
    }

    fn queued(&self, (id, attempts): (StepId, u32)) -> QueuedStep {
        let node = self.frontier.node(id).map_or("", |node| node.name);
        QueuedStep { id, node, attempts }
    }
}

impl<F, S> LiveTrace for Live<F, S>
where
    F: Advance<S>,
    F::Step: Clone + Serialize + DeserializeOwned,
    F::Out: Serialize + DeserializeOwned,
    S: Send + Sync + 'static,
{
    fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    fn state(&self) -> TraceState {
        self.frontier.state()
    }

    fn steps(&self) -> Vec<QueuedStep> {
        let steps = self.frontier.queued();
        steps.map(|step| self.queued(step)).collect()
    }

    fn retried(&self) -> Vec<(QueuedStep, Instant)> {
        let retried = self.frontier.retried();
        retried
            .map(|(id, attempts, until)| (self.queued((id, attempts)), until))
            .collect()
    }

    fn run(&mut self, step: StepId) -> Option<RunStep> {
        let pending = self.frontier.take_step(step)?;
        let (flow, context) = (self.flow.clone(), Arc::clone(&self.context));
        let (span, envelope) = (self.span.clone(), self.envelope.clone());
        Some(RunStep::new(async move {
            let (topology, state) = flow.topology();
            let flow = (topology, state, &context);
            let emits = frontier::run(flow, (span, Attempts::One), pending).await;
            StepEmits::new(emits.expect("a failure is what it came to"), envelope)
        }))
    }

    fn absorb(&mut self, emits: StepEmits) -> Vec<StepId> {
        let emits = emits.typed().expect("the emits of a step of this flow");
        self.frontier.absorb(emits)
    }

    fn next_items(&self) -> Vec<QueuedStep> {
        let items = self.frontier.next_items().iter();
        items.map(|item| self.queued((*item, 0))).collect()
    }

    fn read_emits(&self, json: &[u8]) -> Result<StepEmits, FlowError> {
        let emits =
            read::<frontier::Emits<F::Step, F::Out>>("what a step emitted", json, &self.envelope)?;
        Ok(StepEmits::new(emits, self.envelope.clone()))
    }

    fn stopped(&mut self, step: StepId) {
        self.frontier.stopped(step);
    }

    fn store(&self) -> Result<Vec<u8>, FlowError> {
        written("a trace", &self.frontier, &self.envelope)
    }

    fn parked(&self) -> Vec<Parked> {
        let parked = self.frontier.parked();
        if !self.context.shows_payloads {
            return parked.collect();
        }
        let shown = parked.map(|parked| {
            let input = self.input_json(parked.step).and_then(Result::ok);
            parked.showing(input.as_deref().and_then(payload_of))
        });
        shown.collect()
    }

    fn resume(&mut self, step: Option<StepId>, value: Given) -> Result<(), Given> {
        self.frontier.give(step, value)
    }

    fn resume_json(&mut self, step: Option<StepId>, json: &[u8]) -> Result<(), ResumeJsonError> {
        self.frontier.resume_json(step, json)
    }

    fn expire(&mut self, now: Instant) -> Vec<StepId> {
        self.frontier.expire(now)
    }

    fn take_outputs(&mut self) -> Result<Vec<Vec<u8>>, FlowError> {
        let outputs = self.frontier.take_outputs().into_iter();
        let written = outputs.map(|output| written("an output", &output, &self.envelope));
        written.collect()
    }

    fn input_json(&self, step: StepId) -> Option<Result<Vec<u8>, FlowError>> {
        let input = self.frontier.input(step)?;
        Some(written("the input of a step", input, &self.envelope))
    }

    fn replace_input(&mut self, step: StepId, json: &[u8]) -> Result<(), FlowError> {
        let input: F::Step = read("the input", json, &self.envelope)?;
        match self.frontier.replace_input(step, input) {
            true => Ok(()),
            false => {
                let reason = format!("the step {step} is not to run, or takes no such input");
                Err(FlowError::new(ErrorKind::Invalid, &self.envelope, reason))
            }
        }
    }

    fn ended(&self) -> Result<(), FlowError> {
        self.frontier.ended()
    }

    fn spent(&self) -> Spent {
        self.frontier.spent()
    }

    fn report_start(&self) {
        let trace = self.reported();
        if trace.is_reported() {
            trace.report_start();
        }
    }

    fn next_expiry(&self) -> Option<Instant> {
        self.frontier.next_expiry()
    }

    fn report_end(&self, error: Option<&FlowError>) {
        self.reported().end_with(error);
    }

    fn report_cancelled(&self) {
        self.reported().report_end(None);
    }

    fn send_chunks(&mut self, outlet: Arc<Outlet>) {
        self.context = self.flow.context_with(outlet);
    }
}
