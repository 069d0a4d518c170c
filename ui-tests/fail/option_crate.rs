//! Six errors: where penguiflow is, is a path; and an expression has no policy.
use penguiflow::prelude::*;

#[node(crate = "penguiflow")]
async fn a(text: String) -> String {
    text
}

#[derive(Clone, FromRef)]
#[from_ref(skip)]
struct State {
    number: u32,
}

#[derive(Debug, Retryable)]
#[retryable(fatal)]
#[fatal]
struct Refused;

fn main() {
    let _ = flow! {
        #[flow(crate = 1)]
        a
    };
    let _ = flow! {
        #[flow(timeout = "2s")]
        a
    };
    let _ = flow! {
        #[flow(crate = penguiflow)]
        #[flow(crate = penguiflow)]
        a
    };
}
