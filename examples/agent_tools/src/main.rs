//! An agent with tools: it searches the handbook, calculates, fetches pages of the web, and sends mails
//! that a human approves. The model chooses, and the tools are the arms of a `match`: a tool that nobody
//! routed does not compile, and the model can answer with nothing else.
//!
//! The memory travels round the loop as the message. Each `else` is a way on: when the messages are too
//! long for the model, they are shortened; when the hops or the tokens are used up, there is a last
//! answer; a page that cannot be fetched is a fact; and a mail that nobody approves is not sent.

mod action;
mod desk;
mod memory;
mod scripted;
#[cfg(test)]
mod tests;
mod thinking;
mod tools;
mod web;

use std::error::Error;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::{Arc, mpsc};

use action::Action;
use desk::Desk;
use handbook::Index;
use handbook::cli::{self, say};
use lexopt::{Arg, Parser, ValueExt};
use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use thinking::{Answer, Decide, begin, conclude, finish, trim};
use tools::{Approval, Lookup, Outbox, calculate, fetch, note_failure, propose, refuse, send};
use web::Web;

const USAGE: &str = "\
Answers a question with tools: it searches the handbook, calculates, fetches pages, and sends mails.

Usage: cargo run -p agent_tools -- [--approve | --refuse] [--hops N] [--tokens N] [QUESTION]

  QUESTION    [default: one that needs each tool once]
  --approve   approve each mail; --refuse refuses each. Otherwise you are asked
  --hops N    how often a tool may be used [default: 8]
  --tokens N  how many tokens the model may take [default: no limit]
  -h, --help  this text

A script answers in the place of a model. A real one is asked with OPENAI_API_KEY, or OPENAI_BASE_URL for
another server that speaks OpenAI's chat completions, and OPENAI_MODEL.";

flow! {
    /// Answers a question with tools.
    pub(crate) struct Agent(String) -> Answer;

    begin -> Decide else conclude;
    Decide -> match {
        (Action::Search { query }, memory) => Lookup((query, memory)) -> trim,
        (Action::Calculate { sum }, memory) => calculate((sum, memory)) -> trim,
        (Action::Fetch { url }, memory) => fetch((url, memory)) else note_failure -> trim,
        (Action::Send(mail), memory) =>
            propose((mail, memory)) -> await Approval within "1h" else refuse -> send -> trim,
        (Action::Finish { answer }, memory) => finish((answer, memory)),
    };
    trim -> Decide;
}

/// What the nodes share.
#[derive(Clone, FromRef)]
pub(crate) struct App {
    pub(crate) model: Arc<dyn Model>,
    pub(crate) index: Index,
    pub(crate) web: Web,
    pub(crate) outbox: Outbox,
}

/// What the command line asks for.
struct Given {
    desk: Desk,
    hops: u32,
    tokens: Option<u64>,
    question: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(work().await)
}

async fn work() -> Result<(), Box<dyn Error>> {
    let Some(given) = given(Parser::from_env())? else {
        say(USAGE);
        return Ok(());
    };
    let web = Web::serve().await?;
    let news = web.url("news");
    let question = match &*given.question {
        [] => format!(
            "How are retries configured, what is 3 * 5 + 0.5, and what is the news at {news}? Mail \
             what you find to ada@example.org."
        ),
        words => words.join(" "),
    };
    let model = match OpenAi::from_env("gpt-5-mini") {
        Ok(model) => model.shared(),
        Err(_) => scripted::model(news).shared(),
    };
    let (outbox, sent) = mpsc::channel();
    let app = App {
        model,
        index: Index::of(cli::documentation().join("docs"))?,
        web,
        outbox: Outbox(outbox),
    };
    say(format_args!("Question: {question}\n"));
    let flow = Agent::flow().with_state(app).show_payloads();
    let mut message = Message::new(question).hops(given.hops);
    if let Some(tokens) = given.tokens {
        message = message.tokens(tokens);
    }
    let answer = answered(&flow, given.desk, message).await?;
    say(format_args!("\n{}\n{}", answer.memory, answer.text));
    for mail in sent.try_iter() {
        say(format_args!("Mail: {mail}"));
    }
    Ok(())
}

/// Runs the flow, and hands what waits to the desk meanwhile.
async fn answered(
    flow: &Flow<Agent, App>,
    desk: Desk,
    question: Message<String>,
) -> Result<Answer, Box<dyn Error>> {
    let mut parkings = flow.parkings();
    let mut answer = pin!(flow.run(question));
    loop {
        tokio::select! {
            answer = &mut answer => return Ok(answer?),
            Some(parked) = parkings.next() => desk.decide(flow, parked).await?,
        }
    }
}

/// What the command line asks for; `None` asks for help.
fn given(mut arguments: Parser) -> Result<Option<Given>, lexopt::Error> {
    let mut given = Given {
        desk: Desk::Asks,
        hops: 8,
        tokens: None,
        question: Vec::new(),
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("approve") => given.desk = Desk::Approves,
            Arg::Long("refuse") => given.desk = Desk::Refuses,
            Arg::Long("hops") => given.hops = arguments.value()?.parse()?,
            Arg::Long("tokens") => given.tokens = Some(arguments.value()?.parse()?),
            Arg::Value(word) => given.question.push(word.into_string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(given))
}
