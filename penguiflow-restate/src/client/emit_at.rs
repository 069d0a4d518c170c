//! A message whose trace begins later.

use std::time::{Duration, SystemTime};

use penguiflow::{IntoMessage, TraceId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::running::Running;
use crate::error::Error;

impl<In: Serialize, Out: DeserializeOwned> Running<In, Out> {
    /// Sends a message whose trace begins at this time, and its clock with it: the message's `ts` is this time.
    /// A time that has passed is now. A deadline of the message stays the instant that it is.
    ///
    /// Until then the trace is listed as [`Retrying`](penguiflow::host::HostedState::Retrying), with its time in
    /// `due`. A cancel leaves nothing of it.
    ///
    /// # Errors
    ///
    /// Those of [`emit`](Self::emit).
    pub async fn emit_at(
        &self,
        time: SystemTime,
        input: impl IntoMessage<In>,
    ) -> Result<TraceId, Error> {
        let now = SystemTime::now();
        let mut message = input.into_message();
        message.ts = time.max(now);
        let delay = message.ts.duration_since(now).unwrap_or_default();
        self.send(&message, &delayed(delay), None).await?;
        Ok(message.trace_id)
    }
}

/// How a message is sent that begins so much later. The server cuts times to milliseconds, and must not begin
/// before this one.
fn delayed(delay: Duration) -> String {
    match delay.is_zero() {
        true => "/send".to_owned(),
        false => format!("/send?delay={}ms", delay.as_millis() + 2),
    }
}
