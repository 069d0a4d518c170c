//! Durable flows with all that a frontier can hold: joins of each kind, maps, loops, fallbacks, and
//! places where a trace parks, within each other.

use penguiflow::prelude::*;

use super::stored::Stored;

#[node]
async fn start(n: u8) -> u8 {
    n
}

#[node]
async fn plus(n: u8) -> u8 {
    n.wrapping_add(1)
}

#[node]
async fn double(n: u8) -> u8 {
    n.wrapping_mul(2)
}

#[node]
async fn odd(n: u8) -> Option<u8> {
    (n % 2 == 1).then_some(n)
}

#[node]
async fn not_three(n: u8) -> Result<u8, &'static str> {
    match n % 5 {
        3 => Err("no threes"),
        _ => Ok(n),
    }
}

#[node]
async fn mend(failed: Failed<u8>) -> u8 {
    failed.input / 2
}

#[node]
async fn list(n: u8) -> Vec<u8> {
    (0..n % 6).collect()
}

#[node]
async fn sum(list: Vec<u8>) -> u8 {
    list.into_iter().fold(0, u8::wrapping_add)
}

#[node]
async fn add((one, other): (u8, u8)) -> u8 {
    one.wrapping_add(other)
}

#[node]
async fn add_three((one, two, three): (u8, u8, u8)) -> u8 {
    one.wrapping_add(two).wrapping_add(three)
}

#[node]
async fn settled((one, two): (Result<u8, NodeError>, Result<u8, NodeError>)) -> u8 {
    one.unwrap_or(1).wrapping_add(two.unwrap_or(2))
}

#[node]
async fn count_good(list: Vec<Result<u8, NodeError>>) -> u8 {
    list.into_iter().flatten().fold(0, u8::wrapping_add)
}

#[node]
async fn down(n: u8) -> ControlFlow<u8, u8> {
    match n {
        0 => ControlFlow::Break(1),
        n => ControlFlow::Continue(n / 2),
    }
}

#[node]
async fn late(n: u8) -> (u8, u8) {
    (n, 0)
}

use add as add_again;
use double as double_again;
use double as double_inside;
use list as list_inside;
use plus as plus_again;
use plus as plus_inside;
use sum as sum_inside;

flow! {
    #[flow(durable)]
    struct Joined(u8) -> u8;

    start -> [plus, not_three else mend, double] -> join -> add_three;
}

flow! {
    #[flow(durable)]
    struct Raced(u8) -> u8;

    start -> [not_three -> plus, odd -> double] -> race -> plus_again;
}

flow! {
    #[flow(durable)]
    struct Quorum(u8) -> u8;

    start -> [not_three, odd, plus -> double] -> quorum(2) -> sum;
}

flow! {
    #[flow(durable)]
    struct Settled(u8) -> u8;

    start -> [not_three -> plus, plus_again -> double] -> settle -> settled;
}

flow! {
    #[flow(durable)]
    struct Mapped(u8) -> u8;

    list -> [not_three -> plus; 2] -> settle -> count_good;
}

flow! {
    #[flow(durable)]
    struct MapOfForks(u8) -> u8;

    list -> [[plus, double] -> join -> add; 2] -> join -> sum;
}

flow! {
    #[flow(durable)]
    struct MapOfMaps(u8) -> u8;

    list -> [list_inside -> [plus -> double; 2] -> join -> sum_inside; 3] -> quorum(2) -> sum;
}

flow! {
    #[flow(durable)]
    struct Alone(u8) -> u8;

    list -> [odd; 2] -> plus -> [double, double_again];
}

flow! {
    #[flow(durable)]
    struct Looped(u8) -> u8;

    plus -> double -> match {
        n if *n < 60 => plus,
        n => start(n),
    };
}

flow! {
    #[flow(durable)]
    struct Left(u8) -> u8;

    down -> plus -> match {
        1 => start(9),
        _ => down,
    };
}

flow! {
    #[flow(durable)]
    struct LoopInFork(u8) -> u8;

    start -> [plus -> double -> match { n if *n < 60 => plus, n => plus_inside(n) }, double_inside]
        -> join -> add;
}

flow! {
    #[flow(durable)]
    struct Parked(u8) -> u8;

    start -> [plus, double -> await u8 within "1s" else late -> add] -> join -> add_again;
}

flow! {
    #[flow(durable)]
    struct ParkedItems(u8) -> u8;

    list -> [plus -> await u8 within "1s" -> add; 2] -> race -> double;
}

flow! {
    #[flow(durable)]
    struct Nested(u8) -> u8;

    start -> [
        plus -> [double, plus_again -> [not_three, odd] -> race -> double_inside] -> join -> add,
        double_again,
    ] -> settle -> settled;
}

/// A flow, without its type.
type Make = fn() -> Box<dyn Stored>;

/// The flows, by their names.
pub(crate) const FLOWS: [(&str, Make); 14] = [
    ("joined", || Box::new(Joined::flow())),
    ("raced", || Box::new(Raced::flow())),
    ("quorum", || Box::new(Quorum::flow())),
    ("settled", || Box::new(Settled::flow())),
    ("mapped", || Box::new(Mapped::flow())),
    ("map_of_forks", || Box::new(MapOfForks::flow())),
    ("map_of_maps", || Box::new(MapOfMaps::flow())),
    ("alone", || Box::new(Alone::flow())),
    ("looped", || Box::new(Looped::flow())),
    ("left", || Box::new(Left::flow())),
    ("loop_in_fork", || Box::new(LoopInFork::flow())),
    ("parked", || Box::new(Parked::flow())),
    ("parked_items", || Box::new(ParkedItems::flow())),
    ("nested", || Box::new(Nested::flow())),
];
