//! Frontiers that were changed where they were stored: what can be read back is run to its end.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use penguiflow::host::{Advance, Frontier, PendingStep};
use penguiflow::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

use super::flows::FLOWS;

/// More steps than any trace of these flows has, whatever its text says.
const STEPS: usize = 2_000;

/// A durable flow, whatever its type.
pub(crate) trait Stored {
    /// Reads a trace's text and runs what is read to its end.
    fn run(&self, text: &str);

    /// The texts of some traces after each of their steps, of each shape one.
    fn texts(&self) -> Vec<String>;
}

/// Runs the text's flow, which is named in its first line, from the frontier in its other lines.
pub(crate) fn run(text: &str) {
    let Some((name, text)) = text.split_once('\n') else {
        return;
    };
    let flow = FLOWS.iter().find(|(of, _)| *of == name);
    if let Some((_, flow)) = flow {
        flow().run(text);
    }
}

impl<F> Stored for Flow<F>
where
    F: Advance<(), In = u8, Out = u8, Step: Clone + Serialize + DeserializeOwned>,
{
    fn run(&self, text: &str) {
        thread_local! {
            static RUNTIME: Runtime = runtime();
        }
        if let Ok(frontier) = serde_json::from_str(text) {
            RUNTIME.with(|runtime| runtime.block_on(run_to_end(self, frontier)));
        }
    }

    fn texts(&self) -> Vec<String> {
        let texts = [3, 4, 6].map(|input| runtime().block_on(texts_of(self, input)));
        let mut shapes = BTreeSet::new();
        let mut texts = texts.concat();
        texts.retain(|text| shapes.insert(text.replace(|char: char| char.is_ascii_digit(), "")));
        texts
    }
}

/// Whose time stands still, so that nothing depends on the machine's.
fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime without threads")
}

async fn run_to_end<F>(flow: &Flow<F>, mut frontier: Frontier<F::Step, u8>)
where
    F: Advance<(), Out = u8, Step: Clone + Serialize + DeserializeOwned>,
{
    let stored = serde_json::to_string(&frontier).expect("a frontier is plain data");
    let read = again::<F>(&stored).expect("what was read back can be stored and read again");
    assert_eq!(stored, read);
    for round in 0..STEPS {
        let taken = take(&mut frontier, round);
        if taken.is_empty() && !goes_on(&mut frontier, round) {
            break;
        }
        let stored = serde_json::to_string(&frontier).expect("a frontier is plain data");
        let read = again::<F>(&stored).expect("what goes on can be stored and read again");
        assert_eq!(stored, read);
        for step in taken {
            match flow.advance(step).await {
                Ok(emits) => drop(frontier.absorb(emits)),
                Err(_) => return,
            }
        }
    }
    let _ = frontier.finish();
}

/// A text that is read back and stored again.
fn again<F>(text: &str) -> serde_json::Result<String>
where
    F: Advance<(), Out = u8, Step: Clone + Serialize + DeserializeOwned>,
{
    let read: Frontier<F::Step, u8> = serde_json::from_str(text)?;
    Ok(serde_json::to_string(&read).expect("a frontier is plain data"))
}

/// Takes the last step to run, the first one, or both.
fn take<Step, Out>(frontier: &mut Frontier<Step, Out>, round: usize) -> Vec<PendingStep<Step>>
where
    Step: penguiflow::host::StepJoins + Clone,
{
    let last = (round % 3 != 1).then(|| frontier.next_step()).flatten();
    let first = frontier.steps().next().map(|(step, _)| step);
    let first = first.filter(|_| round % 3 != 0 || last.is_none());
    let first = first.and_then(|step| frontier.take_step(step));
    last.into_iter().chain(first).collect()
}

/// Gives a parked step its value, or lets it wait for too long.
fn goes_on<Step, Out>(frontier: &mut Frontier<Step, Out>, round: usize) -> bool
where
    Step: penguiflow::host::StepJoins,
{
    if round % 2 == 0 && frontier.resume(None, 7_u8).is_ok() {
        return true;
    }
    let expiry = frontier.next_expiry();
    expiry.inspect(|at| drop(frontier.expire(*at))).is_some() || frontier.resume(None, 7_u8).is_ok()
}

/// The same text whenever it is written, as far as no clock is in it.
async fn texts_of<F>(flow: &Flow<F>, input: u8) -> Vec<String>
where
    F: Advance<(), In = u8, Out = u8, Step: Clone + Serialize + DeserializeOwned>,
{
    let mut message = Message::new(input)
        .trace_id("4bf92f3577b34da6a3ce929d0e0e4736".parse().expect("an id"))
        .tenant("t")
        .hops(40);
    message.ts = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let mut frontier = flow.begin(message);
    let mut texts = Vec::new();
    for round in 0..STEPS {
        texts.push(serde_json::to_string(&frontier).expect("a frontier is plain data"));
        let taken = take(&mut frontier, round);
        if taken.is_empty() && !goes_on(&mut frontier, round) {
            break;
        }
        for step in taken {
            match flow.advance(step).await {
                Ok(emits) => drop(frontier.absorb(emits)),
                Err(_) => return texts,
            }
        }
    }
    texts
}
