//! A folder of text files, split into passages and indexed in memory: what the examples
//! search. [`calculator`] is a tool of their agents, and [`cli`] has what their command lines share.

pub mod calculator;
pub mod cli;
pub mod command;
mod error;
mod folder;
mod index;
mod passage;

pub use error::OpenError;
pub use folder::files;
pub use index::{Hit, Index, terms};
pub use passage::{Passage, split};
