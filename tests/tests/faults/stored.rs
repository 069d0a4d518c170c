//! Frontiers that a host stores: no step in flight is lost, none is taken for done, and what was
//! changed on the way is refused.

use penguiflow::host::{Durable, Frontier, PendingStep};
use penguiflow::prelude::*;
use penguiflow_tests::by_json::{again, run_steps};

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn plus_one(n: u32) -> u32 {
    n + 1
}

#[node]
async fn times_two(n: u32) -> u32 {
    n * 2
}

#[node]
async fn sum((one, other): (u32, u32)) -> u32 {
    one + other
}

flow! {
    #[flow(durable)]
    struct Forked(u32) -> u32;
    start -> [plus_one, times_two];
}

flow! {
    #[flow(durable)]
    struct Joined(u32) -> u32;
    start -> [plus_one, times_two] -> join -> sum;
}

type Step<F> = <F as Durable>::Step;

/// The frontier of a flow that has run its first node.
async fn begun<F>(flow: &Flow<F>, input: u32) -> Result<Frontier<Step<F>, u32>, FlowError>
where
    F: Durable<In = u32, Out = u32, Step: Clone> + penguiflow::host::Advance<()>,
{
    let mut frontier = flow.begin(input);
    let first = frontier.next_step().expect("an entry");
    frontier.absorb(flow.advance(first).await?);
    Ok(frontier)
}

fn take_two<S: Clone + penguiflow::host::StepJoins, Out>(
    frontier: &mut Frontier<S, Out>,
) -> [PendingStep<S>; 2] {
    [(); 2].map(|()| frontier.next_step().expect("two branches"))
}

/// Runs what is left.
async fn end(
    flow: &Flow<Forked>,
    mut frontier: Frontier<Step<Forked>, u32>,
) -> Result<Vec<u32>, FlowError> {
    run_steps(flow, &mut frontier).await?;
    let mut outputs: Vec<_> = frontier
        .finish()?
        .into_iter()
        .map(|out| out.payload)
        .collect();
    outputs.sort_unstable();
    Ok(outputs)
}

/// A step that was taken out and not absorbed is in what is stored: as one to run.
#[tokio::test]
async fn a_step_in_flight_is_run_again_after_reading_back() -> Result<(), FlowError> {
    let flow = Forked::flow();
    let mut frontier = begun(&flow, 20).await?;
    let [one, other] = take_two(&mut frontier);
    frontier.absorb(flow.advance(one).await?);
    let read = again(&frontier);
    let left: Vec<_> = read.steps().map(|(step, _)| step).collect();
    assert_eq!(left.len(), 1, "the step in flight");
    assert_eq!(end(&flow, read).await?, [21, 40]);
    // The process that had it goes on as well: what it emits counts once.
    frontier.absorb(flow.advance(other).await?);
    assert_eq!(end(&flow, frontier).await?, [21, 40]);
    Ok(())
}

/// It has the same identity then, and so the same idempotency key.
#[tokio::test]
async fn a_step_that_is_run_again_keeps_its_identity() -> Result<(), FlowError> {
    let flow = Forked::flow();
    let mut frontier = begun(&flow, 20).await?;
    let mut before: Vec<_> = frontier.steps().map(|(step, _)| step).collect();
    let taken = take_two(&mut frontier);
    let read = again(&frontier);
    let mut after: Vec<_> = read.steps().map(|(step, _)| step).collect();
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(before, after);
    drop(taken);
    Ok(())
}

/// A trace with work left is not done: neither where a step is to run, nor where one is in flight.
#[tokio::test]
async fn a_frontier_with_work_left_does_not_finish() -> Result<(), FlowError> {
    let flow = Forked::flow();
    let to_run = flow.begin(20).finish();
    let mut in_flight = flow.begin(20);
    let step = in_flight.next_step();
    let in_flight = in_flight.finish();
    drop(step);
    let mut with_output = begun(&flow, 20).await?;
    let [one, _other] = take_two(&mut with_output);
    with_output.absorb(flow.advance(one).await?);
    assert_eq!(with_output.outputs.len(), 1);
    for ended in [to_run, in_flight, with_output.finish()] {
        let error = ended.expect_err("a step is left");
        assert_eq!(error.kind(), ErrorKind::Unjoined);
        assert!(
            error.to_string().contains("the trace is not over"),
            "{error}"
        );
    }
    Ok(())
}

/// The same where a join waits for the step in flight.
#[tokio::test]
async fn a_join_waits_for_a_step_in_flight() -> Result<(), FlowError> {
    let flow = Joined::flow();
    let mut frontier = begun(&flow, 20).await?;
    let [one, _other] = take_two(&mut frontier);
    frontier.absorb(flow.advance(one).await?);
    let mut read = again(&frontier);
    assert_eq!(
        read.running().count(),
        0,
        "nothing runs where it was read back"
    );
    run_steps(&flow, &mut read).await?;
    assert_eq!(read.finish()?[0].payload, 61);
    Ok(())
}

/// What two versions of an application call the same flow.
mod versions {
    use super::*;

    #[node]
    pub(super) async fn price(n: u32) -> u32 {
        n * 3
    }

    #[node]
    pub(super) async fn counted(n: u32) -> u32 {
        n * 100
    }

    #[node(name = "counted")]
    pub(super) async fn counted_far(n: u64) -> u32 {
        n as u32
    }

    #[node]
    pub(super) async fn bill((price, count): (u32, u32)) -> String {
        format!("price {price} count {count}")
    }

    #[node]
    pub(super) async fn near(n: u32) -> u64 {
        u64::from(n)
    }
}

/// A frontier that is open at a join is not taken up where the inputs changed their places.
#[tokio::test]
async fn inputs_that_changed_their_places_are_refused() -> Result<(), FlowError> {
    use versions::{bill, counted, price};
    let before = flow! { #[flow(durable)] start -> [price, counted] -> join -> bill };
    let after = flow! { #[flow(durable)] start -> [counted, price] -> join -> bill };
    let mut frontier = before.begin(1);
    let mut other = after.begin(1);
    let entry = serde_json::to_value(&frontier).expect("plain data");
    let first = frontier.next_step().expect("an entry");
    frontier.absorb(before.advance(first).await?);
    let open = serde_json::to_value(&frontier).expect("plain data");
    let refused = read_into(&mut other, open).expect_err("the inputs changed");
    assert_eq!(
        refused.to_string(),
        "the flow has changed since this frontier was stored: there is no node `join of [price, counted]`"
    );
    // What has not come to the fork goes on.
    read_into(&mut other, entry).expect("nothing that it relies on has changed");
    Ok(())
}

/// Nor is one whose join is full, and has not been taken: its inputs stand in a tuple of one type.
#[tokio::test]
async fn inputs_of_a_full_join_that_changed_their_places_are_refused() -> Result<(), FlowError> {
    use versions::{bill, counted, price};
    let before = flow! { #[flow(durable)] start -> [price, counted] -> join -> bill };
    let after = flow! { #[flow(durable)] start -> [counted, price] -> join -> bill };
    let longer = flow! {
        #[flow(durable)] start -> start2 -> [price, counted] -> join -> bill
    };
    use start as start2;
    let mut frontier = before.begin(1);
    for _ in 0..3 {
        let step = frontier.next_step().expect("a step");
        frontier.absorb(before.advance(step).await?);
    }
    assert_eq!(frontier.steps().len(), 1, "the join is full");
    let full = serde_json::to_value(&frontier).expect("plain data");
    let mut other = after.begin(1);
    let refused = read_into(&mut other, full.clone()).expect_err("the inputs changed");
    assert_eq!(
        refused.to_string(),
        "the flow has changed since this frontier was stored: there is no node `join of [price, counted]`"
    );
    let mut other = longer.begin(1);
    read_into(&mut other, full).expect("only what is around it has changed");
    let last = other.next_step().expect("the join");
    other.absorb(longer.advance(last).await?);
    assert_eq!(other.finish()?[0].payload, "price 3 count 100");
    Ok(())
}

/// Nor is a step of a node that takes something else now, or that is gone; others are.
#[tokio::test]
async fn a_step_of_a_node_that_changed_is_refused() -> Result<(), FlowError> {
    use versions::{counted, counted_far, near, price};
    let before = flow! { #[flow(durable)] start -> counted };
    let after = flow! { #[flow(durable)] start -> near -> counted_far };
    let longer = flow! { #[flow(durable)] price -> start -> counted -> price2 };
    use versions::price as price2;
    let mut frontier = before.begin(1);
    let first = frontier.next_step().expect("an entry");
    frontier.absorb(before.advance(first).await?);
    let stored = serde_json::to_value(&frontier).expect("plain data");
    let mut other = longer.begin(1);
    read_into(&mut other, stored.clone()).expect("only what is around it has changed");
    let mut other = after.begin(1);
    let refused = read_into(&mut other, stored).expect_err("it takes another type");
    assert_eq!(
        refused.to_string(),
        "the flow has changed since this frontier was stored: node `counted` took `u32`, and \
         takes `u64`"
    );
    Ok(())
}

/// The same of a text, in which what it relies on comes first.
fn read_text<T: serde::de::DeserializeOwned>(into: &mut T, text: &str) -> serde_json::Result<()> {
    *into = serde_json::from_str(text)?;
    Ok(())
}

fn read_into<T: serde::de::DeserializeOwned>(
    into: &mut T,
    text: serde_json::Value,
) -> serde_json::Result<()> {
    *into = serde_json::from_value(text)?;
    Ok(())
}

/// What was renamed since, with the names of before.
mod renamed {
    use penguiflow::prelude::*;

    #[node(alias = "price")]
    pub(super) async fn cost(n: u32) -> u32 {
        n * 3
    }

    #[node(name = "count of things", alias = ["count", "counted"])]
    pub(super) async fn things(n: u32) -> u32 {
        n * 100
    }
}

/// Nodes that were renamed are found by their aliases, and so are the joins that name them, though
/// another join is before them now.
#[tokio::test]
async fn aliases_are_read_as_their_nodes_and_in_joins() -> Result<(), FlowError> {
    use renamed::{cost, things};
    use versions::{bill, counted, price};
    let before = flow! { #[flow(durable)] start -> [price, counted] -> join -> bill };
    let after = flow! {
        #[flow(durable)]
        first -> [plus_one, times_two] -> join -> sum -> start -> [cost, things] -> join -> bill
    };
    use start as first;
    let mut frontier = before.begin(1);
    let mut stored = vec![serde_json::to_value(&frontier).expect("plain data")];
    while let Some(step) = frontier.next_step() {
        frontier.absorb(before.advance(step).await?);
        stored.push(serde_json::to_value(&frontier).expect("plain data"));
    }
    assert_eq!(stored.len(), 5, "start, both branches, and bill");
    let outputs = stored.pop().expect("the last one");
    assert_eq!(outputs["outputs"][0]["payload"], "price 3 count 100");
    // The first one is at `start`, which is in the middle now.
    for stored in stored {
        let mut other = after.begin(1);
        read_into(&mut other, stored).expect("all of it is found");
        run_steps(&after, &mut other).await?;
        assert_eq!(other.finish()?[0].payload, "price 3 count 100");
    }
    Ok(())
}

/// What is stored has the new names, so that an alias may go once no trace has the old one.
#[tokio::test]
async fn what_is_stored_anew_has_the_new_names() -> Result<(), FlowError> {
    use renamed::{cost, things};
    use versions::{bill, counted, price};
    let before = flow! { #[flow(durable)] start -> [price, counted] -> join -> bill };
    let after = flow! { #[flow(durable)] start -> [cost, things] -> join -> bill };
    let mut frontier = before.begin(1);
    for _ in 0..2 {
        let step = frontier.next_step().expect("a step");
        frontier.absorb(before.advance(step).await?);
    }
    let mut other = after.begin(1);
    let stored = serde_json::to_value(&frontier).expect("plain data");
    read_into(&mut other, stored).expect("all of it is found");
    let stored = serde_json::to_string(&other).expect("plain data");
    assert!(
        stored.contains(r#""join of [cost, count of things]""#),
        "{stored}"
    );
    assert!(stored.contains(r#"{"cost":1}"#), "{stored}");
    assert!(
        stored.contains(r#"{"join of [cost, count of things][1]":100}"#),
        "{stored}"
    );
    assert!(
        !stored.contains("counted") && !stored.contains("price"),
        "{stored}"
    );
    Ok(())
}

#[node]
async fn asked((n, yes): (u32, bool)) -> u32 {
    n + u32::from(yes)
}

/// An await is known by what it waits for, and where there are several, by what it follows.
#[tokio::test]
async fn an_await_is_found_where_others_were_added() -> Result<(), FlowError> {
    let one = flow! { #[flow(durable)] start -> await bool -> asked };
    let longer = flow! { #[flow(durable)] start -> plus_one -> await bool -> asked };
    let two = flow! {
        #[flow(durable)] times_two -> await bool -> first_asked -> start -> await bool -> asked
    };
    let other_way_round = flow! {
        #[flow(durable)] start -> await bool -> asked -> times_two -> await bool -> first_asked
    };
    use asked as first_asked;
    let parked = |mut frontier: Frontier<_, u32>| async {
        run_steps(&one, &mut frontier).await.map(|()| frontier)
    };
    let stored = serde_json::to_string(&parked(one.begin(1)).await?).expect("plain data");
    let mut other = longer.begin(1);
    read_text(&mut other, &stored).expect("it is the only one");
    let mut other = two.begin(1);
    let refused = read_text(&mut other, &stored).expect_err("there are two");
    let refused = refused.to_string();
    assert!(
        refused.contains("stored: there is no node `await bool`"),
        "{refused}"
    );

    let mut second = other_way_round.begin(1);
    run_steps(&other_way_round, &mut second).await?;
    let stored = serde_json::to_value(&second).expect("plain data");
    read_into(&mut other, stored).expect("there is one after `start`");
    let parked = other.parked().next().expect("it is parked").step;
    assert!(other.resume(Some(parked), true).is_ok());
    run_steps(&two, &mut other).await?;
    assert_eq!(other.finish()?[0].payload, 2, "the last one");
    Ok(())
}
