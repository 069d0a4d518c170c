//! One error: a `match` leaves out a case.
use penguiflow::prelude::*;

pub enum Topic {
    Sql(u32),
    Doc(String),
    Chat(String),
}

#[node]
async fn triage(question: String) -> Topic {
    Topic::Chat(question)
}

#[node]
async fn sql(query: u32) -> String {
    query.to_string()
}

#[node]
async fn chat(_: Topic) -> String {
    String::new()
}

flow! {
    struct Support(String) -> String;

    triage -> match {
        Topic::Sql(query) => sql(query),
        Topic::Chat(_) => chat,
    };
}

fn main() {}
