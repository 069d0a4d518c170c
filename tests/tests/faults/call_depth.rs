//! Calls in calls end before the stack does.

use penguiflow::prelude::*;

#[node]
async fn deep(depth: u32, ctx: Ctx) -> Result<u32, FlowError> {
    match depth {
        0 => Ok(0),
        _ => Ok(ctx.call(&Deep::flow(), depth - 1).await? + 1),
    }
}

flow! {
    struct Deep(u32) -> u32;

    deep;
}

mod wide {
    use super::*;

    enum Way {
        Down(Vec<u32>),
        Up(u32),
    }

    #[node(timeout = "10s", retries = 1, concurrency = 100)]
    async fn look(depth: u32) -> Way {
        match depth {
            0 => Way::Up(0),
            _ => Way::Down(vec![depth]),
        }
    }

    #[node(timeout = "10s", retries = 1)]
    async fn down(depth: &u32, ctx: Ctx) -> Result<u32, FlowError> {
        // A node of some size.
        let room = [0_u8; 2048];
        let under = ctx.call(&Wide::flow(), depth - 1).await?;
        Ok(under + 1 + u32::from(room[depth.is_multiple_of(7) as usize]))
    }

    #[node]
    async fn same(depth: u32) -> u32 {
        depth
    }

    #[node]
    async fn up(depth: u32) -> u32 {
        depth
    }

    #[node]
    async fn most(all: Vec<(u32, u32)>) -> u32 {
        all.into_iter()
            .map(|(one, other)| one.max(other))
            .max()
            .unwrap_or_default()
    }

    #[node]
    async fn sides(depth: u32) -> u32 {
        depth
    }

    #[node]
    async fn pair((one, other): (u32, u32)) -> (u32, u32) {
        (one, other)
    }

    flow! {
        pub(super) struct Wide(u32) -> u32;

        look -> match {
            Way::Down(depths) => same_list(depths) -> [sides -> [down, same] -> join -> pair; 4] -> join -> most,
            Way::Up(depth) => up(depth),
        };
    }

    #[node]
    async fn same_list(depths: Vec<u32>) -> Vec<u32> {
        depths
    }
}

/// On a thread of 2 MiB, which is what tokio's workers and tests have. Without an end the process
/// would be killed.
fn on_two_mebibytes(run: impl FnOnce() -> FlowError + Send) -> FlowError {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 << 20);
        let thread = thread.spawn_scoped(scope, run).expect("a thread");
        thread.join().expect("it ends in an error")
    })
}

fn run_to_error<F>(flow: Flow<F>) -> FlowError
where
    F: penguiflow::host::Line<()>
        + penguiflow::host::Topology<In = u32, Out = u32>
        + penguiflow::edge::SingleOutput,
{
    on_two_mebibytes(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let runtime = runtime.expect("a runtime");
        assert_eq!(runtime.block_on(flow.run(20)).ok(), Some(20));
        runtime.block_on(flow.run(10_000)).expect_err("too deep")
    })
}

#[test]
fn calls_in_calls_end_before_the_stack_does() {
    for error in [run_to_error(Deep::flow()), run_to_error(wide::Wide::flow())] {
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::BudgetExhausted, 1)
        );
        let text = error.to_string();
        assert!(text.contains("make the recursion a loop"), "{text}");
    }
}
