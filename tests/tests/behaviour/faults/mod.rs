//! The faults that were found in the original, by their numbers: each has a test that names
//! it, or a line here that says why it cannot be written in this design.
//!
//! | fault | why it has no test here |
//! |---|---|
//! | b07 | what a trace has collected is in its frontier, and ends with it: there is no table of traces |
//! | b10 | there is no `from_`: a result belongs to a trace, not to an exit |
//! | b14 | routing is a `match` on the payload, and the envelope stays: `routing::envelope` |
//! | b20 | a playbook's failure is its caller's: `playbooks::a_failing_playbook_ends_its_caller_and_says_where` |
//! | b26 | an edge whose types differ is a compile error: `ui-tests` |
//! | b27 | a value of a type is valid by the type; there is no validation yet |
//! | b29 | two nodes of one name are a compile error: `ui-tests` |
//! | c05 | there is no formatter of server-sent events |

mod forks;
mod lifecycle;
mod loops;
mod reliability;
mod results;
mod semantics;
mod telling;
