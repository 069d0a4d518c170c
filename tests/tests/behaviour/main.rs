//! Behaviour of nodes, flows and the engine, each through the public face alone. One binary,
//! so that it links once; a folder per concept.

mod by_json;
mod engine;
mod fallbacks;
mod faults;
mod flows;
mod joins;
mod maps;
mod nodes;
mod observing;
mod parking;
mod playbooks;
mod reliability;
mod routing;
mod streaming;
mod support;
mod vocabulary;
