//! What the command line asks for: a table of the store, since a trace has one writer. Each command is
//! answered by the host of its trace's flow.

use std::sync::Arc;
use std::time::Duration;

use penguiflow::TraceId;
use serde_json::Value;
use tokio::time::sleep;

use super::live::Obeyed;
use super::shared::{Host, Stop};
use crate::error::Error;
use crate::store::{Command, Seq, State};

/// How often the table is looked at.
const EVERY: Duration = Duration::from_millis(250);

/// Applies commands after this one, until the host stops.
pub(super) async fn obey(host: Arc<Host>, mut seen: Seq) {
    let work = async {
        loop {
            sleep(EVERY).await;
            seen = obey_all(&host, seen).await;
        }
    };
    tokio::select! {
        () = host.until(Stop::Drain) => {}
        () = work => {}
    }
}

/// Applies the commands after this one; returns the last of them.
pub(super) async fn obey_all(host: &Arc<Host>, mut seen: Seq) -> Seq {
    let commands = host.store.commands(seen).await;
    for command in commands.unwrap_or_default() {
        seen = seen.max(command.seq);
        host.obey(command).await;
    }
    seen
}

impl Host {
    async fn obey(self: &Arc<Self>, command: Command) {
        let seq: Seq = command.seq;
        let answer = match self.apply(command).await {
            None => return,
            Some(Ok(())) => "ok".to_owned(),
            Some(Err(error)) => format!("error: {error}"),
        };
        let _ = self.store.answer(seq, answer).await;
    }

    /// `None`, if it is for another flow's host.
    async fn apply(self: &Arc<Self>, command: Command) -> Option<Result<(), Error>> {
        let id = command.trace?;
        let state = match self.store.load(id).await {
            Ok(Some(stored)) if stored.flow != self.id => return None,
            Ok(Some(stored)) => stored.state,
            Ok(None) => return Some(Err(Error::NotThere(id))),
            Err(error) => return Some(Err(error.into())),
        };
        let argument = command.argument.as_deref().unwrap_or("null");
        let argument = serde_json::from_str(argument).unwrap_or_default();
        Some(self.act(&command.verb, id, state, &argument).await)
    }

    async fn act(
        self: &Arc<Self>,
        verb: &str,
        id: TraceId,
        state: State,
        argument: &Value,
    ) -> Result<(), Error> {
        match verb {
            "resume" => {
                let step = serde_json::from_value(argument["step"].clone()).ok();
                let value = argument["value"].to_string().into_bytes();
                self.resume_json(id, step, value).await
            }
            "retry" => {
                let input = argument.get("input").map(Value::to_string);
                self.revive(id, input.as_deref().map(str::as_bytes)).await
            }
            // Asked again by a host that did not come to its answer.
            "cancel" if state == State::Cancelled => Ok(()),
            "cancel" if state != State::Dead => self.order(id, |_| Obeyed::Cancelled).await,
            "cancel" | "drop" => Ok(self.store.drop_dead(id).await?),
            _ => Err(Error::UnknownCommand(verb.to_owned())),
        }
    }
}
