//! What all subjects of the benchmark share: the works, the node functions that they run, the
//! loops that measure them, and the protocol that the judge speaks with any program.
//!
//! A subject says which works it can do, and hands over to [`main`]:
//!
//! ```no_run
//! use harness::{Subject, Figure, Question, Sample, Work, nodes};
//!
//! async fn request(sample: Sample) -> Figure {
//!     let answer = |question| async {
//!         let docs = nodes::retrieve(nodes::triage(question).await).await;
//!         nodes::pack(docs).await
//!     };
//!     sample.awaited(Question::new, answer).await
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     harness::main([Subject::new("hand", "1.0.0")
//!         .can(Work::Request, request)
//!         .note(Work::Request, "one function after the other")
//!         .cannot(Work::Map, "it has no lists")])
//! }
//! ```

mod clock;
mod subject;
mod memory;
pub mod nodes;
mod sample;
mod work;

pub use subject::{Subject, Entry, main, version_in};
pub use nodes::{Docs, Prompt, Question, Triaged, Walk};
pub use sample::{Figure, Sample};
pub use work::{Feature, Flavour, Unit, Work};

/// How many messages of a stream are in flight at the most.
pub const IN_FLIGHT: usize = 64;
/// How many branches a broadcast has.
pub const BRANCHES: usize = 8;
/// How often the loop of [`Work::Rounds`] goes round.
pub const HOPS: u32 = 100;
/// How many items a list of [`Work::Map`] has.
pub const ITEMS: u64 = 1_000;
/// How many items of a map run at a time.
pub const AT_ONCE: usize = 64;
/// How often a node is tried again under a policy.
pub const RETRIES: u32 = 3;
/// How long an attempt may take under a policy.
pub const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(2);
