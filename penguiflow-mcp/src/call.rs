//! A call of a tool: from the request to the result, or to the question that comes before it.

use std::collections::{BTreeMap, HashSet};
use std::future::poll_fn;
use std::pin::Pin;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use penguiflow::host::{HostError, ParkedStep, StepId};
use penguiflow::{Message, ResumeJsonError};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ElicitResult,
    ErrorData, InputRequiredResult, InputResponses, JsonObject, ProtocolVersion,
};
use rmcp::service::{RequestContext, RoleServer, ServiceError};

use crate::approval::{Answer, Purpose, Refusal, answer_of, input_requests, request};
use crate::caller::Caller;
use crate::progress::Progress;
use crate::server::Parts;
use crate::tool::{Tool, failed};
use crate::trip::{Event, Trip};

/// How often a client without rounds is asked again for an answer that does not fit.
const TRIES: usize = 5;

pub(crate) async fn call(
    server: &Parts,
    params: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let Some(tool) = server.tools.get(&*params.name) else {
        return Err(unknown_tool(server, &params.name));
    };
    let caller = server.caller.as_ref();
    let caller = caller.and_then(|caller| caller(&Caller(context)));
    let arguments = params.arguments.unwrap_or_default();
    let mut call = Call {
        server,
        tool,
        context,
        purpose: Purpose::of(
            tool.name(),
            &tool.fingerprint,
            caller.as_deref(),
            &arguments,
        ),
        notes: BTreeMap::new(),
    };
    let trip = match params.request_state {
        Some(state) => {
            let responses = params.input_responses.unwrap_or_default();
            call.go_on(&state, &responses).await?
        }
        None => call.begin(arguments).await,
    };
    match trip {
        Ok(trip) => tokio::select! {
            biased;
            // Dropped, the trace is cancelled.
            () = context.ct.cancelled() => Err(ErrorData::internal_error("the call was abandoned", None)),
            response = call.run(trip) => response,
        },
        Err(result) => Ok(result.into()),
    }
}

fn unknown_tool(server: &Parts, name: &str) -> ErrorData {
    let names: Vec<_> = server
        .tools
        .keys()
        .map(|name| format!("`{name}`"))
        .collect();
    let there_are = match names.is_empty() {
        true => "this server has none".to_owned(),
        false => format!("there are {}", names.join(", ")),
    };
    ErrorData::invalid_params(format!("there is no tool `{name}`: {there_are}"), None)
}

type BoxedTrip = Box<dyn Trip>;

/// A form that is with the client: the step, how often it was asked before, and what the user does.
type Asking =
    Pin<Box<dyn Future<Output = (ParkedStep, usize, Result<ElicitResult, ServiceError>)> + Send>>;

struct Call<'a> {
    server: &'a Parts,
    tool: &'a Tool,
    context: &'a RequestContext<RoleServer>,
    purpose: Purpose,
    /// Why answers were not taken.
    notes: BTreeMap<StepId, String>,
}

impl Call<'_> {
    /// Begins a trace. If the arguments do not fit, that is the result.
    async fn begin(&self, arguments: JsonObject) -> Result<BoxedTrip, CallToolResult> {
        let input = self.tool.input.unwrap(arguments);
        let input = input.map_err(|sentence| failed(&sentence))?;
        let mut message = Message::new(input.to_string().into_bytes());
        if let Some(time) = self.tool.deadline {
            message = message.deadline_in(time);
        }
        let tenant = self.server.tenant.as_ref();
        if let Some(tenant) = tenant.and_then(|tenant| tenant(&Caller(self.context))) {
            message = message.tenant(tenant);
        }
        let begun = self.tool.trips.begin(message).await;
        begun.map_err(|error| failed(&error.to_string()))
    }

    /// Takes up a trace by its state, and gives it the answers. If the user has declined, that is the
    /// result, and the trace is cancelled.
    async fn go_on(
        &mut self,
        state: &str,
        responses: &InputResponses,
    ) -> Result<Result<BoxedTrip, CallToolResult>, ErrorData> {
        let (trips, server) = (&self.tool.trips, self.server);
        let is_used_once = trips.can_be_replayed();
        let opened = server
            .states
            .open(&server.keys, &self.purpose, state, is_used_once);
        let put_away = opened.map_err(|refusal| refused(&refusal))?;
        let mut trip = match trips.take_up(put_away).await {
            Ok(trip) => trip,
            Err(HostError::UnknownTrace(_)) => {
                let sentence = "the call that this request state belongs to is over, or the server was \
                                started again: call the tool again without it";
                return Err(ErrorData::invalid_params(sentence, None));
            }
            Err(error) => return Ok(Err(failed(&error.to_string()))),
        };
        for step in trip.waits() {
            let form = self.tool.form(&step);
            if let Some(answer) = answer_of(form, step.step, responses)
                && let Err(result) = self.answer(&mut *trip, &step, answer).await
            {
                return Ok(Err(result));
            }
        }
        Ok(Ok(trip))
    }

    /// Runs a trace to its end, or until it waits and the client takes that for an answer.
    async fn run(&mut self, mut trip: BoxedTrip) -> Result<CallToolResponse, ErrorData> {
        let mut progress = Progress::of(self.context);
        let (mut asking, mut asked) = (FuturesUnordered::<Asking>::new(), HashSet::new());
        loop {
            let event = tokio::select! {
                event = poll_fn(|cx| trip.poll_event(cx)) => event,
                Some((step, tries, answered)) = asking.next() => {
                    match self.answered(&mut *trip, &step, answered).await {
                        Err(result) => return Ok(result.into()),
                        Ok(()) if !self.notes.contains_key(&step.step) => {}
                        Ok(()) if tries < TRIES => asking.push(self.ask(step, tries + 1)),
                        Ok(()) => return Ok(failed(&self.notes[&step.step]).into()),
                    }
                    continue;
                }
            };
            match event {
                Event::Chunk(chunk) => progress.send(chunk).await,
                Event::Ended(ended) => return Ok(self.tool.result(ended).into()),
                Event::Waits(steps) => match self.way()? {
                    Way::Rounds => return self.input_required(trip, &steps),
                    Way::Live => {
                        let steps = steps.into_iter();
                        for step in steps.filter(|step| asked.insert(step.step)) {
                            asking.push(self.ask(step, 1));
                        }
                    }
                    Way::None => {
                        let sentence = format!(
                            "the flow waits for an answer at `{}`, and this client cannot ask its \
                             user: it does not support elicitation",
                            steps[0].node
                        );
                        return Ok(failed(&sentence).into());
                    }
                },
            }
        }
    }

    /// How the client comes to ask its user.
    fn way(&self) -> Result<Way, ErrorData> {
        let capabilities = self.context.client_capabilities();
        let elicitation = capabilities.and_then(|capabilities| capabilities.elicitation);
        // One that names no form of it at all has forms.
        let can_ask = elicitation.is_some_and(|asks| asks.form.is_some() || asks.url.is_none());
        let version = self.context.protocol_version();
        let has_rounds = version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        match (has_rounds, can_ask) {
            (true, true) => Ok(Way::Rounds),
            (false, true) => Ok(Way::Live),
            (false, false) => Ok(Way::None),
            (true, false) => {
                let required = ClientCapabilities::builder().enable_elicitation().build();
                Err(ErrorData::missing_required_client_capability(required))
            }
        }
    }

    /// Ends this round: the client asks its user, and calls again.
    fn input_required(
        &self,
        trip: BoxedTrip,
        steps: &[ParkedStep],
    ) -> Result<CallToolResponse, ErrorData> {
        let server = self.server;
        let requests = input_requests(self.tool, steps, &self.notes);
        let put_away = match trip.put_away(server.answers_within) {
            Ok(put_away) => put_away,
            Err(error) => return Ok(failed(&error.to_string()).into()),
        };
        let time = server.answers_within;
        let state = server
            .states
            .seal(&server.keys, &self.purpose, &put_away, time);
        Ok(InputRequiredResult::new(Some(requests), Some(state)).into())
    }

    /// Asks a client without rounds, which answers while the call runs.
    fn ask(&self, step: ParkedStep, tries: usize) -> Asking {
        let params = request(self.tool, &step, self.notes.get(&step.step));
        let peer = self.context.peer.clone();
        Box::pin(async move { (step, tries, peer.create_elicitation(params).await) })
    }

    /// A client without rounds has answered.
    async fn answered(
        &mut self,
        trip: &mut dyn Trip,
        step: &ParkedStep,
        answered: Result<ElicitResult, ServiceError>,
    ) -> Result<(), CallToolResult> {
        match answered {
            Ok(result) => {
                let answer = Answer::of(self.tool.form(step), result);
                self.answer(trip, step, answer).await
            }
            Err(error) => {
                let place = &step.node;
                Err(failed(&format!(
                    "the client did not ask its user at `{place}`: {error}"
                )))
            }
        }
    }

    /// Gives a step its answer. One that does not fit is noted. If the call is over by it, that is the
    /// result.
    async fn answer(
        &mut self,
        trip: &mut dyn Trip,
        step: &ParkedStep,
        answer: Answer,
    ) -> Result<(), CallToolResult> {
        self.notes.remove(&step.step);
        let value = match answer {
            Answer::Given(Ok(value)) => value,
            Answer::Given(Err(note)) => {
                self.notes.insert(step.step, note);
                return Ok(());
            }
            Answer::Declined => {
                let place = &step.node;
                let sentence =
                    format!("the user declined to answer at `{place}`: the call was cancelled");
                return Err(failed(&sentence));
            }
        };
        let json = value.to_string().into_bytes();
        match trip.resume(step.step, json).await {
            Err(HostError::Resume(ResumeJsonError::Invalid(error))) => {
                self.notes.insert(step.step, error.to_string());
                Ok(())
            }
            // It went on meanwhile: what came of it is what the trace reports.
            Ok(())
            | Err(HostError::UnknownTrace(_))
            | Err(HostError::Resume(
                ResumeJsonError::NotParked | ResumeJsonError::StepNotParked(_),
            )) => Ok(()),
            Err(error) => Err(failed(&error.to_string())),
        }
    }
}

/// How a client comes to ask its user.
enum Way {
    /// It is told to ask and to call again.
    Rounds,
    /// It is asked while the call runs.
    Live,
    None,
}

fn refused(refusal: &Refusal) -> ErrorData {
    ErrorData::invalid_params(refusal.to_string(), None)
}
