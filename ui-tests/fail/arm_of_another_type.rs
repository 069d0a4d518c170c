//! Two errors: an arm's expression, and an arm's whole value, are of another type.
use penguiflow::prelude::*;

pub enum Topic {
    Sql(u32),
    Doc(String),
}

#[node]
async fn triage(question: String) -> Topic {
    Topic::Doc(question)
}

#[node]
async fn sql(query: u32) -> String {
    query.to_string()
}

flow! {
    struct Support(String) -> String;

    triage -> match {
        Topic::Doc(text) => sql(text),
        Topic::Sql(_) => sql,
    };
}

fn main() {}
