//! A bounded agent loop that gathers facts over several hops.

fn main() {}
