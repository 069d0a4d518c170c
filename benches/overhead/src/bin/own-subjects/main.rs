//! The works as flows, and as one would write them by hand: in one program, so that both can be
//! measured in turn, and both with the same [`nodes`].

mod flows;
mod nodes;
mod yardsticks;

use std::iter::once;
use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main(once(flows::subject()).chain(yardsticks::subjects()))
}
