//! Items that go on by themselves: each holds its place for as long as it is in its map, whatever its
//! rounds there, and no longer. On both back ends.

use penguiflow::prelude::*;
use penguiflow_tests::by_json::{by_json, orders};
use penguiflow_tests::support::{Notebook, ms};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Piece {
    number: u32,
    rounds: u32,
}

#[node]
async fn pieces(count: u32) -> Vec<Piece> {
    let piece = |number| Piece { number, rounds: 3 };
    (0..count).map(piece).collect()
}

#[node]
async fn enter(piece: Piece, State(notes): State<Notebook>) -> Piece {
    notes.write(format_args!("{} in", piece.number));
    piece
}

#[node]
async fn round(piece: Piece) -> Piece {
    tokio::task::yield_now().await;
    let rounds = piece.rounds - 1;
    Piece { rounds, ..piece }
}

#[node]
async fn leave(piece: Piece, State(notes): State<Notebook>) -> u32 {
    notes.write(format_args!("{} out", piece.number));
    piece.number
}

#[node]
async fn after(number: u32, State(notes): State<Notebook>) -> u32 {
    tokio::time::sleep(ms(10)).await;
    notes.write(format_args!("{number} over"));
    number
}

flow! {
    #[flow(durable)]
    struct Alone(u32) -> u32;

    pieces -> [enter -> round -> match {
        Piece { rounds: 0, .. } => leave,
        _ => round,
    }; 1] -> after;
}

/// In which order items were in the map.
fn in_the_map(notes: &Notebook) -> Vec<String> {
    let lines = notes.lines().into_iter();
    lines.filter(|line| !line.ends_with("over")).collect()
}

const ONE_BY_ONE: [&str; 6] = ["0 in", "0 out", "1 in", "1 out", "2 in", "2 out"];

#[tokio::test(start_paused = true)]
async fn an_item_holds_its_place_until_it_leaves_the_map() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = Alone::flow().with_state(notes.clone());
    flow.run_all(3).await?;
    assert_eq!(in_the_map(&notes), ONE_BY_ONE);
    for order in orders() {
        let notes = Notebook::new();
        let flow = Alone::flow().with_state(notes.clone());
        by_json(&flow, 3, order).await?;
        assert_eq!(in_the_map(&notes), ONE_BY_ONE);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_follows_the_map_holds_no_place() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = Alone::flow().with_state(notes.clone());
    flow.run_all(3).await?;
    let lines = notes.lines();
    let place = |line| lines.iter().position(|other| other == line);
    assert!(place("2 out") < place("0 over"), "{lines:?}");
    let mut frontier = flow.begin(3);
    let mut most = 0;
    loop {
        // What follows the map is put off.
        let mut steps: Vec<_> = frontier
            .steps()
            .map(|(id, step)| (follows(step), id))
            .collect();
        steps.sort_unstable();
        most = steps.len().max(most);
        let Some((_, next)) = steps.first() else {
            break;
        };
        let step = frontier.take_step(*next).expect("a step to run");
        frontier.absorb(flow.advance(step).await?);
    }
    assert_eq!(most, 3, "three that have left the map, and none in it");
    Ok(())
}

/// Whether a step is that of `after`, or on the way to it.
fn follows(step: Option<&impl Serialize>) -> bool {
    let step = serde_json::to_value(step).expect("plain data");
    let name = step.as_object().and_then(|step| step.keys().next());
    name.is_some_and(|name| name == "after" || name.starts_with("each"))
}
