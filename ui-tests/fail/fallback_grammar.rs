//! Eight errors: what is no fallback.
use penguiflow::prelude::*;

#[node]
async fn gpt(n: u32) -> u32 {
    n
}

#[node]
async fn claude(n: u32) -> u32 {
    n
}

#[node]
async fn local(n: u32) -> u32 {
    n
}

fn main() {
    let _ = flow! { [gpt, claude] else local };
    let _ = flow! { gpt -> match { 0 => claude, _ => local } else local };
    let _ = flow! { gpt else };
    let _ = flow! { gpt else [claude, local] };
    let _ = flow! { gpt else gpt };
    let _ = flow! { gpt else claude else gpt };
    let _ = flow! { gpt else claude; gpt else local };
    let _ = flow! { else gpt };
}
