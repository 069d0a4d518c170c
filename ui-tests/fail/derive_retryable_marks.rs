//! Eight errors: marks of `#[derive(Retryable)]` that are missing, too many, or misplaced.
use penguiflow::prelude::*;
use std::time::Duration;

#[derive(Retryable)]
enum FetchError {
    NotFound,
    #[retry]
    #[fatal]
    Reset,
    #[after(wiat)]
    Throttled { wait: Duration, status: u16 },
    #[after(1)]
    Busy(Duration),
    #[after(0)]
    Gone,
    #[after]
    Late(Duration),
    #[fatal(never)]
    Lost,
    Slow {
        #[after]
        wait: Duration,
    },
}

fn main() {
    let _ = FetchError::Reset.retry();
}
