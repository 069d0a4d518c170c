//! The nodes that generated flows are made of: one per kind, in all forms of parameters
//! and returned types.

use std::error::Error;
use std::fmt;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use penguiflow::{Ctx, Failed, Message, Retry, Retryable, State, node};

use crate::action::{Act, deed};
use crate::case_report::EXPECTED;
use crate::generator::{Freight, Kind};
use crate::load::{Carton, Load};
use crate::log::Log;
use crate::parts::{
    Both, Deep, Each, List, Mixed, Nested, Pair, Pairs, Parts, Triple, Verdicts, told_of,
};
use crate::route::Route;

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
async fn act(kind: Kind, node: u16, load: &Load, ctx: &Ctx, log: &Log) -> Act {
    let _inside = log.enter(node, ctx);
    let deed = deed(kind, node, load, ctx.attempt());
    match deed.act {
        _ if load.hasty => be_busy(deed.time / 1000).await,
        Act::Stall => std::future::pending().await,
        _ if deed.time.is_zero() => {}
        _ => tokio::time::sleep(deed.time).await,
    }
    assert!(deed.act != Act::Panic, "{EXPECTED}");
    deed.act
}

/// Keeps its thread for microseconds, where others would wait for milliseconds.
async fn be_busy(time: Duration) {
    tokio::task::yield_now().await;
    let began = Instant::now();
    while began.elapsed() < time {
        std::hint::spin_loop();
    }
}

impl Act {
    fn or_upset(self) -> Result<Self, Upset> {
        match self {
            Self::Fail { again } => Err(Upset { again }),
            act => Ok(act),
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

/// A message whose topic says where it was last.
fn stamped(message: Message<Load>, node: u16) -> Message<Load> {
    message.topic(node.to_string()).map(|load| load.past(node))
}

#[derive(Debug)]
pub(crate) struct Plain(pub(crate) u16);

#[node]
impl Plain {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Load {
        act(Kind::Plain, self.0, &load, &ctx, &log).await;
        load.past(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Trier(pub(crate) u16);

#[node(retries = 2, backoff = "5ms..8ms")]
impl Trier {
    async fn call(&self, load: &Load, ctx: Ctx, State(log): State<Log>) -> Result<Load, Upset> {
        let act = act(Kind::Trier, self.0, load, &ctx, &log).await;
        act.or_upset()?;
        Ok(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Sieve(pub(crate) u16);

#[node]
impl Sieve {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Option<Load> {
        let act = act(Kind::Sieve, self.0, &load, &ctx, &log).await;
        act.unless_end(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Fork(pub(crate) u16);

#[node]
impl Fork {
    async fn call(&self, load: &Load, ctx: &Ctx, log: &State<Log>) -> ControlFlow<Load, Load> {
        let act = act(Kind::Fork, self.0, load, ctx, &log.0).await;
        act.or_leave(load.past(self.0), load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Racer(pub(crate) u16);

#[node(timeout = "40ms", retries = 1, backoff = "10ms")]
impl Racer {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Load {
        act(Kind::Racer, self.0, &load, &ctx, &log).await;
        load.past(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Narrow(pub(crate) u16);

#[node(concurrency = 1)]
impl Narrow {
    async fn call(&self, message: &Message<Load>, ctx: Ctx, State(log): State<Log>) -> Load {
        act(Kind::Narrow, self.0, &message.payload, &ctx, &log).await;
        message.payload.past(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Postmark(pub(crate) u16);

#[node]
impl Postmark {
    async fn call(&self, message: Message<Load>, ctx: Ctx, log: State<Log>) -> Message<Load> {
        act(Kind::Postmark, self.0, &message.payload, &ctx, &log.0).await;
        stamped(message, self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Daring(pub(crate) u16);

#[node(retries = 1, backoff = "1ms..20ms", jitter = true, retry_if = is_worth_it)]
impl Daring {
    async fn call(
        &self,
        message: Message<Load>,
        ctx: Ctx,
        State(log): State<Log>,
    ) -> Result<ControlFlow<Message<Load>, Message<Load>>, Mishap> {
        let act = act(Kind::Daring, self.0, &message.payload, &ctx, &log).await;
        let act = act.or_upset().map_err(Mishap)?;
        let message = stamped(message, self.0);
        Ok(act.or_leave(message.clone(), message))
    }
}

#[derive(Debug)]
pub(crate) struct Choosy(pub(crate) u16);

#[node(timeout = "40ms", concurrency = 2, retries = 1, backoff = "10ms")]
impl Choosy {
    async fn call(
        &self,
        load: Load,
        ctx: Ctx,
        State(log): State<Log>,
    ) -> Result<Option<Load>, Upset> {
        let act = act(Kind::Choosy, self.0, &load, &ctx, &log).await;
        Ok(act.or_upset()?.unless_end(load.past(self.0)))
    }
}

#[derive(Debug)]
pub(crate) struct Packer(pub(crate) u16);

#[node]
impl Packer {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Carton {
        act(Kind::Packer, self.0, &load, &ctx, &log).await;
        Carton(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Unpacker(pub(crate) u16);

#[node]
impl Unpacker {
    async fn call(&self, carton: &Carton, ctx: Ctx, log: State<Log>) -> Result<Load, Upset> {
        let act = act(Kind::Unpacker, self.0, &carton.0, &ctx, &log.0).await;
        act.or_upset()?;
        Ok(carton.0.past(self.0))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Runaway(pub(crate) u16);

#[node(spawn, timeout = "40ms", retries = 1, backoff = "3ms")]
impl Runaway {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Result<Load, Upset> {
        let act = act(Kind::Runaway, self.0, &load, &ctx, &log).await;
        act.or_upset()?;
        Ok(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Sorter(pub(crate) u16);

#[node]
impl Sorter {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Route {
        act(Kind::Sorter, self.0, &load, &ctx, &log).await;
        Route::of(load.past(self.0))
    }
}

#[derive(Debug)]
pub(crate) struct Reader(pub(crate) u16);

#[node]
impl Reader {
    async fn call(&self, route: &Route, ctx: Ctx, State(log): State<Log>) -> Load {
        act(Kind::Reader, self.0, route.load(), &ctx, &log).await;
        route.load().past(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Lister(pub(crate) u16);

#[node]
impl Lister {
    async fn call(&self, load: Load, ctx: Ctx, State(log): State<Log>) -> Vec<Load> {
        act(Kind::Lister, self.0, &load, &ctx, &log).await;
        load.past(self.0).items()
    }
}

#[derive(Debug)]
pub(crate) struct Mender(pub(crate) u16);

#[node]
impl Mender {
    async fn call(&self, failed: &Failed<Load>, ctx: Ctx, State(log): State<Log>) -> Load {
        let load = failed.input.mended(&told_of(&failed.error));
        act(Kind::Mender, self.0, &load, &ctx, &log).await;
        load.past(self.0)
    }
}

/// The nodes that tie what joins give.
macro_rules! ties {
    ($($name:ident: $parts:ident),*) => {$(
        #[derive(Debug)]
        pub(crate) struct $name(pub(crate) u16);

        #[node(retries = 1, backoff = "3ms")]
        impl $name {
            async fn call(
                &self,
                parts: &$parts,
                ctx: Ctx,
                State(log): State<Log>,
            ) -> Result<Load, Upset> {
                let load = parts.tied();
                let act = act(Kind::Tie(Freight::$parts), self.0, &load, &ctx, &log).await;
                act.or_upset()?;
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
    act(Kind::Wade, 100, &load, &ctx, &log).await;
    load.past(100)
}

#[node]
pub(crate) async fn dive(load: &Load, ctx: Ctx, State(log): State<Log>) -> Option<Load> {
    let act = act(Kind::Dive, 101, load, &ctx, &log).await;
    act.unless_end(load.past(101))
}

#[node]
pub(crate) async fn slide(load: Load, ctx: Ctx, log: State<Log>) -> ControlFlow<Load, Load> {
    let act = act(Kind::Slide, 102, &load, &ctx, &log.0).await;
    act.or_leave(load.past(102), load.past(102))
}

#[node(retries = 3, backoff = "2ms")]
pub(crate) async fn preen(
    load: Message<Load>,
    ctx: Ctx,
    State(log): State<Log>,
) -> Result<Load, String> {
    let act = act(Kind::Preen, 103, &load.payload, &ctx, &log).await;
    act.or_upset().map_err(|upset| upset.to_string())?;
    Ok(load.payload.past(103))
}
