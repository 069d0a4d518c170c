//! One error: an arm passes an expression on, which its node does not take.
use penguiflow::prelude::*;

enum Topic { Sql(u32), Doc(String) }

#[node]
async fn triage(n: u32) -> Topic { if n > 0 { Topic::Sql(n) } else { Topic::Doc(String::new()) } }

#[node]
async fn sql(n: u32) -> u32 { n }

fn main() {
    let _ = flow! { triage -> match { Topic::Sql(n) => sql(n), Topic::Doc(text) => sql(text) } };
}
