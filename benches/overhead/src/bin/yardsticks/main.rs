//! What one would write by hand: the functions awaited, channels, `buffer_unordered`, tasks.

mod buffered;
mod channels;
mod hand;
mod tasks;

use std::process::ExitCode;

fn main() -> ExitCode {
    contest::main([
        hand::contestant(),
        channels::contestant(),
        buffered::contestant(),
        tasks::contestant(),
    ])
}
