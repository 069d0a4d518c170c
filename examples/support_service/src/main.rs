//! A service: a flow behind [axum](https://docs.rs/axum). It answers questions from the project's
//! handbook in a model's words, as JSON and as server-sent events, with deadlines, tenants, refusals
//! and a graceful stop. The models are a server on this machine that fails on purpose.

mod access_log;
mod client;
mod demo;
mod fake_model;
mod handlers;
mod model;
mod nodes;
mod sse;
mod support;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::io::{self, IsTerminal};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::time::Duration;

use client::Client;
use fake_model::FakeModel;
use handbook::Index;
use handbook::cli::{self, say};
use handlers::Service;
use lexopt::{Arg, Parser, ValueExt};
use model::Models;
use nodes::App;
use penguiflow::prelude::Ledger;
use penguiflow_serve::{Inspector, shutdown_signal};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const USAGE: &str = "\
Answers questions from the project's own handbook, over HTTP.

Usage: cargo run -p support_service -- [--demo] [--port PORT]

  --demo       asks itself some questions, and stops
  --port PORT  where to listen on this machine [default: 8080; any with --demo]
  -h, --help   this text

Headers: `x-tenant`, `x-request-timeout`, and `traceparent` as W3C has it. A word in the question
has the model fail: #slow, #busy, #down, #outage, #refuse, #break, #silent. Ctrl-C stops it.";

const CURL: &str = r#"
curl ADDRESS/support/run --json '{"question": "How are retries configured?"}'
curl -N ADDRESS/support/stream --json '{"question": "How are retries configured?"}'
curl ADDRESS/openapi.json
curl ADDRESS/health

In a browser: ADDRESS/support/inspector
"#;

type Failure = Box<dyn Error + Send + Sync>;

/// How long requests have that are in flight when it is stopped.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(work().await)
}

async fn work() -> Result<(), Failure> {
    let Some(Given { is_demo, port }) = given(Parser::from_env())? else {
        say(USAGE);
        return Ok(());
    };
    log_to_stderr();
    let models = Models::of(FakeModel::start().await?.address);
    let index = Index::of(cli::documentation())?;
    let inspector = Inspector::new();
    let flow = support::flow(App { index, models }).observe(inspector.clone());
    let service = flow.start();
    let listener = listen(port).await?;
    let address = listener.local_addr()?;
    say(format_args!("listening on http://{address}"));
    let ledger = match is_demo {
        true => serve_demo(listener, &service, inspector).await?,
        false => {
            say(CURL.replace("ADDRESS", &address.to_string()));
            serve(listener, &service, inspector, shutdown_signal(), GRACE).await?
        }
    };
    say(format_args!("stopped: {ledger:?}"));
    Ok(())
}

async fn listen(port: u16) -> Result<TcpListener, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    listener.map_err(|error| format!("cannot listen on port {port}: {error}"))
}

/// Serves until the demo is over.
async fn serve_demo(
    listener: TcpListener,
    service: &Service,
    inspector: Inspector,
) -> Result<Ledger, Failure> {
    let client = Client::of(listener.local_addr()?);
    let (stops, stopped) = oneshot::channel::<()>();
    let stop = async { drop(stopped.await) };
    let asking = async {
        let asked = demo::run(&client).await;
        drop(stops);
        asked
    };
    let (served, asked) = tokio::join!(serve(listener, service, inspector, stop, GRACE), asking);
    asked?;
    Ok(served?)
}

/// Serves until `stop` is over, and gives requests in flight the grace to end.
async fn serve(
    listener: TcpListener,
    service: &Service,
    inspector: Inspector,
    stop: impl Future<Output = ()> + Send + 'static,
    grace: Duration,
) -> io::Result<Ledger> {
    let server = penguiflow_serve::serve(listener, handlers::router(service, inspector));
    server
        .drain(service.clone())
        .grace(grace)
        .until(stop)
        .await?;
    Ok(service.ledger())
}

/// A line for each request, and what the flow warns of.
fn log_to_stderr() {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    tracing_subscriber::registry()
        .with(lines)
        .with(levels())
        .init();
}

fn levels() -> Targets {
    Targets::new()
        .with_default(Level::INFO)
        .with_target("penguiflow", Level::WARN)
}

/// What the command line asks for.
struct Given {
    is_demo: bool,
    port: u16,
}

/// Reads the command line; `None` asks for help.
fn given(mut arguments: Parser) -> Result<Option<Given>, lexopt::Error> {
    let (mut is_demo, mut port) = (false, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("demo") => is_demo = true,
            Arg::Long("port") => port = Some(arguments.value()?.parse()?),
            other => return Err(other.unexpected()),
        }
    }
    let port = port.unwrap_or(if is_demo { 0 } else { 8080 });
    Ok(Some(Given { is_demo, port }))
}
