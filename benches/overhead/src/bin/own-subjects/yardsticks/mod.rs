//! What one would write by hand: the functions awaited, channels, `buffer_unordered`, tasks.

mod buffered;
mod channels;
mod hand;
mod tasks;

use harness::Subject;

pub(crate) fn subjects() -> [Subject; 4] {
    [
        hand::subject(),
        channels::subject(),
        buffered::subject(),
        tasks::subject(),
    ]
}

/// The version of what a yardstick is made of.
fn locked(package: &str) -> String {
    let lock = include_str!("../../../../../../Cargo.lock");
    format!("{package} {}", harness::version_in(lock, package))
}
