//! Two workers and the engine, each a process, are killed by `kill -9` at random moments, and the network
//! between them is cut. They protect the guarantees of `penguiflow-restate`: each trace has the outputs that it
//! has in memory, each once; exactly the visits and attempts of memory happen, and few of them twice; what is
//! parked waits on, and what is cancelled stays so.

mod cluster;
mod cuts;
mod followed;
mod random;
mod traffic;

use local_restate::{Binary, fetch};

/// The engine's binary; where it cannot be had, the reason is printed, and the test is skipped.
pub(crate) fn binary() -> Option<Binary> {
    match fetch() {
        Ok(binary) => Some(binary),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

pub(crate) fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |number| number.parse().expect("a number"))
}
