//! `penguiflow top`

use std::io::{self, IsTerminal};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use penguiflow_sqlite::admin::{Admin, FlowActivity, Host, State};
use serde_json::json;

use crate::args::{Place, Top};
use crate::output::{self, Reader};
use crate::{table, text};

/// Moves to the upper left corner and clears the screen.
const CLEAR: &str = "\x1b[H\x1b[2J";

pub(super) fn run(place: &Place, args: &Top) -> Result<String> {
    let admin = Admin::open(&place.path)?;
    loop {
        let view = view(&admin, place, args)?;
        if args.once {
            return Ok(view);
        }
        let clear = match io::stdout().is_terminal() && !args.output.json {
            true => CLEAR,
            false => "",
        };
        if output::print(&(clear.to_owned() + &view))? == Reader::Left {
            return Ok(String::new());
        }
        thread::sleep(args.every);
    }
}

fn view(admin: &Admin, place: &Place, args: &Top) -> Result<String> {
    let now = place.now;
    let (flows, host) = (admin.activity(now, args.over)?, admin.host()?);
    if args.output.json {
        let is_running = host.is_running();
        let view = json!({"at": now, "host_is_running": is_running, "flows": flows});
        return Ok(view.to_string() + "\n");
    }
    let store = place.path.display();
    let head = format!("{store}  {now}  {}\n\n", described(&host));
    let rows = flows.iter().map(|flow| row(flow, args.over));
    let header = [
        "FLOW", "RUN", "PARK", "RETRY", "DEAD", "DONE", "FAIL", "CANCEL", "IN/S", "OUT/S",
    ];
    Ok(head + &table::table(header, 1, rows))
}

fn described(host: &Host) -> String {
    match host {
        Host::None => "no host is running".to_owned(),
        Host::Unknown => "a host is running".to_owned(),
        Host::Process(host) => text::one_line(&format!("process {} on {}", host.pid, host.host)),
    }
}

fn row(flow: &FlowActivity, over: Duration) -> [String; 10] {
    let of = |state| flow.counts.of(state).to_string();
    let rate = |count: u64| rate(count as f64 / over.as_secs_f64());
    [
        flow.flow.clone(),
        of(State::Running),
        of(State::Parked),
        of(State::Retrying),
        of(State::Dead),
        of(State::Done),
        of(State::Failed),
        of(State::Cancelled),
        rate(flow.emitted),
        rate(flow.ended),
    ]
}

/// With as many decimals as say something.
fn rate(per_second: f64) -> String {
    let decimals = match per_second {
        ..0.1 if per_second > 0.0 => 3,
        ..10.0 => 1,
        _ => 0,
    };
    format!("{per_second:.decimals$}")
}
