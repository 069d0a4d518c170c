//! A flow of all stages, all of which one trace goes through. Each line of it is a stage.

use std::sync::Arc;

use penguiflow::prelude::*;

use penguiflow_tests::support::ms;

/// A payload that counts how many of its kind there are: in nodes, in joins, in queues.
#[derive(Clone)]
pub(super) struct Load {
    pub(super) number: u32,
    pub(super) held: Arc<()>,
}

impl Load {
    fn of(&self, number: u32) -> Self {
        let held = Arc::clone(&self.held);
        Self { number, held }
    }
}

/// A node that takes a millisecond.
struct Step;

#[node]
impl Step {
    async fn call(&self, load: Load) -> Load {
        tokio::time::sleep(ms(1)).await;
        load
    }
}

/// The same for one message at a time.
struct Narrow;

#[node(concurrency = 1)]
impl Narrow {
    async fn call(&self, load: Load) -> Load {
        tokio::time::sleep(ms(1)).await;
        load
    }
}

/// The same for one message at a time, by its third attempt: an error, then a timeout.
struct Flaky;

#[node(concurrency = 1, timeout = "2ms", retries = 2, backoff = "1ms")]
impl Flaky {
    async fn call(&self, load: &Load, ctx: Ctx) -> Result<Load, &'static str> {
        match ctx.attempt() {
            0 => Err("not yet"),
            1 => std::future::pending().await,
            _ => Ok(load.clone()),
        }
    }
}

/// A node that fails for good, after a while.
struct Broken;

#[node(retries = 1, backoff = "1ms")]
impl Broken {
    async fn call(&self, _: &Load) -> Result<Load, &'static str> {
        tokio::time::sleep(ms(1)).await;
        Err("never")
    }
}

/// A node that never ends, with a task of its own.
#[derive(Clone)]
struct Endless;

#[node(spawn)]
impl Endless {
    async fn call(&self, load: Load) -> Load {
        std::future::pending::<()>().await;
        load
    }
}

#[node(blocking)]
fn in_a_thread(load: Load) -> Load {
    load
}

/// Sends more chunks than a reader is given at once, from a task of its own.
#[node(spawn)]
async fn talk(load: Load, ctx: Ctx) -> Load {
    for word in 0..20 {
        ctx.chunk(word.to_string()).await;
    }
    load
}

#[node]
async fn pair((one, other): (Load, Load)) -> Load {
    one.of(one.number + other.number)
}

#[node]
async fn most(loads: Vec<Load>) -> Load {
    loads[0].of(loads.len() as u32)
}

/// What is left of two branches, one of which fails.
#[node]
async fn settled((bad, good): (Result<Load, NodeError>, Result<Load, NodeError>)) -> Load {
    let lost = bad.is_err() as u32;
    good.map(|load| load.of(load.number + lost))
        .expect("this branch does not fail")
}

#[node]
async fn items(load: Load) -> Vec<Load> {
    (0..3).map(|number| load.of(number)).collect()
}

#[node]
async fn total(loads: Vec<Load>) -> Load {
    let numbers = loads.iter().map(|load| load.number);
    loads[0].of(numbers.sum())
}

/// An item that goes its own way has no output.
#[node]
async fn side(_: Load) -> Option<Load> {
    tokio::time::sleep(ms(1)).await;
    None
}

/// Which way round.
enum Turn {
    Again(Load),
    Done(Load),
}

#[node]
async fn turn(load: Load) -> Turn {
    match load.number {
        0..20 => Turn::Again(load),
        _ => Turn::Done(load),
    }
}

#[node]
async fn twice((one, _): (Load, Load)) -> Load {
    one.of(one.number * 2)
}

use {hear as hear_too, items as items_too, pair as both};

/// What traces are parked for, and given.
pub(super) struct Word(pub(super) Arc<()>);

/// What one branch is parked for, in vain.
struct Never;

#[node]
async fn hear((load, word): (Load, Word)) -> Load {
    tokio::time::sleep(ms(1)).await;
    drop(word.0);
    load
}

#[node]
async fn never_hear((load, _): (Load, Never)) -> Load {
    load
}

#[node]
async fn at_once(load: Load) -> Load {
    load
}

flow! {
    struct Play(Load) -> Load;

    let one: Step = Step;
    let other: Narrow = Narrow;

    at_once -> [one, other] -> join -> first_of;
}

#[node]
async fn first_of((load, _): (Load, Load)) -> Load {
    load
}

/// Runs a flow within its visit.
#[node]
async fn calls(load: Load, ctx: Ctx) -> Result<Load, FlowError> {
    ctx.call(&Play::flow(), load).await
}

flow! {
    pub(super) struct Large(Load) -> Load;

    let enter: Narrow = Narrow;
    let left: Step = Step;
    let right: Step = Step;
    let quick: Step = Step;
    let endless: Endless = Endless;
    let won: Step = Step;
    let first: Step = Step;
    let second: Flaky = Flaky;
    let third: Endless = Endless;
    let bad: Broken = Broken;
    let good: Step = Step;
    let even: Step = Step;
    let odd: Step = Step;
    let part: Narrow = Narrow;
    let beside: Step = Step;
    let gone: Broken = Broken;
    let gone_too: Broken = Broken;
    let spare: Narrow = Narrow;
    let again: Step = Step;
    let up: Step = Step;
    let down: Flaky = Flaky;
    let leave: Step = Step;

    enter -> [left, right -> await Word -> hear] -> join -> pair;
    pair -> [quick, endless, at_once -> await Never -> never_hear] -> race -> won;
    won -> [first, second, third] -> quorum(2) -> most;
    most -> [bad, good] -> settle -> settled;
    settled -> items;
    items -> [[part, beside] -> join -> both -> match { load if load.number % 4 == 0 => even, _ => odd }; 2]
        -> join -> total;
    total -> [items_too -> [side; 2], gone else gone_too else spare];
    spare -> await Word -> hear_too -> Play -> calls -> turn;
    turn -> match {
        Turn::Again(load) => again(load) -> [up, down] -> join -> twice -> turn,
        Turn::Done(load) => leave(load) -> in_a_thread -> talk,
    };
}
