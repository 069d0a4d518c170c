//! Traces that wait at an `await`: who moves them on, what they hold meanwhile, and how they end.

mod ending;
mod events;
mod hosts;
mod json;
mod parkings;
mod payloads;
mod places;
mod resume;
mod started;
mod stored;

use penguiflow::host::Topology;
use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

use penguiflow_tests::support::Notebook;

/// What the traces here wait for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Approval(pub(crate) u32);

/// A text that waits, and reports when it is dropped.
pub(crate) struct Draft(
    u32,
    #[expect(dead_code, reason = "it is dropped")] Box<dyn Send>,
);

/// Counts its visits in the notebook.
#[node(concurrency = 1)]
pub(crate) async fn draft(n: u32, State(notes): State<Notebook>) -> u32 {
    notes.write(format!("draft {n}"));
    n
}

/// What is dropped with the trace that waits.
#[node]
pub(crate) async fn hold(n: u32, State(notes): State<Notebook>) -> Draft {
    Draft(n, Box::new(notes.on_drop(&format!("gone {n}"))))
}

#[node]
pub(crate) async fn release((draft, approval): (Draft, Approval)) -> u32 {
    draft.0 + approval.0
}

#[node]
pub(crate) async fn publish((n, approval): (u32, Approval)) -> u32 {
    n + approval.0
}

/// Lets other tasks run until that many steps of the flow wait.
pub(crate) async fn until_parked<F: Topology, S>(flow: &Flow<F, S>, steps: usize) {
    let mut turns = 0;
    while flow.parked().len() != steps {
        turns += 1;
        assert!(turns < 100_000, "{:?} are parked", flow.parked());
        tokio::task::yield_now().await;
    }
}
