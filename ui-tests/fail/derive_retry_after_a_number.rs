//! One error: `#[after(field)]` names a field that holds no time.
use penguiflow::prelude::*;

#[derive(Retryable)]
enum FetchError {
    #[after(seconds)]
    Throttled { seconds: u64 },
}

fn main() {}
