//! Code that the user denies all warnings in: routing adds none.
#![deny(warnings, unused, clippy::all, clippy::pedantic)]
// Nodes are async, whether they wait or not.
#![allow(clippy::unused_async)]

use penguiflow::prelude::*;

use super::output;

/// What an arm binds for its guard alone, or binds and passes on, or names for the reader.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
enum Job {
    Print { pages: u32, title: String },
    Scan(u32),
    Rest,
}

#[node]
async fn job(number: u32) -> Job {
    match number {
        0 => Job::Rest,
        1..10 => Job::Scan(number),
        pages => Job::Print {
            pages,
            title: "Emma".to_owned(),
        },
    }
}

#[node]
async fn whole(job: Job) -> String {
    format!("{job:?}")
}

#[node]
async fn title(title: String) -> String {
    title
}

#[node]
async fn done(title: String) -> String {
    title
}

flow! {
    /// Whole-value arms with bindings that nobody reads, by-value arms, a lone value, groups.
    #[flow(durable)]
    struct Office(u32) -> String;

    job -> match {
        Job::Print { pages, title } if *pages > 100 => whole,
        Job::Scan(pages @ 1..=3) => whole,
        Job::Scan(pages) | Job::Print { pages, .. } if *pages == 5 => whole,
        Job::Print { title: name, .. } => title(name),
        Job::Scan(pages) => title(pages.to_string()),
        rest => whole,
    } -> done;
}

#[tokio::test]
async fn bindings_that_nobody_reads_are_no_warnings() -> Result<(), FlowError> {
    let flow = Office::flow();
    for (input, expected) in [
        (0u32, "Rest"),
        (2, "Scan(2)"),
        (5, "Scan(5)"),
        (7, "7"),
        (50, "Emma"),
        (500, r#"Print { pages: 500, title: "Emma" }"#),
    ] {
        assert_eq!(output(&flow, input).await?, expected);
    }
    Ok(())
}
