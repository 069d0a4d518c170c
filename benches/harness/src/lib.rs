//! What all subjects of the benchmark share: the works, the node functions that they run, the
//! loops that measure them, and the protocol by which `overhead` asks any program. A subject says
//! which works it can do, and hands over to [`main`].

mod clock;
mod memory;
pub mod nodes;
mod sample;
mod subject;
mod work;

pub use nodes::{Docs, Prompt, Question, Triaged, Walk};
pub use sample::{Figure, Sample};
pub use subject::{Entry, Subject, main, version_in};
pub use work::{Feature, Flavour, Unit, Work};

/// How many messages of a stream are in flight at most.
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
