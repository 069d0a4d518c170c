//! What can be written on the command line: help, completions and the manual page are made of it.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand, ValueHint};
use penguiflow_sqlite::admin::{State, Time};

/// Looks at durable flows in their store, asks their host to change traces, and draws graphs.
///
/// The store is the SQLite file of a running flow, or of one that has ended. Reading it does not
/// disturb the process that runs the flow, the host. What changes a trace is queued in the store: the
/// host applies and answers it. Ids of traces and steps may be abbreviated.
///
/// It exits with 0 if all is well, with 1 if the request failed, and with 2 if it was not understood.
#[derive(Parser)]
#[command(name = "penguiflow", version, max_term_width = 100)]
pub(crate) struct Args {
    /// The file of the store.
    #[arg(
        short,
        long,
        global = true,
        env = "PENGUIFLOW_STORE",
        value_name = "FILE",
        value_hint = ValueHint::FilePath
    )]
    store: Option<PathBuf>,
    /// The time that ages are counted to, for pages whose output is to stay the same.
    #[arg(long, global = true, env = "PENGUIFLOW_NOW", hide = true, value_parser = time)]
    now: Option<Time>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Lists traces, the newest first.
    Traces(Traces),
    /// Shows a trace: where it stands, what it did, and the graph of its flow.
    Show(Show),
    /// Lists the steps that wait for a value from outside.
    Waiting(Waiting),
    /// Gives a parked trace the value that it waits for.
    Resume(Resume),
    /// Lists dead letters, or shows one: its error, its path and its input.
    Dead(Dead),
    /// Runs the failed step of a dead letter again.
    Retry(Retry),
    /// Ends the trace of a dead letter as failed.
    Drop(Change),
    /// Ends a trace.
    Cancel(Change),
    /// Lists the schedules by which flows are given messages.
    Schedules(Output),
    /// Copies the store to a new file, whatever its host does meanwhile.
    Backup(Backup),
    /// Shows how many traces are in each state, and how many come and go, again and again.
    Top(Top),
    /// Draws the graph of a flow from its JSON.
    Draw(Draw),
    /// Prints the completions of a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Prints the manual page.
    Man,
}

/// The store, and the time that ages are counted to.
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) now: Time,
}

impl Args {
    /// Where the store is. Whether it is named at all depends on the command.
    pub(crate) fn place(&self) -> Result<Place, clap::Error> {
        let missing = || {
            let what = "name the store: `--store FILE`, or the variable `PENGUIFLOW_STORE`";
            Self::command().error(ErrorKind::MissingRequiredArgument, what)
        };
        Ok(Place {
            path: self.store.clone().ok_or_else(missing)?,
            now: self.now.unwrap_or_else(Time::now),
        })
    }
}

#[derive(clap::Args)]
pub(crate) struct Output {
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct Traces {
    #[command(flatten)]
    pub(crate) output: Output,
    /// Those in one of these states.
    #[arg(long = "state", value_delimiter = ',', value_parser = states(), value_name = "STATE")]
    pub(crate) states: Vec<State>,
    /// Those of this flow.
    #[arg(long)]
    pub(crate) flow: Option<String>,
    /// Those that were emitted so long ago, or longer: `2h`, `30m`.
    #[arg(long, value_parser = span, value_name = "AGE")]
    pub(crate) older: Option<Duration>,
    /// Those that were emitted since so long ago.
    #[arg(long, value_parser = span, value_name = "AGE")]
    pub(crate) newer: Option<Duration>,
    /// Those whose error is of this kind, or has this text in its message or causes.
    #[arg(long, value_name = "KIND")]
    pub(crate) error: Option<String>,
    #[command(flatten)]
    pub(crate) page: Page,
}

#[derive(clap::Args)]
pub(crate) struct Page {
    /// At most so many.
    #[arg(long, default_value_t = 20, value_name = "COUNT")]
    pub(crate) limit: u32,
    /// Those before this number, which the end of a list names where more follow.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) before: Option<i64>,
}

#[derive(clap::Args)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) output: Output,
    /// The trace, by the first digits of its id.
    pub(crate) id: String,
    /// Shows all attempts, and not the last 30 alone.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) picture: Picture,
}

/// Which picture of a graph is drawn. `show` writes a text if none is named.
#[derive(clap::Args)]
pub(crate) struct Picture {
    /// Draws the graph as SVG.
    #[arg(long, group = "picture")]
    pub(crate) svg: bool,
    /// Draws the graph as Mermaid.
    #[arg(long, group = "picture")]
    pub(crate) mermaid: bool,
    /// Draws the graph in the language of Graphviz.
    #[arg(long, group = "picture")]
    pub(crate) dot: bool,
    /// Writes the types beside the arrows of the SVG.
    #[arg(long, requires = "svg")]
    pub(crate) types: bool,
    /// Draws the SVG light on black.
    #[arg(long, requires = "svg")]
    pub(crate) dark: bool,
}

#[derive(clap::Args)]
pub(crate) struct Waiting {
    #[command(flatten)]
    pub(crate) output: Output,
    /// Those of this flow.
    #[arg(long)]
    pub(crate) flow: Option<String>,
    #[command(flatten)]
    pub(crate) page: Page,
}

#[derive(clap::Args)]
pub(crate) struct Change {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// The trace that a host is asked to change.
#[derive(clap::Args)]
pub(crate) struct Target {
    /// The trace, by the first digits of its id.
    pub(crate) id: String,
    /// How long to wait for the answer of the host.
    #[arg(long, default_value = "5s", value_parser = span, value_name = "TIME")]
    pub(crate) wait: Duration,
}

#[derive(clap::Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The step, where the trace is parked at several.
    #[arg(long)]
    pub(crate) step: Option<String>,
    /// The value; `-` reads it from the standard input.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) json: String,
}

#[derive(clap::Args)]
pub(crate) struct Retry {
    #[command(flatten)]
    pub(crate) change: Change,
    /// Another input for the step as JSON; `-` reads it from the standard input.
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) input: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct Dead {
    #[command(flatten)]
    pub(crate) output: Output,
    /// The trace whose dead letter is shown, by the first digits of its id.
    pub(crate) id: Option<String>,
    /// Those of this flow.
    #[arg(long, conflicts_with = "id")]
    pub(crate) flow: Option<String>,
    #[command(flatten)]
    pub(crate) page: Page,
}

#[derive(clap::Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    pub(crate) output: Output,
    /// The new file.
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct Top {
    #[command(flatten)]
    pub(crate) output: Output,
    /// How often it looks.
    #[arg(long, default_value = "2s", value_parser = span, value_name = "TIME")]
    pub(crate) every: Duration,
    /// The time that the rates are counted over.
    #[arg(long, default_value = "10s", value_parser = span, value_name = "TIME")]
    pub(crate) over: Duration,
    /// Looks once.
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(clap::Args)]
pub(crate) struct Draw {
    /// The graph, as `flow.graph().to_json()` writes it; `-` reads it from the standard input.
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) graph: PathBuf,
    #[command(flatten)]
    pub(crate) picture: Picture,
}

/// `90s`, `2h 30m`; not zero.
fn span(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("it must be longer than nothing".to_owned()),
        Ok(span) => Ok(span),
        Err(error) => Err(error.to_string()),
    }
}

fn time(text: &str) -> Result<Time, String> {
    let time = humantime::parse_rfc3339(text);
    time.map(Time::from).map_err(|error| error.to_string())
}

fn states() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::EACH.map(State::as_str)).try_map(|name| {
        let mut states = State::EACH.into_iter();
        let found = states.find(|state| state.as_str() == name);
        found.ok_or("it is no state")
    })
}
