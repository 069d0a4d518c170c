//! Timeouts, retries and structured events against a server that fails on purpose.

fn main() {}
