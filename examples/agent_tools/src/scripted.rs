//! The model that answers unless the environment names a real one: a script for the default question.

use penguiflow_llm::prelude::*;

use crate::action::{Action, Mail};

/// A model that uses each tool once, and then answers with what they found.
pub(crate) fn model(news: String) -> FakeModel {
    FakeModel::rule(move |request: &Request| {
        let is_choice = |message: &&penguiflow_llm::ChatMessage| message.role == Role::Assistant;
        let choices = request.chat.messages.iter().filter(is_choice).count();
        match request.schema {
            Some(_) => Reply::json(&choice(choices, &news, &request.chat)),
            None => Reply::text(facts(&request.chat)),
        }
    })
}

fn choice(step: usize, news: &str, chat: &Chat) -> Action {
    let (query, sum) = ("How are retries configured?", "3 * 5 + 0.5");
    match step {
        0 => Action::Search {
            query: query.to_owned(),
        },
        1 => Action::Calculate {
            sum: sum.to_owned(),
        },
        2 => Action::Fetch {
            url: news.to_owned(),
        },
        3 => Action::Send(Mail {
            to: "ada@example.org".to_owned(),
            text: facts(chat),
        }),
        _ => Action::Finish {
            answer: format!("{} Retries are an option of a node.", facts(chat)),
        },
    }
}

/// The number and the page that the tools have found.
fn facts(chat: &Chat) -> String {
    let found = |tool: &str, kind: &str| {
        let start = format!("`{tool}` returned: {{\"{kind}\":");
        let texts = chat.messages.iter().map(|message| &message.content);
        let mut texts = texts.filter_map(move |text| text.strip_prefix(&*start));
        let text = texts.next().and_then(|text| text.strip_suffix('}'));
        text.unwrap_or("unknown").trim_matches('"').to_owned()
    };
    format!(
        "The sum is {}. The news: {}",
        found("Calculate", "Number"),
        found("Fetch", "Page")
    )
}
