//! What `flow!` makes of nodes: topologies, and the two forms of a flow.

mod back_ends;
mod edges;
mod ends;
mod forms;
mod hosts;
mod loops;
