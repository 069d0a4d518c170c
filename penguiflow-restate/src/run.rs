//! The handler that runs a trace: it begins with a message, or goes on where its journal ends.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use penguiflow::Message;
use penguiflow::host::DurableFlow;
use restate_sdk_shared_core::Value;

use crate::driver::{Driver, end_in_error};
use crate::journal::{self, Begun};
use crate::names::{CANCELLED, FEED_HEADER};
use crate::protocol::{Left, Progress, Session, failure};

/// Runs a trace, or goes on with one.
pub(crate) async fn run(flow: DurableFlow, mut session: Session) {
    let _ = begin_and_drive(flow, &mut session).await;
    session.close().await;
}

async fn begin_and_drive(flow: DurableFlow, session: &mut Session) -> Result<(), Left> {
    let input = session.input().await?;
    let is_new = !session.is_replaying();
    let feed = input.header(FEED_HEADER).map(str::to_owned);
    let message = match journal::begun(input) {
        Ok(Begun::Message(message)) => message,
        Ok(Begun::Payload(id, payload)) => {
            let mut message = Message::new(payload).trace_id(id);
            message.ts = match time(session).await? {
                Some(time) => time,
                None => return session.finish(failure(CANCELLED, "the trace was cancelled")),
            };
            message
        }
        Err(error) => return session.finish(failure(400, error)),
    };
    let at = message.ts;
    match flow.begin_json(message, at) {
        Ok(trace) => {
            if is_new {
                trace.report_start();
            }
            let mut driver = Driver::new(flow, trace, session)?;
            if let Some(feed) = feed {
                driver.follow(feed)?;
            }
            let end = driver.drive().await?;
            driver.end(end).await
        }
        Err(error) if is_new => end_in_error(session, &error),
        // It has begun in an earlier version of the flow.
        Err(error) => {
            session.pause(error.to_string());
            Err(Left)
        }
    }
}

/// The time now, as the journal has it; `None` if the trace was cancelled.
async fn time(session: &mut Session) -> Result<Option<SystemTime>, Left> {
    let handle = session.run("time")?;
    loop {
        match session.first(&[handle]).await? {
            Progress::Execute(handle) => {
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                let millis = now.unwrap_or_default().as_millis().to_string();
                session.execute(handle, async move { Bytes::from(millis) });
            }
            Progress::Ran(handle, millis) => session.propose(handle, millis)?,
            Progress::Done(_, Value::Success(millis)) => {
                let millis = serde_json::from_slice(&millis).unwrap_or_default();
                return Ok(Some(SystemTime::UNIX_EPOCH + Duration::from_millis(millis)));
            }
            Progress::Done(..) | Progress::Cancelled => return Ok(None),
        }
    }
}
