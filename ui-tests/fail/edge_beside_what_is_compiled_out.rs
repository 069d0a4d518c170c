//! Two errors: edges that do not fit, in flows of which a part is compiled out.
use penguiflow::prelude::*;

#[node]
async fn triage(_: String, #[cfg(any())] _: Missing) -> u32 { 0 }

#[node]
async fn pack(_: u64) -> usize { 0 }

flow! {
    struct Packed(String) -> usize;

    #[cfg(any())]
    triage -> missing;
    triage -> [#[cfg(any())] missing, pack];
}

fn main() {
    let _ = flow! { #[cfg(any())] triage -> missing; triage -> pack }.start();
}
