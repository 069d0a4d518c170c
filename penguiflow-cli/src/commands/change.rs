//! Commands that change a trace: they queue a request, and wait for the answer of the host.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use penguiflow::TraceId;
use penguiflow_sqlite::admin::{Admin, Answer, CommandId, Host, Request};
use serde::Serialize;

use crate::args::{Place, Target};
use crate::text;

/// How often it looks for the answer.
const EVERY: Duration = Duration::from_millis(25);

/// What became of a request.
#[derive(Serialize)]
pub(super) struct Asked {
    trace: TraceId,
    verb: &'static str,
    command: CommandId,
    done: bool,
    #[serde(skip)]
    pub(super) sentence: String,
}

/// Queues what `request` makes of the store and the trace that is meant.
pub(super) fn run(
    place: &Place,
    target: &Target,
    request: impl FnOnce(&Admin, TraceId) -> Result<Request>,
) -> Result<Asked> {
    let admin = Admin::open(&place.path)?;
    let trace = admin.find(&target.id)?;
    let request = request(&admin, trace)?;
    let command = admin.ask(trace, &request)?;
    let (done, sentence) = match answer(&admin, command, target.wait)? {
        Some(Answer::Done) => (true, format!("{} {trace}\n", done(&request))),
        Some(Answer::Refused(reason)) => bail!("the host refused it: {reason}"),
        None => (false, queued(&admin, command, target.wait)?),
    };
    let verb = request.verb();
    Ok(Asked {
        trace,
        verb,
        command,
        done,
        sentence,
    })
}

/// The answer, unless no host is there or the time is over.
fn answer(admin: &Admin, command: CommandId, wait: Duration) -> Result<Option<Answer>> {
    let until = Instant::now() + wait;
    loop {
        let answer = admin.answer(command)?;
        if answer.is_some() || !admin.host()?.is_running() || Instant::now() >= until {
            return Ok(answer);
        }
        thread::sleep(EVERY);
    }
}

/// Where no host is running, being queued is all that can be done.
fn queued(admin: &Admin, CommandId(command): CommandId, wait: Duration) -> Result<String> {
    let host = match admin.host()? {
        Host::Process(host) => format!("the host, process {} on {},", host.pid, host.host),
        Host::Unknown => "the host".to_owned(),
        Host::None => {
            return Ok(format!(
                "queued as command {command}: no host is running; the next one that opens the \
                 store applies it\n"
            ));
        }
    };
    let wait = text::span(wait);
    bail!("{host} has not answered within {wait}; command {command} stays queued")
}

fn done(request: &Request) -> &'static str {
    match request {
        Request::Resume { .. } => "resumed",
        Request::Cancel => "cancelled",
        Request::Retry { .. } => "to run again:",
        Request::Drop => "dropped",
        _ => "changed",
    }
}
