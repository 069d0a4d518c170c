//! A team of agents: a planner splits a question into tasks, each of a type that one specialist takes; a
//! map has the specialists work at once; a writer makes a text of what they found; and a critic sends it
//! back until it is good, or the rounds are used up. All of them may ask the model, whose tokens the trace
//! counts together. The one for terms calls a tool of an MCP server, which is this program in a process of
//! its own.

mod define;
mod glossary;
mod scripted;
mod specialists;
mod team;
#[cfg(test)]
mod tests;
mod writing;

use std::error::Error;
use std::process::ExitCode;

use define::GlossaryServer;
use handbook::Index;
use handbook::cli::{self, say};
use penguiflow_llm::prelude::*;
use team::{App, Report, Team};

const USAGE: &str = "\
Answers a question by a team: a planner, specialists, a writer and a critic.

Usage: cargo run -p agent_team -- [--folder PATH] [QUESTION]
       cargo run -p agent_team -- --glossary

  QUESTION        [default: how are retries configured, what is 3 * 5 + 0.5, and what is a hop?]
  --folder PATH   the folder of .md and .txt files that the researcher searches
                  [default: the project's own documentation]
  --glossary      serve the glossary, a tool of MCP, over standard input and output
  -h, --help      this text

A script answers in the place of a model. A real one is asked with OPENAI_API_KEY, or OPENAI_BASE_URL for
another server that speaks OpenAI's chat completions, and OPENAI_MODEL.";

const QUESTION: &str = "How are retries configured, what is 3 * 5 + 0.5, and what is a hop?";

#[tokio::main]
async fn main() -> ExitCode {
    let mut is_server = false;
    let flag = |name: &str| {
        is_server |= name == "glossary";
        name == "glossary"
    };
    let request = match cli::read_with(USAGE, QUESTION, flag) {
        Ok(request) => request,
        Err(code) => return code,
    };
    match is_server {
        true => cli::exit_code(glossary::server().serve_stdio().await),
        false => cli::exit_code(answer(request).await),
    }
}

async fn answer(request: cli::Request) -> Result<(), Box<dyn Error>> {
    let model = match OpenAi::from_env("gpt-5-mini") {
        Ok(model) => model.shared(),
        Err(_) => scripted::model().shared(),
    };
    let index = Index::of(&request.folder)?;
    let glossary = GlossaryServer::start().await?;
    let app = App {
        model,
        index,
        glossary,
    };
    let flow = Team::flow().with_state(app);
    let message = flow.run_message(request.question).await?;
    let Report {
        text,
        findings,
        revisions,
        is_accepted,
    } = message.payload;
    for finding in &findings {
        say(format_args!("{:?}\n  {}", finding.task, finding.text));
    }
    let verdict = match is_accepted {
        true => "accepted",
        false => "not accepted",
    };
    let plural = if revisions == 1 { "" } else { "s" };
    say(format_args!(
        "\n{text}\n\n{verdict} after {revisions} revision{plural}"
    ));
    say(format_args!("{} tokens", message.spent.tokens));
    Ok(())
}
