//! What the benchmarks share to report what they have measured: the machine, samples, tables.

mod machine;
mod samples;
mod table;

pub use machine::Machine;
pub use samples::Samples;
pub use table::table;
