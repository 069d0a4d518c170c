//! The nodes that generated flows are made of: one per kind, in all forms of parameters
//! and returned types.

use std::error::Error;
use std::fmt;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use penguiflow::{Ctx, Failed, Message, Retry, Retryable, State, node};

use crate::action::{Effect, action_of};
use crate::case_report::EXPECTED;
use crate::generator::{EdgeType, NodeKind};
use crate::load::{Carton, Load};
use crate::log::Log;
use crate::parts::{
    Both, Deep, Each, List, Mixed, Nested, Pair, Pairs, Parts, Triple, Verdicts, told_of,
};
use crate::route::Route;
use crate::stamps;

/// An error that says whether trying again can help.
#[derive(Debug)]
pub(crate) struct Upset {
    again: bool,
}

impl fmt::Display for Upset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the load was upset")
    }
}

impl Error for Upset {}

impl Retryable for Upset {
    fn retry(&self) -> Retry {
        match self.again {
            true => Retry::Backoff,
            false => Retry::Never,
        }
    }
}

/// The same, but what is retried is the node's to say.
#[derive(Debug)]
pub(crate) struct Mishap(Upset);

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Error for Mishap {}

fn is_worth_it(mishap: &Mishap) -> bool {
    mishap.0.again
}

/// Does what the load says, up to what the node returns.
async fn act(kind: NodeKind, node: u16, load: &Load, ctx: &Ctx, log: &Log) -> Effect {
    let _inside = log.enter(node, ctx);
    let action = action_of(kind, node, load, ctx.attempt());
    match action.effect {
        _ if load.hasty => be_busy(action.time / 1000).await,
        Effect::Stall => std::future::pending().await,
        _ if action.time.is_zero() => {}
        _ => tokio::time::sleep(action.time).await,
    }
    assert!(action.effect != Effect::Panic, "{EXPECTED}");
    action.effect
}

/// Keeps its thread for microseconds, where others would wait for milliseconds.
async fn be_busy(time: Duration) {
    tokio::task::yield_now().await;
    let began = Instant::now();
    while began.elapsed() < time {
        std::hint::spin_loop();
    }
}

impl Effect {
    fn or_upset(self) -> Result<Self, Upset> {
        match self {
            Self::Fail { again } => Err(Upset { again }),
            effect => Ok(effect),
        }
    }

    fn unless_end<T>(self, value: T) -> Option<T> {
        (self != Self::End).then_some(value)
    }

    fn or_leave<B, C>(self, exit: B, next: C) -> ControlFlow<B, C> {
        match self {
            Self::Leave => ControlFlow::Break(exit),
            _ => ControlFlow::Continue(next),
        }
    }
}

/// A message behind a node that stamps it.
fn stamped(message: Message<Load>, node: u16) -> Message<Load> {
    stamps::stamped(message, node).map(|load| load.past(node))
}

#[derive(Debug)]
pub(crate) struct Plain(pub(crate) u16);

#[node]
impl Plain {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Load {
        act(NodeKind::Plain, self.0, &load, &ctx, &log).await;
        load.past(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Trier(pub(crate) u16);

#[node(retries = 2, backoff = "5ms..8ms", jitter = false)]
impl Trier {
    async fn call(&self, load: &Load, ctx: Ctx, State(log): State<Log>) -> Result<Load, Upset> {
        let effect = act(NodeKind::Trier, self.0, load, &ctx, &log).await;
        effect.or_upset()?;
        Ok(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Sieve(pub(crate) u16);

#[node]
impl Sieve {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Option<Load> {
        let effect = act(NodeKind::Sieve, self.0, &load, &ctx, &log).await;
        effect.unless_end(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Fork(pub(crate) u16);

#[node]
impl Fork {
    async fn call(&self, load: &Load, ctx: &Ctx, log: &State<Log>) -> ControlFlow<Load, Load> {
        let effect = act(NodeKind::Fork, self.0, load, ctx, &log.0).await;
        effect.or_leave(load.past(self.0), load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Racer(pub(crate) u16);

#[node(timeout = "40ms", retries = 1, backoff = "10ms", jitter = false)]
impl Racer {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Load {
        act(NodeKind::Racer, self.0, &load, &ctx, &log).await;
        load.past(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Narrow(pub(crate) u16);

#[node(concurrency = 1, per = "tenant")]
impl Narrow {
    async fn call(&self, message: &Message<Load>, ctx: Ctx, State(log): State<Log>) -> Load {
        act(NodeKind::Narrow, self.0, &message.payload, &ctx, &log).await;
        message.payload.past(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Postmark(pub(crate) u16);

#[node]
impl Postmark {
    async fn call(&self, message: Message<Load>, ctx: Ctx, log: State<Log>) -> Message<Load> {
        act(NodeKind::Postmark, self.0, &message.payload, &ctx, &log.0).await;
        stamped(message, self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Daring(pub(crate) u16);

#[node(
    retries = 1,
    backoff = "1ms..20ms",
    jitter = false,
    retry_if = is_worth_it,
    fallback_if = is_worth_it
)]
impl Daring {
    async fn call(
        &self,
        message: Message<Load>,
        ctx: Ctx,
        State(log): State<Log>,
    ) -> Result<ControlFlow<Message<Load>, Message<Load>>, Mishap> {
        let effect = act(NodeKind::Daring, self.0, &message.payload, &ctx, &log).await;
        let effect = effect.or_upset().map_err(Mishap)?;
        let message = stamped(message, self.0);
        Ok(effect.or_leave(message.clone(), message))
    }
}

#[derive(Debug)]
pub(crate) struct Choosy(pub(crate) u16);

#[node(
    idle = "40ms",
    concurrency = 2,
    retries = 1,
    backoff = "10ms",
    jitter = false
)]
impl Choosy {
    async fn call(
        &self,
        load: Load,
        ctx: Ctx,
        State(log): State<Log>,
    ) -> Result<Option<Load>, Upset> {
        let effect = act(NodeKind::Choosy, self.0, &load, &ctx, &log).await;
        Ok(effect.or_upset()?.unless_end(load.past(self.0)))
    }
}

#[derive(Debug)]
pub(crate) struct Packer(pub(crate) u16);

#[node]
impl Packer {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Carton {
        act(NodeKind::Packer, self.0, &load, &ctx, &log).await;
        Carton(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Unpacker(pub(crate) u16);

#[node]
impl Unpacker {
    async fn call(&self, carton: &Carton, ctx: Ctx, log: State<Log>) -> Result<Load, Upset> {
        let effect = act(NodeKind::Unpacker, self.0, &carton.0, &ctx, &log.0).await;
        effect.or_upset()?;
        Ok(carton.0.past(self.0))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Runaway(pub(crate) u16);

#[node(spawn, timeout = "40ms", retries = 1, backoff = "3ms", jitter = false)]
impl Runaway {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Result<Load, Upset> {
        let effect = act(NodeKind::Runaway, self.0, &load, &ctx, &log).await;
        effect.or_upset()?;
        Ok(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Sorter(pub(crate) u16);

#[node]
impl Sorter {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Route {
        act(NodeKind::Sorter, self.0, &load, &ctx, &log).await;
        Route::of(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Reader(pub(crate) u16);

#[node]
impl Reader {
    async fn call(&self, route: &Route, ctx: Ctx, State(log): State<Log>) -> Load {
        act(NodeKind::Reader, self.0, route.load(), &ctx, &log).await;
        route.load().past(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Lister(pub(crate) u16);

#[node]
impl Lister {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Vec<Load> {
        act(NodeKind::Lister, self.0, &load, &ctx, &log).await;
        load.past(self.0).items()
    }
}

#[derive(Debug)]
pub(crate) struct Mender(pub(crate) u16);

#[node]
impl Mender {
    async fn call(&self, failed: &Failed<Load>, ctx: Ctx, State(log): State<Log>) -> Load {
        let load = failed.input.mended(&told_of(&failed.error));
        act(NodeKind::Mender, self.0, &load, &ctx, &log).await;
        load.past(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct StandIn(pub(crate) u16);

#[node(retries = 1, backoff = "3ms", jitter = false)]
impl StandIn {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Result<Pair, Upset> {
        let effect = act(NodeKind::StandIn, self.0, &load, &ctx, &log).await;
        effect.or_upset()?;
        Ok((load.past(self.0), Load::given()))
    }
}

#[derive(Debug)]
pub(crate) struct ToldStandIn(pub(crate) u16);

#[node]
impl ToldStandIn {
    async fn call(&self, failed: Failed<Load>, ctx: Ctx, State(log): State<Log>) -> Pair {
        let load = failed.input.mended(&told_of(&failed.error));
        act(NodeKind::ToldStandIn, self.0, &load, &ctx, &log).await;
        (load.past(self.0), Load::given())
    }
}

/// The nodes that tie what joins give.
macro_rules! ties {
    ($($name:ident: $parts:ident),*) => {$(
        #[derive(Debug)]
        pub(crate) struct $name(pub(crate) u16);

        #[node(retries = 1, backoff = "3ms", jitter = false)]
        impl $name {
            async fn call(
                &self,
                parts: &$parts,
                ctx: Ctx,
                State(log): State<Log>,
            ) -> Result<Load, Upset> {
                let load = parts.tied();
                let effect = act(NodeKind::Tie(EdgeType::$parts), self.0, &load, &ctx, &log).await;
                effect.or_upset()?;
                Ok(load.past(self.0))
            }
        }
    )*};
}

ties!(
    TiePair: Pair,
    TieTriple: Triple,
    TieMixed: Mixed,
    TieNested: Nested,
    TieList: List,
    TiePairs: Pairs,
    TieBoth: Both,
    TieEach: Each,
    TieDeep: Deep,
    TieVerdicts: Verdicts
);

#[node]
pub(crate) async fn wade(load: Load, ctx: Ctx, State(log): State<Log>) -> Load {
    act(NodeKind::Wade, 100, &load, &ctx, &log).await;
    load.past(100)
}

#[node]
pub(crate) async fn dive(load: &Load, ctx: Ctx, State(log): State<Log>) -> Option<Load> {
    let effect = act(NodeKind::Dive, 101, load, &ctx, &log).await;
    effect.unless_end(load.past(101))
}

#[node]
pub(crate) async fn slide(load: Load, ctx: Ctx, log: State<Log>) -> ControlFlow<Load, Load> {
    let effect = act(NodeKind::Slide, 102, &load, &ctx, &log.0).await;
    effect.or_leave(load.past(102), load.past(102))
}

#[node(retries = 3, backoff = "2ms", jitter = false)]
pub(crate) async fn preen(
    load: Message<Load>,
    ctx: Ctx,
    State(log): State<Log>,
) -> Result<Load, String> {
    let effect = act(NodeKind::Preen, 103, &load.payload, &ctx, &log).await;
    effect.or_upset().map_err(|upset| upset.to_string())?;
    Ok(load.payload.past(103))
}
