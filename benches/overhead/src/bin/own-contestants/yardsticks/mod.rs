//! What one would write by hand: the functions awaited, channels, `buffer_unordered`, tasks.

mod buffered;
mod channels;
mod hand;
mod tasks;

use contest::Contestant;

pub(crate) fn contestants() -> [Contestant; 4] {
    [
        hand::contestant(),
        channels::contestant(),
        buffered::contestant(),
        tasks::contestant(),
    ]
}

/// The version of what a yardstick is made of.
fn locked(package: &str) -> String {
    let lock = include_str!("../../../../../../Cargo.lock");
    format!("{package} {}", contest::version_in(lock, package))
}
