//! The name of a durable flow (the first line), and a frontier of it that was changed.
#![no_main]

mod change;
mod flows;
#[expect(dead_code, reason = "the example `frontier_seeds` writes texts")]
mod stored;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

use crate::change::changed;
use crate::stored::run;

fuzz_target!(|text: &str| run(text));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let changed = (seed % 8 != 0)
        .then(|| changed(&data[..size], max_size, seed))
        .flatten();
    match changed {
        Some(text) => {
            data[..text.len()].copy_from_slice(&text);
            text.len()
        }
        None => fuzzer_mutate(data, size, max_size),
    }
});
