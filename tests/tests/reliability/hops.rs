//! The hop budget: with `hops(n)` a loop's body runs at most n times a trace.

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, watched};

#[node]
async fn round(n: u32, notes: State<Notebook>) -> ControlFlow<u32, u32> {
    notes.0.write(n);
    if n == 0 {
        ControlFlow::Break(n)
    } else {
        ControlFlow::Continue(n - 1)
    }
}

async fn rounds(
    flow: Flow<impl penguiflow::host::Line<Notebook, In = u32>, Notebook>,
    notes: &Notebook,
    message: Message<u32>,
) -> (usize, Option<FlowError>) {
    let before = notes.lines().len();
    let ended = flow.run_all(message).await;
    (notes.lines().len() - before, ended.err())
}

#[tokio::test]
async fn the_body_runs_at_most_as_often_as_the_budget_says() {
    let notes = Notebook::new();
    let flow = flow! { round -> round }.with_state(notes.clone());
    for budget in 1..=20 {
        let flow = flow.clone().hops(budget);
        // A body that wants n further rounds needs n + 1 hops.
        let (ran, error) = rounds(flow.clone(), &notes, Message::new(budget - 1)).await;
        assert_eq!((ran, error.is_none()), (budget as usize, true));
        let (ran, error) = rounds(flow, &notes, Message::new(budget)).await;
        let error = error.expect("one round too many");
        assert_eq!(
            (ran, error.kind()),
            (budget as usize, ErrorKind::BudgetExhausted)
        );
    }
}

#[tokio::test]
async fn eight_rounds_unless_said_otherwise() {
    let notes = Notebook::new();
    let flow = flow! { round -> round }.with_state(notes.clone());
    let (ran, error) = rounds(flow, &notes, Message::new(100)).await;
    let error = error.expect("it does not end by itself");
    assert_eq!(ran, 8);
    assert_eq!((error.node(), error.attempts()), (Some("round"), 0));
    assert_eq!(
        error.to_string(),
        "node `round` wants another round, but the hop budget of 8 is used up: raise it with \
         `.hops(n)` on the flow or the message"
    );
}

/// Less than one round is one round: the body has run before anybody can ask.
#[tokio::test]
async fn a_budget_of_zero_counts_as_one() {
    let notes = Notebook::new();
    let flow = flow! { round -> round }.with_state(notes.clone()).hops(0);
    let (ran, error) = rounds(flow, &notes, Message::new(5)).await;
    assert_eq!(
        (ran, error.map(|error| error.kind())),
        (1, Some(ErrorKind::BudgetExhausted))
    );
}

#[tokio::test]
async fn a_message_may_bring_its_own_budget() {
    let notes = Notebook::new();
    let flow = flow! { round -> round }.with_state(notes.clone()).hops(3);
    for (budget, expected) in [(1, 1), (2, 2), (12, 12)] {
        let message = Message::new(100).hops(budget);
        assert_eq!(rounds(flow.clone(), &notes, message).await.0, expected);
    }
    let (ran, _) = rounds(flow, &notes, Message::new(100)).await;
    assert_eq!(ran, 3, "the flow's own number, for other messages");
}

#[node]
async fn plan(n: u32, notes: State<Notebook>) -> ControlFlow<u32, u32> {
    notes.0.write("plan");
    ControlFlow::Continue(n)
}

#[node]
async fn act(n: u32, notes: State<Notebook>) -> u32 {
    notes.0.write("act");
    n
}

/// A round is a whole round, however many nodes it has.
#[tokio::test]
async fn a_longer_loop_counts_its_rounds() {
    let notes = Notebook::new();
    let flow = flow! { plan -> act -> plan }
        .with_state(notes.clone())
        .hops(3);
    let (ran, error) = rounds(flow, &notes, Message::new(0)).await;
    assert_eq!(ran, 6);
    assert_eq!(error.expect("it does not end").node(), Some("act"));
}

/// Ends after as many rounds as there are tens.
#[node]
async fn warm(n: u32) -> Option<u32> {
    n.checked_sub(10)
}

/// Ends after as many rounds as there are ones.
#[node]
async fn work(n: u32) -> ControlFlow<u32, u32> {
    match n % 10 {
        0 => ControlFlow::Break(n),
        _ => ControlFlow::Continue(n - 1),
    }
}

/// Rounds of one loop are missing in the next: the budget is the trace's, not the loop's.
#[tokio::test]
async fn all_loops_on_the_way_share_the_budget() -> Result<(), FlowError> {
    let flow = flow! {
        warm -> warm;
        warm -> work -> work;
    };
    assert_eq!(flow.clone().hops(4).run_all(22).await?, [10, 0]);
    let error = flow
        .hops(3)
        .run_all(22)
        .await
        .expect_err("one and three rounds are four");
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::BudgetExhausted, Some("work"))
    );
    Ok(())
}

#[node]
async fn split(n: u32, notes: State<Notebook>) -> Option<u32> {
    notes.0.write(n);
    (n > 1).then_some(n - 1)
}

#[node]
async fn left(n: u32) -> u32 {
    n
}

#[node]
async fn right(n: u32) -> u32 {
    n
}

/// Each way of a broadcast counts its own rounds: seven visits, none more than three deep.
#[tokio::test]
async fn branches_count_their_own_rounds() {
    let notes = Notebook::new();
    let flow = flow! {
        split -> left -> split;
        split -> right -> split;
    };
    let flow = flow.with_state(notes.clone());
    let error = flow
        .clone()
        .hops(3)
        .run_all(3)
        .await
        .expect_err("nothing comes out");
    assert_eq!(error.kind(), ErrorKind::Filtered);
    assert_eq!(notes.lines(), ["3", "2", "2", "1", "1", "1", "1"]);
    let error = flow
        .hops(2)
        .run_all(3)
        .await
        .expect_err("three deep is too deep");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
}

/// Each visit of a trace that goes round is an event, and the one that did not happen is not.
#[tokio::test]
async fn an_exhausted_budget_starts_no_further_visit() {
    let notes = Notebook::new();
    let (flow, seen) = watched(flow! { round -> round }.with_state(notes.clone()).hops(2));
    let (_, error) = rounds(flow.clone(), &notes, Message::new(9)).await;
    assert!(error.is_some());
    flow.flush().await;
    assert_eq!(seen.count("node_start"), 2);
    assert_eq!(seen.count("node_success"), 2);
    assert_eq!(seen.count("node_failed"), 0);
}

/// No frontier of a loop grows with its rounds: a budget may be as large as one likes.
#[tokio::test]
async fn a_loop_may_go_round_a_hundred_thousand_times() -> Result<(), FlowError> {
    #[node]
    async fn count_down(n: u32) -> ControlFlow<&'static str, u32> {
        if n == 0 {
            ControlFlow::Break("landed")
        } else {
            ControlFlow::Continue(n - 1)
        }
    }
    let flow = flow! { count_down -> count_down }.hops(u32::MAX);
    assert_eq!(flow.run(100_000).await?, "landed");
    Ok(())
}
