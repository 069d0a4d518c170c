//! Six errors: what is no worst case.
use penguiflow::prelude::*;

#[node(timeout = "2s")]
async fn score(n: u32) -> u32 {
    n
}

#[node(worst_case = "2s")]
async fn slow(n: u32) -> u32 {
    n
}

flow! {
    #[flow(worst_case = "20 parsecs")]
    struct One(u32) -> u32;

    score;
}

flow! {
    #[flow(worst_case = 20)]
    struct Two(u32) -> u32;

    score;
}

flow! {
    #[flow(worst_case)]
    struct Three(u32) -> u32;

    score;
}

flow! {
    #[flow(worst_case = "20s", worst_case = "30s")]
    struct Four(u32) -> u32;

    score;
}

flow! {
    #[flow(worstcase = "20s")]
    struct Five(u32) -> u32;

    score;
}

fn main() {
    // What cannot be read has figures all the same.
    let _ = (One::WORST_CASE, Two::WORST_ATTEMPTS);
}
