//! A flow value that is used in several runtimes: what waits in one of them expires there, whatever
//! became of the others.

use std::time::Duration;

use penguiflow::prelude::*;
use tokio::runtime::{Builder, Runtime};

#[node]
async fn ask(n: u32) -> u32 {
    n
}

#[node]
async fn answer((n, _): (u32, u8)) -> u32 {
    n
}

#[node]
async fn late(n: u32) -> (u32, u8) {
    (n + 100, 0)
}

fn runtime() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime")
}

#[test]
fn a_parked_trace_expires_in_its_own_runtime() {
    let flow = flow! { ask -> await u8 within "20ms" else late -> answer };
    let (one, other) = (runtime(), runtime());
    let within = Duration::from_secs(20);
    let expire = |runtime: &Runtime, n: u32| {
        let ended = runtime.block_on(async { tokio::time::timeout(within, flow.run(n)).await });
        assert_eq!(ended.expect("it expires").expect("late"), n + 100);
    };
    expire(&one, 1);
    expire(&other, 2);
    drop(one);
    expire(&other, 3);
    assert!(flow.parked().is_empty());
}
