//! The faults that were found in the original, by their numbers: each has a test that names it,
//! in this folder unless the table names another place, or a line that says why it cannot be
//! written in this design. What the original did right is in `semantics`.
//!
//! | fault | where its test is, or why there is none |
//! |---|---|
//! | b07 | `joins::{hosts, items, many_traces, repeated_steps}`, and `tests/memory.rs` |
//! | b10 | there is no `from_`: a result belongs to a trace, not to an exit |
//! | b14 | `routing::envelope` |
//! | b20 | a playbook's failure is its caller's: `playbooks::a_failing_playbook_ends_its_caller_and_says_where` |
//! | b26 | an edge whose types differ is a compile error: `ui-tests/fail/edge_of_another_type.rs` |
//! | b27 | `reliability::validate` |
//! | b29 | two nodes of one name are a compile error, `ui-tests/fail/nodes_of_one_name.rs`; `patterns` |
//! | b34 | `forks` for `map_concurrent`, `joins::join` for branches |
//! | c04, c06, c12 | for outputs `results`, for chunks `streaming::others` |
//! | c05 | the library writes no server-sent events; the example `streaming` does, and tests it |

mod calls;
mod causes;
mod compiled_out;
mod corrupted;
mod dropped;
mod flush;
mod forks;
mod ids;
mod lifecycle;
mod limits;
mod linear;
mod loops;
mod outside;
mod own_flow;
mod panics;
mod patterns;
mod ready;
mod recursion;
mod reliability;
mod reporting;
mod results;
mod running;
mod runtimes;
mod semantics;
mod shutdown;
mod stored;
mod streams;
mod verdicts;
