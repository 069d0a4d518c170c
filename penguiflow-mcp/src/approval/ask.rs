//! What the client is asked to ask its user, and what the user has answered.

use std::collections::BTreeMap;

use penguiflow::host::{ParkedStep, StepId};
use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, InputRequest,
    InputRequests, InputResponses,
};
use serde::Deserialize;
use serde_json::Value;

use crate::schema::Form;
use crate::tool::Tool;

/// What a user has done with a form.
pub(crate) enum Answer {
    /// Filled in: the value, or what is wrong with it.
    Given(Result<Value, String>),
    /// Refused, or closed.
    Declined,
}

/// The request for one step. A note says why the answer before was not taken.
pub(crate) fn request(
    tool: &Tool,
    step: &ParkedStep,
    note: Option<&String>,
) -> ElicitRequestParams {
    let mut message = tool.question(step);
    if let Some(note) = note {
        message = format!("The answer before was not taken: {note}.\n{message}");
    }
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message,
        requested_schema: tool.form(step).schema.clone(),
    }
}

/// The requests for all steps that wait, each under its step's id.
pub(crate) fn input_requests(
    tool: &Tool,
    steps: &[ParkedStep],
    notes: &BTreeMap<StepId, String>,
) -> InputRequests {
    let requests = steps.iter().map(|step| {
        let params = request(tool, step, notes.get(&step.step));
        let request = InputRequest::Elicitation(ElicitRequest::new(params));
        (step.step.to_string(), request)
    });
    requests.collect()
}

/// The answer for a step among the responses of a client; `None` if there is none.
pub(crate) fn answer_of(form: &Form, step: StepId, responses: &InputResponses) -> Option<Answer> {
    let response = responses.get(&step.to_string())?;
    match ElicitResult::deserialize(response) {
        Ok(result) => Some(Answer::of(form, result)),
        Err(error) => Some(Answer::Given(Err(format!(
            "it is no elicitation result: {error}"
        )))),
    }
}

impl Answer {
    pub(crate) fn of(form: &Form, result: ElicitResult) -> Self {
        match result.action {
            ElicitationAction::Accept => Self::Given(form.read(result.content)),
            _ => Self::Declined,
        }
    }
}
