//! The clients of other crates as models: each is a closure away, by [`ModelFn`](penguiflow_llm::ModelFn).
//! This crate's tests run each against a server in the same process.
//!
//! It is no member of the workspace, since features of these crates would hold for all of it:
//! `cargo test --manifest-path examples/model_adapters/Cargo.toml`.

mod with_async_openai;
mod with_genai;
mod with_rig;

pub use with_async_openai::async_openai;
pub use with_genai::genai;
pub use with_rig::rig;
