//! Whatever is made of tokens, as options of a node (the first line) and as an item.
#![no_main]

use libfuzzer_sys::fuzz_target;
use penguiflow_fuzz::expand_item;

fuzz_target!(|text: &str| {
    let (options, item) = text
        .split_once('\n')
        .unwrap_or((text, "async fn a(b: C) {}"));
    expand_item(options, item);
});
