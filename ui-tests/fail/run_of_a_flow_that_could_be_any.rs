//! One error: a function is given any topology, of which it is not known that it can run.
use penguiflow::host::Topology;
use penguiflow::prelude::*;

fn begin<F: Topology<In = String>>(flow: Flow<F>) {
    let _ = flow.start();
}

fn main() {}
