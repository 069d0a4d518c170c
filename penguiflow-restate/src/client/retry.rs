//! A trace that could not go on, or that a worker has let go, is taken up by the latest version.

use std::time::Duration;

use http::Method;
use penguiflow::TraceId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::invocation::Invocation;
use super::running::Running;
use crate::error::Error;

/// How long the server is given to pause an invocation until it is asked again.
const PAUSE: Duration = Duration::from_millis(20);

/// What the server answers where an invocation is with a worker.
const CONFLICT: u16 = 409;
/// What it answers where one has not begun.
const TOO_EARLY: u16 = 425;

impl<In: Serialize, Out: DeserializeOwned> Running<In, Out> {
    /// Lets a trace go on now, at the latest deployment that has the flow: one that waits for another version
    /// or for a worker, listed as [`Dead`](penguiflow::host::HostedState::Dead) or
    /// [`Retrying`](penguiflow::host::HostedState::Retrying), and also a parked one that no worker holds any
    /// more. The deployment replays the trace's journal. Where that does not fit, the trace waits again.
    ///
    /// A trace that is just tried once more at its own deployment, and goes on there, is left to that one until
    /// the steps that run are over; then this returns.
    ///
    /// # Errors
    ///
    /// [`Error::NotThere`] if no such trace runs or waits, [`Error::Refused`] with a sentence if it is with a
    /// worker or has not begun, and [`Error::Unreachable`].
    pub async fn retry(&self, id: TraceId) -> Result<(), Error> {
        let invocation = self.open_invocation(id).await?;
        if invocation.status != "backing-off" {
            return self.resume_at_latest(id, &invocation).await;
        }
        // A task: dropped between the two requests, the trace would stay paused.
        let client = self.clone().untyped();
        let retried = tokio::spawn(async move { client.pause_and_resume(id, invocation).await });
        // Nobody aborts it, so it can only have panicked.
        retried
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// The server moves no invocation to another deployment between two attempts, but a paused one.
    async fn pause_and_resume(&self, id: TraceId, mut invocation: Invocation) -> Result<(), Error> {
        let pause = format!("/invocations/{}/pause", invocation.id);
        match self.http.admin(Method::PATCH, &pause, None).await {
            Ok(_)
            | Err(Error::Refused {
                status: CONFLICT, ..
            }) => {}
            Err(error) => return Err(error),
        }
        loop {
            match self.resume_at_latest(id, &invocation).await {
                Err(Error::Refused {
                    status: CONFLICT, ..
                }) => tokio::time::sleep(PAUSE).await,
                resumed => return resumed,
            }
            invocation = match self.open_invocation(id).await {
                // It has gone on, and is over.
                Err(Error::NotThere(_)) => return Ok(()),
                open => open?,
            };
        }
    }

    async fn resume_at_latest(&self, id: TraceId, invocation: &Invocation) -> Result<(), Error> {
        let path = format!("/invocations/{}/resume?deployment=latest", invocation.id);
        let resumed = self.http.admin(Method::PATCH, &path, None).await;
        resumed.map(drop).map_err(|error| match error {
            Error::Refused { status, message } => Error::Refused {
                status,
                message: reason(id, status).unwrap_or(message),
            },
            error => error,
        })
    }
}

/// Why an invocation is not resumed, for who knows traces: the server names invocations.
fn reason(id: TraceId, status: u16) -> Option<String> {
    match status {
        CONFLICT => Some(format!(
            "the trace {id} is with a worker: it can be taken up by another version once that has failed, or \
             has let it go since it is parked"
        )),
        TOO_EARLY => Some(format!(
            "the trace {id} has not begun yet: it begins at the latest version by itself"
        )),
        _ => None,
    }
}
