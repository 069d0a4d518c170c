//! What administrators ask for, in the table of commands: it is applied in its order, and answered by
//! `ok`, or by `error: ` with the reason. A command whose answer could not be stored is applied again,
//! which changes nothing more: the answer is the refusal then.

use std::sync::Arc;
use std::time::Duration;

use penguiflow::host::StepId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::sleep;

use super::{Host, Obeyed, Stop};
use crate::error::Error;
use crate::store::{Command, Seq, StoreError};

/// How often the table is looked at.
const EVERY: Duration = Duration::from_millis(200);

#[derive(Deserialize)]
struct Resume {
    step: Option<StepId>,
    value: Value,
}

#[derive(Deserialize)]
struct Retry {
    input: Option<Value>,
}

/// Applies what is asked for from here on, until the host is stopped.
pub(super) async fn watch(host: Arc<Host>, mut answered: Seq) {
    let work = async {
        loop {
            sleep(EVERY).await;
            // What a store that fails does not take is asked for still.
            answered = apply_all(&host, answered).await.unwrap_or(answered);
        }
    };
    tokio::select! {
        () = host.until(Stop::Drain) => {}
        () = work => {}
    }
}

/// Applies what is not answered and comes after `after`; returns the last that is.
pub(super) async fn apply_all(host: &Arc<Host>, after: Seq) -> Result<Seq, StoreError> {
    let mut last = after;
    for command in host.store.commands_of(host.id, after).await? {
        let answer = match apply(host, &command).await {
            Ok(()) => "ok".to_owned(),
            Err(reason) => format!("error: {reason}"),
        };
        host.store.answer(command.seq, answer).await?;
        last = command.seq;
    }
    Ok(last)
}

async fn apply(host: &Arc<Host>, command: &Command) -> Result<(), String> {
    let trace = command.trace.ok_or("it names no trace")?;
    let applied = match command.verb.as_str() {
        "cancel" => host.order(trace, |_| Obeyed::Cancelled).await,
        "drop" => host.store.drop_dead(trace).await.map_err(Error::from),
        "resume" => {
            let Resume { step, value } = argument(command)?;
            host.resume_json(trace, step, value.to_string().into_bytes())
                .await
        }
        "retry" => {
            let input = argument::<Option<Retry>>(command)?.and_then(|retry| retry.input);
            let input = input.map(|input| input.to_string());
            host.revive(trace, input.as_ref().map(String::as_bytes))
                .await
        }
        other => return Err(format!("this version does not know the command `{other}`")),
    };
    applied.map_err(|error| error.to_string())
}

fn argument<T: DeserializeOwned>(command: &Command) -> Result<T, String> {
    let text = command.argument.as_deref().unwrap_or("null");
    serde_json::from_str(text).map_err(|error| format!("the argument of the command: {error}"))
}
