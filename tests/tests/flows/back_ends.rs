//! A durable flow means the same whether it runs in memory or step by step: the same visits under
//! the same identities and envelopes, the same outputs, the same errors.

use penguiflow::host::{Advance, Line};
use penguiflow::prelude::*;
use penguiflow_tests::by_json::{by_json, orders};
use penguiflow_tests::support::Notebook;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn note(node: &str, n: u32, ctx: &Ctx, headers: &Headers, notes: &State<Notebook>) {
    let (key, topic) = (ctx.idempotency_key(), headers.topic.as_deref());
    notes.0.write(format!(
        "{node} {n} {key} {topic:?} {:?}",
        ctx.remaining().is_some()
    ));
}

macro_rules! nodes {
    ($($name:ident: $n:ident => $out:expr;)*) => {
        $(
            #[node]
            async fn $name($n: u32, ctx: Ctx, headers: Headers, notes: State<Notebook>) -> u32 {
                note(stringify!($name), $n, &ctx, &headers, &notes);
                $out
            }
        )*
    };
}

nodes! {
    a: n => n + 1;
    b: n => n * 2;
    c: n => n + 3;
    d: n => n * 5;
    e: n => n + 7;
}

#[node]
async fn list(n: u32, ctx: Ctx, headers: Headers, notes: State<Notebook>) -> Vec<u32> {
    note("list", n, &ctx, &headers, &notes);
    (0..n).collect()
}

#[node]
async fn sum(list: Vec<u32>) -> u32 {
    list.into_iter().sum()
}

#[node]
async fn add((one, other): (u32, u32), ctx: Ctx, headers: Headers, notes: State<Notebook>) -> u32 {
    note("add", one, &ctx, &headers, &notes);
    one + other
}

#[node]
async fn told((one, other): (Result<u32, NodeError>, Result<u32, NodeError>)) -> String {
    format!("{one:?} {other:?}")
}

#[node(retries = 1, backoff = "1ms..1ms")]
async fn fails(n: &u32, ctx: Ctx, headers: Headers, notes: State<Notebook>) -> Result<u32, String> {
    note("fails", *n, &ctx, &headers, &notes);
    Err(format!("{n} is not liked"))
}

#[node]
async fn instead(failed: Failed<u32>) -> u32 {
    failed.input + failed.error.message.len() as u32
}

#[node]
async fn named(n: u32, ctx: Ctx, headers: Headers, notes: State<Notebook>) -> Message<u32> {
    note("named", n, &ctx, &headers, &notes);
    Message::new(n)
        .topic(format!("topic {n}"))
        .deadline_in(std::time::Duration::from_secs(9))
}

#[node]
async fn panics(n: u32) -> u32 {
    assert!(n > 1_000, "{n} is too small");
    n
}

#[node]
async fn up(n: u32, ctx: Ctx, headers: Headers, notes: State<Notebook>) -> ControlFlow<u32, u32> {
    note("up", n, &ctx, &headers, &notes);
    match n {
        9.. => ControlFlow::Break(n),
        n => ControlFlow::Continue(n + 1),
    }
}

use list as list_too;
use named as named_too;

/// What is seen of an end.
type End<Out> = Result<Vec<Out>, String>;

fn end<Out: Ord>(ended: Result<Vec<Out>, FlowError>) -> End<Out> {
    let mut outputs = ended.map_err(|error| {
        let (kind, node, attempts) = (error.kind(), error.node(), error.attempts());
        format!("{kind:?} {node:?} {attempts} {error}")
    })?;
    outputs.sort();
    Ok(outputs)
}

async fn same<F>(flow: Flow<F>, input: u32)
where
    F: Advance<Notebook> + Line<Notebook>,
    F: penguiflow::host::Topology<In = u32>,
    F::Step: Clone + Serialize + DeserializeOwned,
    F::Out: Ord + std::fmt::Debug + Serialize + DeserializeOwned,
{
    let message = || {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736".parse();
        Message::new(input).trace_id(id.expect("a trace id"))
    };
    let in_memory = Notebook::new();
    let ran = flow.clone().with_state(in_memory.clone());
    let ended = end(ran.run_all(message()).await);
    let mut lines = in_memory.lines();
    lines.sort();
    for order in orders() {
        let by_steps = Notebook::new();
        let stepped = flow.clone().with_state(by_steps.clone());
        assert_eq!(end(by_json(&stepped, message(), order).await), ended);
        let mut other = by_steps.lines();
        other.sort();
        if ended.is_ok() {
            assert_eq!(other, lines);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn branches_and_matches_have_the_same_steps() {
    same(flow! { #[flow(durable)] a -> [b, c -> d, e] }, 1).await;
    for n in 0..3 {
        let uneven = flow! {
            #[flow(durable)]
            a -> [match { 1 => [b, c], 2 => d, _ => [b, c -> d, e] }, e -> b]
        };
        same(uneven, n).await;
    }
    same(flow! { #[flow(durable)] [a, b] -> c; a -> d }, 4).await;
    let round = flow! {
        #[flow(durable)]
        a -> [b, match { n if n < 4 => a(n), _ => c }]
    };
    same(round, 1).await;
}

#[tokio::test(start_paused = true)]
async fn joins_and_maps_have_the_same_steps_and_envelopes() {
    same(
        flow! { #[flow(durable)] a -> [b -> named, c -> named_too] -> join -> add -> d },
        1,
    )
    .await;
    same(
        flow! { #[flow(durable)] a -> [[b, panics] -> race -> d, e] -> join -> add },
        1,
    )
    .await;
    same(
        flow! { #[flow(durable)] list -> [b -> c; 2] -> join -> sum -> a },
        3,
    )
    .await;
    same(
        flow! { #[flow(durable)] list -> [[b, c] -> join -> add; 2] -> d },
        3,
    )
    .await;
    same(
        flow! { #[flow(durable)] list -> [named; 2] -> quorum(3) -> sum -> a },
        3,
    )
    .await;
    same(
        flow! { #[flow(durable)] list -> [list_too -> [b; 1] -> join -> sum; 2] -> e },
        3,
    )
    .await;
    same(
        flow! { #[flow(durable)] a -> [b, fails] -> settle -> told },
        1,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn failures_fallbacks_and_budgets_are_the_same() {
    same(flow! { #[flow(durable)] a -> fails }, 1).await;
    same(flow! { #[flow(durable)] a -> panics }, 1).await;
    same(flow! { #[flow(durable)] a -> fails else instead -> b }, 1).await;
    same(flow! { #[flow(durable)] a -> [b, panics] -> race -> c }, 1).await;
    same(
        flow! { #[flow(durable)] a -> [fails, panics] -> settle -> told },
        1,
    )
    .await;
    same(flow! { #[flow(durable)] up -> up }.hops(20), 1).await;
    same(flow! { #[flow(durable)] up -> up }, 1).await;
    same(flow! { #[flow(durable)] up -> up else instead -> b }, 1).await;
    same(
        flow! { #[flow(durable)] list -> [fails; 2] -> race -> a },
        0,
    )
    .await;
    same(
        flow! { #[flow(durable)] list -> [b; 2, max = 2] -> join -> sum },
        3,
    )
    .await;
    same(
        flow! { #[flow(durable)] up -> [b, c] -> join -> add -> up },
        1,
    )
    .await;
}
