//! One error: the same, where the map begins with a `match`.
use penguiflow::prelude::*;

pub enum Topic { Sql(u32), Doc(String) }

#[node]
async fn triage(question: String) -> Topic { if question.is_empty() { Topic::Sql(0) } else { Topic::Doc(question) } }

#[node]
async fn sql(n: u32) -> u32 { n }

#[node]
async fn doc(_: String) -> u32 { 0 }

fn main() {
    let _ = flow! { triage -> [match { Topic::Sql(n) => sql(n), Topic::Doc(text) => doc(text) }; 8] -> join };
}
