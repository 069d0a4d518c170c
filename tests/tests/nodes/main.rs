//! What `#[node]` makes of functions and structs.

mod attributes;
mod extractors;
mod for_test;
mod map_concurrent;
mod options;
mod params;
mod placement;
mod places;
mod returns;
mod state;
mod structs;
mod stubs;
