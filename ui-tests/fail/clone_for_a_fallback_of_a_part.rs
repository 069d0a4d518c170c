//! One error: a part with a fallback uses up a message that is not `Clone`.
use penguiflow::prelude::*;

struct Plan;

#[node]
async fn plan(_: String) -> Plan { Plan }

#[node]
async fn act(_: Plan) -> Result<String, String> { Err(String::new()) }

#[node]
async fn shout(text: String) -> String { text }

#[node]
async fn sorry(_: Plan) -> String { String::new() }

fn main() {
    let _ = flow! { plan -> (act -> shout) else sorry };
}
