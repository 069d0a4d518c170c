//! A limit of a node limits: in a flow that nodes call too, over all traces of the flow value that
//! these nodes stand in.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{ms, secs};

/// Counts those that are in at once.
#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
struct Gate {
    #[serde(skip)]
    counts: Arc<(AtomicUsize, AtomicUsize)>,
}

impl Gate {
    async fn pass(&self) {
        let now = self.counts.0.fetch_add(1, Ordering::SeqCst) + 1;
        self.counts.1.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(ms(10)).await;
        self.counts.0.fetch_sub(1, Ordering::SeqCst);
    }

    fn most(&self) -> usize {
        self.counts.1.load(Ordering::SeqCst)
    }
}

#[node(concurrency = 1)]
async fn retrieve(gate: Gate) -> u32 {
    gate.pass().await;
    1
}

flow! {
    struct Search(Gate) -> u32;

    retrieve;
}

#[node]
async fn outer(gate: Gate, ctx: Ctx) -> Result<u32, FlowError> {
    ctx.call(&Search::flow(), gate).await
}

#[node]
async fn with_state(gate: Gate, ctx: Ctx) -> Result<u32, FlowError> {
    ctx.call(&Search::flow().with_state(7).hops(3), gate).await
}

/// A flow value that each visit is given anew.
struct Fresh(Flow<Search>);

impl<S: Sync> Extract<S> for Fresh {
    type Rejection = FlowError;

    async fn extract(_: &penguiflow::VisitParts<'_, S>) -> Result<Self, FlowError> {
        Ok(Self(Search::flow()))
    }
}

#[node]
async fn given_first(gate: Gate, search: Fresh, ctx: Ctx) -> Result<u32, FlowError> {
    ctx.call(&search.0, gate).await
}

#[node]
async fn given_last(gate: Gate, ctx: Ctx, search: &Fresh) -> Result<u32, FlowError> {
    ctx.call(&search.0, gate).await
}

/// Several at once in one visit, by one value that it makes.
#[node]
async fn three(gate: Gate, ctx: Ctx) -> Result<u32, FlowError> {
    let search = Search::flow();
    let gates = vec![gate; 3];
    let found = map_concurrent(gates, |gate| ctx.call(&search, gate), 3).await?;
    Ok(found.into_iter().sum())
}

flow! {
    struct Outer(Gate) -> u32;

    outer;
}

/// Has no limits itself; what it calls has.
#[node]
async fn nested(gate: Gate, ctx: Ctx) -> Result<u32, FlowError> {
    ctx.call(&Outer::flow(), gate).await
}

/// The most visits that ran at once, and the time, for that many messages.
async fn most(flow: impl AnyFlow<In = Gate>, messages: u32) -> (usize, std::time::Duration) {
    let gate = Gate::default();
    let begin = Instant::now();
    let running = flow.start();
    for _ in 0..messages {
        running.emit(gate.clone()).await.expect("it runs");
    }
    running.stop().await;
    (gate.most(), begin.elapsed())
}

/// 20 traces ran `retrieve` 20 at once.
#[tokio::test(start_paused = true)]
async fn a_limit_holds_in_a_flow_that_a_node_makes_and_calls() {
    assert_eq!(most(flow! { outer }, 20).await, (1, ms(200)));
    assert_eq!(most(flow! { with_state }, 20).await, (1, ms(200)));
    assert_eq!(most(flow! { three }, 5).await, (1, ms(150)));
    assert_eq!(most(flow! { nested }, 20).await, (1, ms(200)), "in a call");
    assert_eq!(
        most(flow! { Outer }, 20).await,
        (1, ms(200)),
        "in a playbook"
    );
}

/// What an extractor makes is made in the visit, before or after the context is.
#[tokio::test(start_paused = true)]
async fn a_limit_holds_in_a_flow_that_an_extractor_makes() {
    assert_eq!(most(flow! { given_first }, 20).await, (1, ms(200)));
    assert_eq!(most(flow! { given_last }, 20).await, (1, ms(200)));
}

#[tokio::test(start_paused = true)]
async fn two_nodes_of_a_flow_share_the_limits_of_what_they_call() {
    #[node]
    async fn sum((a, b): (u32, u32)) -> u32 {
        a + b
    }
    let flow = flow! { [outer, with_state] -> join -> sum };
    assert_eq!(most(flow, 5).await, (1, ms(100)));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_keeps_the_traces_keeps_the_limit() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] outer };
    let gate = Gate::default();
    let (first, second) = (flow.clone(), flow);
    let run = async |flow: Flow<_>| {
        let mut frontier = flow.begin(gate.clone());
        let step = frontier.next_owned().expect("a step");
        flow.advance(step).await.map(drop)
    };
    let (one, other) = tokio::join!(run(first), run(second));
    one.and(other)?;
    assert_eq!(gate.most(), 1);
    Ok(())
}

/// The limit is that of a flow value and its clones.
#[tokio::test(start_paused = true)]
async fn clones_of_the_calling_flow_share_it_and_other_values_do_not() -> Result<(), FlowError> {
    let gate = Gate::default();
    let flow = flow! { outer };
    let clone = flow.clone().hops(3);
    tokio::try_join!(flow.run(gate.clone()), clone.run(gate.clone()))?;
    assert_eq!(gate.most(), 1);
    let other = flow! { outer };
    tokio::try_join!(flow.run(gate.clone()), other.run(gate.clone()))?;
    assert_eq!(gate.most(), 2);
    Ok(())
}

/// Flows that are made once, and kept in a state.
#[derive(Clone, FromRef)]
struct App {
    search: Flow<Search>,
}

struct Caller(Flow<Search>);

#[node]
impl Caller {
    async fn call(&self, gate: Gate, ctx: Ctx) -> Result<u32, FlowError> {
        ctx.call(&self.0, gate).await
    }
}

#[node]
async fn by_state(
    gate: Gate,
    State(search): State<Flow<Search>>,
    ctx: Ctx,
) -> Result<u32, FlowError> {
    ctx.call(&search, gate).await
}

/// As before: whoever has a clone shares the limit, and two values have two.
#[tokio::test(start_paused = true)]
async fn a_kept_flow_has_limits_of_its_own_which_its_clones_share() -> Result<(), FlowError> {
    let gate = Gate::default();
    let search = Search::flow();
    let state = App {
        search: search.clone(),
    };
    let one = flow! { by_state }.with_state(state.clone());
    let other = flow! { by_state -> again }.with_state(state);
    tokio::try_join!(
        one.run(gate.clone()),
        other.run(gate.clone()),
        search.run(gate.clone())
    )?;
    assert_eq!(gate.most(), 1);

    let (one, other) = (Caller(Search::flow()), Caller(Search::flow()));
    let two = flow! {
        let one: Caller = one;
        let other: Caller = other;
        [one, other] -> join -> both
    };
    two.run(gate.clone()).await?;
    assert_eq!(gate.most(), 2, "a limit for each tenant, say");
    Ok(())
}

#[node]
async fn again(n: u32) -> u32 {
    n
}

#[node]
async fn both((a, b): (u32, u32)) -> u32 {
    a + b
}

#[node(rate = "1/s")]
async fn slowly(n: u32) -> u32 {
    n
}

flow! {
    struct Slowly(u32) -> u32;

    slowly;
}

#[node]
async fn at_a_rate(n: u32, ctx: Ctx) -> Result<u32, FlowError> {
    ctx.call(&Slowly::flow(), n).await
}

#[tokio::test(start_paused = true)]
async fn a_rate_holds_in_a_flow_that_a_node_makes_and_calls() -> Result<(), FlowError> {
    let running = flow! { at_a_rate }.start();
    let begin = Instant::now();
    for n in 0..10 {
        running.emit(n).await?;
    }
    running.stop().await;
    assert_eq!(begin.elapsed(), secs(9));
    Ok(())
}

#[node(concurrency = 1)]
async fn dive(depth: u32, ctx: Ctx) -> Result<u32, FlowError> {
    match depth {
        0 => Ok(0),
        _ => Ok(ctx.call(&Dive::flow(), depth - 1).await? + 1),
    }
}

flow! {
    struct Dive(u32) -> u32;

    dive;
}

#[node]
async fn ping(depth: u32, ctx: Ctx) -> Result<u32, FlowError> {
    match depth {
        0 => Ok(0),
        _ => ctx.call(&Pong::flow(), depth - 1).await,
    }
}

#[node(concurrency = 1)]
async fn pong(depth: u32, ctx: Ctx) -> Result<u32, FlowError> {
    match depth {
        0 => Ok(0),
        _ => ctx.call(&Ping::flow(), depth - 1).await,
    }
}

flow! {
    struct Ping(u32) -> u32;

    ping -> limited;
}

flow! {
    struct Pong(u32) -> u32;

    pong -> limited;
}

#[node(concurrency = 1)]
async fn limited(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n
}

#[node]
async fn plays(n: u32, ctx: Ctx) -> Result<u32, FlowError> {
    match n % 2 {
        0 => ctx.call(&Ping::flow(), n).await,
        _ => ctx.call(&Pong::flow(), n).await,
    }
}

/// Permits that a trace holds while it waits for others are taken in one order.
#[tokio::test(start_paused = true)]
async fn flows_that_call_themselves_and_each_other_do_not_wait_for_themselves()
-> Result<(), FlowError> {
    assert_eq!(flow! { Dive }.run(5).await?, 5);
    assert_eq!(Dive::flow().run(5).await?, 5);
    let running = flow! { plays }.start();
    for n in 0..20 {
        running.emit(n).await?;
    }
    running.stop().await;
    assert_eq!(running.ledger().completed, 20);
    Ok(())
}

static KEPT: LazyLock<Flow<Kept>> = LazyLock::new(Kept::flow);

#[node(concurrency = 2)]
async fn dive_again(depth: u32, ctx: Ctx) -> Result<u32, FlowError> {
    match depth {
        0 => Ok(0),
        _ => Ok(ctx.call(&KEPT, depth - 1).await? + 1),
    }
}

flow! {
    struct Kept(u32) -> u32;

    dive_again;
}

/// One value that is kept has one limit: a trace that takes all its permits, and calls on, waited
/// forever.
#[tokio::test(start_paused = true)]
async fn a_trace_that_would_wait_for_its_own_permits_is_told() -> Result<(), FlowError> {
    assert_eq!(KEPT.run(1).await?, 1);
    let error = KEPT.run(2).await.expect_err("it holds both permits");
    let text = format!("{error:#}");
    let told = "node `dive_again` would wait for itself";
    assert!(text.contains(told), "{text}");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Failed, 1));
    Ok(())
}
