//! The engine: one message in the caller's task, or many through OpenSea and Rookery.

mod call;
mod call_places;
mod cancel;
mod capacity;
mod dead_letters;
mod emit;
mod erased;
mod every_await;
mod fetch;
mod health;
mod json;
mod ledger;
mod message;
mod order;
mod run;
mod split;
mod stop;
mod trace;
mod workers;
