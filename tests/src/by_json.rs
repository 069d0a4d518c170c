//! A host that keeps nothing but the JSON of the frontier, and takes its steps in any order: it
//! ends as the trace in memory does.

use penguiflow::host::{Advance, Frontier, PendingStep, StepJoins};
use penguiflow::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Which of the waiting steps a host takes.
pub type Choice = Box<dyn FnMut(usize) -> usize>;

/// The first, the last, and ten shuffled orders.
pub fn orders() -> impl Iterator<Item = Choice> {
    let shuffled = (0..10u64).map(|seed| {
        let mut dice = seed;
        let choice = move |steps: usize| {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(seed + 1);
            (dice >> 33) as usize % steps
        };
        Box::new(choice) as Choice
    });
    let first: Choice = Box::new(|_| 0);
    let last: Choice = Box::new(|steps| steps - 1);
    [first, last].into_iter().chain(shuffled)
}

/// What a store gives back.
pub fn again<T: Serialize + DeserializeOwned>(frontier: &T) -> T {
    let text = serde_json::to_string(frontier).expect("a frontier is plain data");
    serde_json::from_str(&text).expect("it reads what it wrote")
}

/// Takes out the step at this place among those to run.
///
/// # Panics
///
/// If there are fewer.
pub fn nth_step<Step, Out>(frontier: &mut Frontier<Step, Out>, place: usize) -> PendingStep<Step>
where
    Step: StepJoins + Clone,
{
    let step = frontier.steps().nth(place).map(|(step, _)| step);
    let taken = step.and_then(|step| frontier.take_step(step));
    taken.expect("a step to run")
}

/// Runs the steps of a frontier, and those that they lead to, until none is left.
///
/// # Errors
///
/// What ends the trace.
pub async fn run_steps<F, S>(
    flow: &Flow<F, S>,
    frontier: &mut Frontier<F::Step, F::Out>,
) -> Result<(), FlowError>
where
    F: Advance<S>,
    F::Step: Clone,
    S: Send + Sync,
{
    while let Some(step) = frontier.next_step() {
        frontier.absorb(flow.advance(step).await?);
    }
    Ok(())
}

/// The same, each step from the text of the frontier.
///
/// # Errors
///
/// What ends the trace.
pub async fn run_stored<F, S>(
    flow: &Flow<F, S>,
    mut frontier: Frontier<F::Step, F::Out>,
) -> Result<Frontier<F::Step, F::Out>, FlowError>
where
    F: Advance<S>,
    F::Step: Clone + Serialize + DeserializeOwned,
    F::Out: Serialize + DeserializeOwned,
    S: Send + Sync,
{
    loop {
        frontier = again(&frontier);
        let Some(step) = frontier.next_step() else {
            return Ok(frontier);
        };
        frontier.absorb(flow.advance(step).await?);
    }
}

/// Runs a trace on a host of its own, each step from the text of the frontier.
pub async fn by_json<F, S>(
    flow: &Flow<F, S>,
    input: impl Into<Message<F::In>>,
    mut choice: Choice,
) -> Result<Vec<F::Out>, FlowError>
where
    F: Advance<S>,
    F::Step: Clone + Serialize + DeserializeOwned,
    F::Out: Serialize + DeserializeOwned,
    S: Send + Sync,
{
    let mut frontier: Frontier<F::Step, F::Out> = flow.begin(input);
    while frontier.steps().len() > 0 {
        frontier = again(&frontier);
        let place = choice(frontier.steps().len());
        let step = nth_step(&mut frontier, place);
        let emits = flow.advance(step).await?;
        frontier.absorb(emits);
    }
    let outputs = again(&frontier).finish()?;
    Ok(outputs.into_iter().map(|message| message.payload).collect())
}

/// What a trace gives in memory, and on the other host in every order, is the same; several
/// outputs may come in any order.
#[macro_export]
macro_rules! same {
    ($flow:expr) => {
        $crate::same!($flow, 0)
    };
    ($flow:expr, $input:expr) => {{
        let flow = $flow.with_state($crate::support::Notebook::new());
        let in_memory = flow.run_all($input).await;
        for (number, order) in $crate::by_json::orders().enumerate() {
            let by_json =
                $crate::by_json::by_json(&flow, penguiflow::Message::new($input), order).await;
            match (&in_memory, by_json) {
                (Ok(outputs), Ok(mut others)) => {
                    let mut outputs = outputs.clone();
                    outputs.sort_by_key(|output| format!("{output:?}"));
                    others.sort_by_key(|output| format!("{output:?}"));
                    assert_eq!(outputs, others, "order {number}");
                }
                (Err(error), Err(other)) => {
                    assert_eq!(
                        error.kind(),
                        other.kind(),
                        "order {number}: {error} {other}"
                    );
                }
                (one, other) => panic!("order {number}: {one:?} and {other:?}"),
            }
        }
        in_memory
    }};
}
pub use crate::same;
