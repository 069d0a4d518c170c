//! A flow on a Restate server is served as any other: over HTTP by `penguiflow-serve`, and as a tool by
//! `penguiflow-mcp`. The worker runs in the test's own process.

mod client;
mod host;
mod refunds;
mod routes;
mod tool;
mod web;
