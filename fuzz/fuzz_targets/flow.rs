//! Flows as people might write them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use penguiflow_fuzz::expand_flow;
use penguiflow_fuzz::written::Written;

fuzz_target!(|flow: Written| expand_flow(&flow.0));
