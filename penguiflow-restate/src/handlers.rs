//! The handlers beside that which runs a trace: one resumes its steps, one returns its error.

use bytes::Bytes;
use penguiflow::ResumeJsonError;
use penguiflow::host::{DurableFlow, StepId};
use restate_sdk_shared_core::{NonEmptyValue, Value};

use crate::names::{self, ERROR, FRONTIER, PARKED, STEP_HEADER, TYPE_HEADER};
use crate::protocol::{Left, Session, failure};
use crate::waiting::{Waiting, is_json};

/// Returns the error that the trace has ended in.
pub(crate) async fn return_failure(mut session: Session) {
    let _ = failure_of(&mut session).await;
    session.close().await;
}

async fn failure_of(session: &mut Session) -> Result<(), Left> {
    session.input().await?;
    let state = session.state(ERROR)?;
    match session.value(state).await? {
        Some(Value::Success(error)) => session.finish(NonEmptyValue::Success(error)),
        _ => session.finish(failure(404, "the trace has not failed")),
    }
}

/// Gives a parked step its value, if there is one that waits for such a value.
pub(crate) async fn resume(flow: DurableFlow, mut session: Session) {
    let _ = read_and_resume(&flow, &mut session).await;
    session.close().await;
}

async fn read_and_resume(flow: &DurableFlow, session: &mut Session) -> Result<(), Left> {
    let input = session.input().await?;
    let named = match input.header(STEP_HEADER).map(str::parse::<StepId>) {
        None => None,
        Some(Ok(step)) => Some(step),
        Some(Err(error)) => return session.finish(failure(400, error.to_string())),
    };
    let awaited = input.header(TYPE_HEADER).map(str::to_owned);
    let state = session.state(FRONTIER)?;
    let Some(Value::Success(frontier)) = session.value(state).await? else {
        return refuse(session, &ResumeJsonError::NotParked);
    };
    if let Err(error) = is_json(&input.body) {
        return session.finish(failure(422, format!("the value is no JSON: {error}")));
    }
    let waiting = match flow.load(&frontier) {
        Ok(trace) => Waiting::of(trace),
        Err(_) => waiting_elsewhere(session).await?,
    };
    give(waiting, session, (named, awaited), input.body).await
}

/// The steps of a trace that stays with another version of the flow.
async fn waiting_elsewhere(session: &mut Session) -> Result<Waiting, Left> {
    let state = session.state(PARKED)?;
    Ok(match session.value(state).await? {
        Some(Value::Success(shown)) => Waiting::of_shown(&shown),
        _ => Waiting::of_shown(b"[]"),
    })
}

/// A step that was given its value a moment ago is still among the parked ones: the next one is tried.
async fn give(
    mut waiting: Waiting,
    session: &mut Session,
    (named, awaited): (Option<StepId>, Option<String>),
    json: Bytes,
) -> Result<(), Left> {
    for step in waiting.meant(named, awaited.as_deref()) {
        if let Err(error) = waiting.read(step, &json) {
            return refuse(session, &error);
        }
        let value = NonEmptyValue::Success(json.clone());
        let completed = session.complete(names::promise(step), value)?;
        match session.value(completed).await? {
            Some(Value::Failure(_)) => {}
            Some(_) => return session.finish(NonEmptyValue::Success(Bytes::new())),
            None => return session.finish(failure(409, "the request was cancelled")),
        }
    }
    match (named, awaited) {
        (Some(step), _) => refuse(session, &ResumeJsonError::StepNotParked(step)),
        (None, Some(awaited)) => session.finish(failure(409, waiting.refusal(&awaited))),
        (None, None) => refuse(session, &ResumeJsonError::NotParked),
    }
}

fn refuse(session: &mut Session, error: &ResumeJsonError) -> Result<(), Left> {
    let code = match error {
        ResumeJsonError::NotParked => 404,
        ResumeJsonError::StepNotParked(_) => 410,
        _ => 422,
    };
    session.finish(failure(code, error.to_string()))
}
