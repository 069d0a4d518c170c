//! One error: `#[node]` on a struct.
use penguiflow::prelude::*;

#[node]
struct Search;

fn main() {}
