//! What the README and the handbook show is so.

mod links;
mod names;
mod programs;
