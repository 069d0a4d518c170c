//! The flows that are killed. What they put out depends on their input alone, and so does which nodes run
//! how often: the branch that loses the race begins each time and never ends.

use penguiflow::host::Durability;
use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Runs;

/// What a parked trace waits for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pass(pub u64);

/// The message with this number, whose trace has the same id in every process.
///
/// # Panics
///
/// Never: no id is zero.
pub fn message(number: u64) -> Message<u64> {
    let id = TraceId::from_u128(u128::from(number) + 1).expect("not zero");
    Message::new(number).trace_id(id)
}

/// By which of the two flows a trace runs: `Voyage` is stored at each step, `Coasting` where it waits.
pub fn durability(trace: TraceId) -> Durability {
    match trace.to_u128() % 4 {
        0 => Durability::AtAwaits,
        _ => Durability::Steps,
    }
}

/// What a result is that is an error: of a trace that was cancelled, and of one that is a dead letter.
pub const CANCELLED: u64 = u64::MAX;
/// See [`CANCELLED`].
pub const DEAD: u64 = u64::MAX - 1;

/// What is added to an input of `reef`, so that it fails no more.
const STEERED: u64 = 1 << 40;

/// Whether the trace is a dead letter once.
pub fn runs_aground(trace: TraceId) -> bool {
    trace.to_u128() % 13 == 2
}

/// Whether the trace is cancelled where it waits: where nothing else of it runs meanwhile, which would be
/// cut anywhere.
pub fn is_given_up(trace: TraceId) -> bool {
    trace.to_u128().is_multiple_of(33) && durability(trace) == Durability::Steps
}

/// The input with which a step that has failed for good goes on.
///
/// # Panics
///
/// If it is of another node than `reef`.
pub fn steered(input: &serde_json::Value) -> serde_json::Value {
    let n = input["reef"].as_u64().expect("an input of `reef`");
    serde_json::json!({ "reef": n + STEERED })
}

flow! {
    /// Fan-out with a join, a loop, a map, a race, retries, a fallback, a dead letter in some traces, a flow
    /// as a node, two calls of a flow, a wait in every third trace, which some do not survive, and a fork
    /// with two outputs.
    #[flow(durable, hops = 32)]
    pub struct Voyage(u64) -> u64;

    depart -> [tag, weigh] -> join -> pack -> halve -> match {
        Round::Next(n) => halve(n),
        Round::Last(n) => list(n) -> [measure; 3] -> join -> total,
    };
    total -> [tow, drift] -> race -> flaky -> brittle else patch -> reef -> Survey -> ask -> match {
        Stage::Held(n) => hold(n) -> await Pass -> admit -> land,
        Stage::Free(n) => land(n),
    };
    land -> [count, report];
}

flow! {
    /// A wait in every trace, beside a branch that runs, so that some places are stored while other steps
    /// are under way. Retries, a fallback, a dead letter and two outputs lie between stored places.
    #[flow(durable = "awaits")]
    pub struct Coasting(u64) -> u64;

    depart -> [tag, weigh] -> join -> pack;
    pack -> [hold -> await Pass -> admit, flaky] -> join -> reckon -> Survey;
    Survey -> brittle else patch -> reef -> [count, report];
}

flow! {
    /// What the flows have as a node, and the voyage calls.
    struct Survey(u64) -> u64;

    sight -> [chart, sound] -> join -> reckon;
}

/// Whether the loop goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Round {
    Next(u64),
    Last(u64),
}

/// Whether a trace waits.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Stage {
    Held(u64),
    Free(u64),
}

#[node]
async fn depart(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    n
}

#[node]
async fn tag(n: u64, ctx: Ctx, State(runs): State<Runs>) -> String {
    runs.add(&ctx);
    format!("no. {n}")
}

#[node]
async fn weigh(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    n * 8
}

#[node]
async fn pack((tag, weight): (String, u64), ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    weight + tag.len() as u64
}

/// Goes round until the number is odd, or below 100: once to about nine times.
#[node]
async fn halve(n: u64, ctx: Ctx, State(runs): State<Runs>) -> Round {
    runs.add(&ctx);
    if n % 2 == 1 || n < 100 {
        Round::Last(n)
    } else {
        Round::Next(n / 2)
    }
}

/// Some lists make the frontier so long that it has a journal.
#[node]
async fn list(n: u64, ctx: Ctx, State(runs): State<Runs>) -> Vec<String> {
    runs.add(&ctx);
    let width = if n % 16 == 3 { 700 } else { 7 };
    let items = (0..n % 7).map(|item| format!("{:0width$}", n + item));
    items.collect()
}

#[node]
async fn measure(item: String, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    item.trim_start_matches('0').len() as u64 + item.len() as u64
}

#[node]
async fn total(items: Vec<u64>, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    tell(&items, &ctx).await;
    items.iter().sum::<u64>() + ctx.trace_id().to_u128() as u64
}

/// Wins the race once the other one has begun, too.
#[node]
async fn tow(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    tokio::task::yield_now().await;
    n + 1
}

#[node]
async fn drift(_: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    std::future::pending().await
}

/// Fails up to twice.
#[node(retries = 2, backoff = "1ms")]
async fn flaky(n: u64, ctx: Ctx, State(runs): State<Runs>) -> Result<u64, String> {
    runs.add(&ctx);
    if u64::from(ctx.attempt()) < n % 3 {
        return Err("rough seas".to_owned());
    }
    Ok(n + 10 * u64::from(ctx.attempt()))
}

#[node]
async fn brittle(n: u64, ctx: Ctx, State(runs): State<Runs>) -> Result<u64, String> {
    runs.add(&ctx);
    if n.is_multiple_of(4) {
        return Err("it broke".to_owned());
    }
    Ok(n * 2)
}

#[node]
async fn patch(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    n * 5
}

/// On a store, some traces are dead letters here, until they are given [`steered`] inputs.
#[node]
async fn reef(n: u64, ctx: Ctx, State(runs): State<Runs>) -> Result<u64, String> {
    runs.add(&ctx);
    match n.checked_sub(STEERED) {
        None if runs.has_reefs && runs_aground(ctx.trace_id()) => Err("aground".to_owned()),
        None => Ok(n),
        Some(n) => Ok(n),
    }
}

/// Tells who follows the trace.
async fn tell(numbers: &[u64], ctx: &Ctx) {
    for number in numbers {
        ctx.chunk(number.to_string()).await;
    }
}

#[node]
async fn sight(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    n + 3
}

#[node]
async fn chart(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    n / 2
}

#[node]
async fn sound(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    tokio::task::yield_now().await;
    n % 11
}

#[node]
async fn reckon((chart, sound): (u64, u64), ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    chart + sound
}

/// Calls the survey twice at once.
#[node]
async fn ask(n: u64, ctx: Ctx, State(runs): State<Runs>) -> Result<Stage, FlowError> {
    runs.add(&ctx);
    let survey = Survey::flow().with_state(runs);
    let here = ctx.call_keyed("here", &survey, n);
    let there = ctx.call_keyed("there", &survey, n + 100);
    let (here, there) = tokio::try_join!(here, there)?;
    let n = here + there;
    Ok(match ctx.trace_id().to_u128() % 3 {
        0 => Stage::Held(n),
        _ => Stage::Free(n),
    })
}

#[node]
async fn hold(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    n + 7
}

#[node]
async fn admit((n, pass): (u64, Pass), ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    n + pass.0
}

#[node]
async fn land(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    n
}

#[node]
async fn count(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    n * 1_000
}

#[node]
async fn report(n: u64, ctx: Ctx, State(runs): State<Runs>) -> u64 {
    runs.add(&ctx);
    tell(&[n, n + 1], &ctx).await;
    n * 1_000 + 1
}
