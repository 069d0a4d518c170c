//! The store at the level of bytes, through its own face.

mod at;
mod commits;
mod emits;
mod opening;
