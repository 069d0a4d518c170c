//! One error: an arm passes the whole value on, which its node does not take.
use penguiflow::prelude::*;

enum Topic { Sql(u32), Doc }

#[node]
async fn triage(n: u32) -> Topic { if n > 0 { Topic::Sql(n) } else { Topic::Doc } }

#[node]
async fn sql(n: u32) -> u32 { n }

#[node]
async fn doc(_: Topic) -> u32 { 0 }

fn main() {
    let _ = flow! { triage -> match { Topic::Sql(_) => sql, Topic::Doc => doc } };
}
