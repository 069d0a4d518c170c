//! What holds for every flow, shown on a sample of random ones. Another sample:
//! `PENGUIFLOW_SEED=7 PENGUIFLOW_FLOWS=300 cargo test -p penguiflow-generated-tests`.

mod account;
mod calls;
mod endings;
mod episode;
mod graph;
#[cfg(feature = "durable")]
mod json_host;
mod ledger;
mod many_clients;
mod reference;
mod sample;
#[cfg(feature = "durable")]
mod store_host;
mod tasks;
mod wakes;
