//! One error: a variant in a pattern does not exist.
use penguiflow::prelude::*;

enum Topic { Sql, Doc }

#[node]
async fn triage(n: u32) -> Topic { if n > 0 { Topic::Sql } else { Topic::Doc } }

#[node]
async fn answer(_: Topic) -> u32 { 0 }

fn main() {
    let _ = flow! { triage -> match { Topic::Sq => answer, Topic::Doc => answer } };
}
