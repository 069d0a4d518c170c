//! Commands that change a trace: they queue a request, and wait for the answer of the host.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use penguiflow::TraceId;
use penguiflow_sqlite::admin::{Admin, Answer, CommandId, Host, Request};
use serde_json::json;

use crate::args::Change;
use crate::text;

/// How often it looks for the answer.
const EVERY: Duration = Duration::from_millis(25);

/// Queues what `request` makes of the store and the trace that is meant.
pub(super) fn run(
    args: &Change,
    request: impl FnOnce(&Admin, TraceId) -> Result<Request>,
) -> Result<String> {
    let admin = Admin::open(&args.store.store)?;
    let id = admin.find(&args.id)?;
    let request = request(&admin, id)?;
    let command = admin.ask(id, &request)?;
    let answer = answer(&admin, command, args.wait)?;
    let (is_done, sentence) = match answer {
        Some(Answer::Done) => (true, format!("{} {id}\n", done(&request))),
        Some(Answer::Refused(reason)) => bail!("the host refused it: {reason}"),
        None => (false, queued(&admin, command, args.wait)?),
    };
    match args.store.json {
        true => text::json(&json!({
            "trace": id, "verb": request.verb(), "command": command, "done": is_done,
        })),
        false => Ok(sentence),
    }
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
