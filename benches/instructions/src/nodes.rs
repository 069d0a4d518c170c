//! Nodes that do next to nothing, so that what is counted is the engine.

use std::hint::black_box;

use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

/// What goes through the flows; its text is moved along.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Parcel {
    text: String,
    stamps: u64,
}

impl Parcel {
    /// A new one, as each message has its own.
    pub(crate) fn new() -> Self {
        let text = black_box("where do the penguins spend the winter?").to_owned();
        Self { text, stamps: 0 }
    }

    fn stamped(mut self) -> Self {
        self.stamps += self.text.len() as u64;
        self
    }
}

/// Nodes of these names that pass their parcel on.
macro_rules! stamping {
    ($node:meta: $($name:ident)*) => {$(
        #[$node]
        pub(crate) async fn $name(parcel: Parcel) -> Parcel {
            parcel.stamped()
        }
    )*};
}

stamping!(node: a b c d e f g h i j);
stamping!(node(timeout = "2s", retries = 3, jitter = false): patient_a patient_b patient_c);

#[node]
pub(crate) async fn with_ctx(parcel: Parcel, ctx: Ctx) -> Parcel {
    black_box(ctx.attempt());
    parcel.stamped()
}

/// What an application shares.
#[derive(Clone)]
pub(crate) struct Stamp(pub(crate) u64);

#[node]
pub(crate) async fn with_state(mut parcel: Parcel, State(stamp): State<Stamp>) -> Parcel {
    parcel.stamps += stamp.0;
    parcel
}

type Eight<T> = (T, T, T, T, T, T, T, T);

#[node]
pub(crate) async fn first(parcels: Eight<Parcel>) -> Parcel {
    parcels.0
}

/// Goes round a hundred times.
#[node]
pub(crate) async fn round(parcel: Parcel) -> ControlFlow<Parcel, Parcel> {
    let parcel = Parcel {
        stamps: parcel.stamps + 1,
        ..parcel
    };
    match parcel.stamps < 100 {
        true => ControlFlow::Continue(parcel),
        false => ControlFlow::Break(parcel),
    }
}

#[node]
pub(crate) async fn items(parcel: Parcel) -> Vec<u64> {
    (0..1000).map(|item| item + parcel.stamps).collect()
}

#[node]
pub(crate) async fn square(item: u64) -> u64 {
    item * item
}

#[node]
pub(crate) async fn sum(squares: Vec<u64>) -> u64 {
    squares.into_iter().sum()
}

/// Makes a list of that many items of a parcel.
pub(crate) struct List(pub(crate) u64);

#[node]
impl List {
    async fn call(&self, parcel: Parcel) -> Vec<u64> {
        (0..self.0).map(|item| item + parcel.stamps).collect()
    }
}

/// The same of a number.
pub(crate) struct Items(pub(crate) u64);

#[node]
impl Items {
    async fn call(&self, first: u64) -> Vec<u64> {
        (first..first + self.0).collect()
    }
}

#[node]
pub(crate) async fn refuse(_: u64) -> Result<u64, &'static str> {
    Err("refused")
}

/// All wait, and the first not for long.
#[node]
pub(crate) async fn first_wins(item: u64) -> u64 {
    tokio::task::yield_now().await;
    if item > 0 {
        std::future::pending::<()>().await;
    }
    item
}

#[node]
pub(crate) async fn count(results: Vec<Result<u64, NodeError>>) -> u64 {
    results.into_iter().filter(Result::is_err).count() as u64
}

#[node]
pub(crate) async fn total(sums: Vec<u64>) -> u64 {
    sums.into_iter().fold(0, u64::wrapping_add)
}

#[node]
pub(crate) async fn given((parcel, stamps): (Parcel, u8)) -> Parcel {
    Parcel {
        stamps: u64::from(stamps),
        ..parcel
    }
}
