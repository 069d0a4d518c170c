//! Whatever is made of tokens, as a flow.
#![no_main]

use libfuzzer_sys::fuzz_target;
use penguiflow_fuzz::expand_flow;

fuzz_target!(|text: &str| expand_flow(text));
