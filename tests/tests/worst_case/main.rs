//! The worst case of a flow, as the compiler computes it, against what its traces take: in
//! paused time, with nodes that use up whatever they are given, and with nodes that do anything.

mod bounds;
mod figures;
mod hops;
mod maps;
mod nodes;
mod world;
