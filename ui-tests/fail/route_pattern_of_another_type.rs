//! One error: a pattern does not fit the output that it is matched with.
use penguiflow::prelude::*;

enum Topic { Sql, Doc }

#[node]
async fn triage(n: u32) -> Result<Option<Topic>, String> { Ok(if n > 0 { Some(Topic::Sql) } else { Some(Topic::Doc) }) }

#[node]
async fn answer(_: Topic) -> u32 { 0 }

fn main() {
    let _ = flow! { triage -> match { Some(Topic::Sql) => answer, _ => answer } };
}
