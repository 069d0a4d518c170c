//! What the agents in Rust share: the command line, and the clock.

use std::future::Future;
use std::hint::black_box;

use anyhow::{Context, Result, ensure};
use nix::time::{ClockId, clock_gettime};

/// How often the model is asked in a run: all but the last time it adds.
pub const TURNS: i64 = 10;

/// What it has added in the end.
pub const ANSWER: &str = "9";

/// What a model of a faulty kind answers first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It has none.
    None,
    /// It chooses a tool that does not exist.
    UnknownTool,
    /// It gives a tool a text in the place of a number.
    WrongArgument,
}

/// An agent that can be run again and again.
pub trait Agent {
    /// Answers, or says why it cannot.
    fn run(&self) -> impl Future<Output = Result<String, String>>;
}

/// Reads the command line, and prints one line of JSON: `measure RUNS`, `unknown-tool`, `wrong-argument`.
///
/// # Errors
///
/// If the command line is none of these, or the agent answers wrongly while it is measured.
pub async fn main<A: Agent>(version: &str, make: impl Fn(Fault) -> A) -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let line = match arguments.next().as_deref() {
        Some("measure") => {
            let runs = arguments.next().context("the number of runs is missing")?;
            measure(&make(Fault::None), runs.parse()?)
                .await?
                .to_string()
        }
        Some("unknown-tool") => ending(make(Fault::UnknownTool).run().await),
        Some("wrong-argument") => ending(make(Fault::WrongArgument).run().await),
        Some("version") => version.to_owned(),
        _ => anyhow::bail!("write `measure RUNS`, `unknown-tool`, `wrong-argument` or `version`"),
    };
    println!("{}", serde_json::Value::from(line));
    Ok(())
}

/// The CPU time of a turn in nanoseconds.
async fn measure<A: Agent>(agent: &A, runs: u32) -> Result<f64> {
    for _ in 0..runs / 10 + 1 {
        let answer = agent.run().await;
        ensure!(answer.as_deref() == Ok(ANSWER), "{answer:?}");
    }
    let began = cpu()?;
    for _ in 0..runs {
        let _ = black_box(agent.run().await);
    }
    Ok((cpu()? - began) / f64::from(runs) / TURNS as f64)
}

/// The CPU time of this process, in nanoseconds.
fn cpu() -> Result<f64> {
    let time = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?;
    Ok(time.tv_sec() as f64 * 1e9 + time.tv_nsec() as f64)
}

fn ending(answer: Result<String, String>) -> String {
    match answer {
        Ok(answer) => format!("answers {answer}"),
        Err(error) => format!("fails: {error}"),
    }
}
