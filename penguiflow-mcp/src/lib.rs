//! x
mod schema;
#[path = "approval/seal.rs"]
mod seal;
