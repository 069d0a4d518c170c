//! Arms that stand deep in each other, by statements of their own: what stands too deep follows.

use penguiflow::prelude::*;

#[node]
async fn less(n: u32) -> u32 {
    n.saturating_sub(1)
}

#[node]
async fn done(n: u32) -> String {
    format!("done at {n}")
}

#[node]
async fn odd(n: u32) -> String {
    format!("odd at {n}")
}

use less as a0;
use less as a1;
use less as a2;
use less as a3;
use less as a4;
use less as a5;
use less as a6;
use less as a7;
use less as a8;
use less as a9;
use less as b0;
use less as b1;
use less as b2;
use less as b3;
use less as b4;
use less as b5;
use less as b6;
use less as b7;
use less as b8;
use less as b9;

flow! {
    struct Deep(u32) -> String;

    a0 -> match { 0 => done, _ => a1 };
    a1 -> match { 0 => done, _ => a2 };
    a2 -> match { 0 => done, _ => a3 };
    a3 -> match { 0 => done, _ => a4 };
    a4 -> match { 0 => done, _ => a5 };
    a5 -> match { 0 => done, _ => a6 };
    a6 -> match { 0 => done, _ => a7 };
    a7 -> match { 0 => done, _ => a8 };
    a8 -> match { 0 => done, _ => a9 };
    a9 -> match { 0 => done, _ => b0 };
    b0 -> match { 0 => done, _ => b1 };
    b1 -> match { 0 => done, _ => b2 };
    b2 -> match { 0 => done, _ => b3 };
    b3 -> match { 0 => done, _ => b4 };
    b4 -> match { 0 => done, _ => b5 };
    b5 -> match { 0 => done, _ => b6 };
    b6 -> match { 0 => done, 7 => odd, _ => b7 };
    b7 -> match { 0 => done, 5 => b8, _ => b9 };
    b8 -> match { 4 => odd, _ => b9 };
    b9 -> match { 0 => done, _ => odd };
}

/// Protects the order of blocks: what follows one may break out of those around it.
#[tokio::test]
async fn each_way_through_deep_arms_is_taken() {
    let flow = Deep::flow();
    for (n, end) in [
        (1, "done at 0"),
        (16, "done at 0"),
        (17, "done at 0"),
        (23, "odd at 4"),
        (24, "odd at 7"),
        (19, "done at 0"),
        (20, "odd at 1"),
        (30, "odd at 11"),
    ] {
        assert_eq!(flow.run(n).await.expect("it does not fail"), end, "{n}");
    }
}
