//! One error: a flow's type is not made of what it takes and yields.
use penguiflow::prelude::*;

fn serve(_flow: Flow<String, usize>) {}

fn main() {}
