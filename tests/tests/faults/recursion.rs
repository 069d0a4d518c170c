//! Flows that run or call themselves: their depth ends in an error before the stack does, and the
//! error's text is short.

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

fn run_to_error(flow: impl AnyFlow<In = u32, Out = u32>) -> FlowError {
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

/// The same for flows that nodes run: such a call is no step of the trace, but stands on the stack.
#[test]
fn runs_in_runs_end_before_the_stack_does() {
    let error = run_to_error(Run::flow());
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    let text = error.to_string();
    assert!(text.contains("make the recursion a loop"), "{text}");
}

#[node]
async fn run_deep(depth: u32) -> Result<u32, FlowError> {
    match depth {
        0 => Ok(0),
        _ => Ok(Run::flow().run(depth - 1).await? + 1),
    }
}

flow! {
    struct Run(u32) -> u32;

    run_deep;
}

/// And for those that nodes stream.
#[test]
fn traces_in_traces_end_before_the_stack_does() {
    let error = run_to_error(Streamed::flow());
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    let text = error.to_string();
    assert!(text.contains("make the recursion a loop"), "{text}");
}

#[node]
async fn trace_deep(depth: u32) -> Result<u32, FlowError> {
    if depth == 0 {
        return Ok(0);
    }
    let flow = Streamed::flow();
    let mut trace = flow.trace(depth - 1);
    match trace.next().await {
        Some(Ok(TraceItem::Output(below))) => Ok(below.payload + 1),
        Some(Err(error)) => Err(error),
        other => unreachable!("{other:?}"),
    }
}

flow! {
    struct Streamed(u32) -> u32;

    trace_deep;
}

/// A text names the first nodes and how many there are, and the innermost error once.
#[test]
fn an_error_of_many_levels_tells_its_path_once() {
    let error = run_to_error(Deep::flow());
    let levels = error.path().expect("it has nodes").split('/').count();
    let inner = innermost(&error).to_string();
    let text = format!("node `deep > deep > deep > … ({levels} levels)` failed: {inner}");
    assert_eq!(error.to_string(), text);
    assert_eq!(format!("{error:#}"), text);
    let told = NodeError::from(&error);
    assert_eq!((told.message, told.causes), (text, Vec::new()));
}

fn innermost(error: &FlowError) -> &FlowError {
    let called = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    called.map_or(error, innermost)
}

#[node]
async fn bottom(_: u32) -> Result<u32, Wrong> {
    Err(Wrong(std::io::Error::other("no route")))
}

#[derive(Debug, thiserror::Error)]
#[error("it went wrong")]
struct Wrong(#[source] std::io::Error);

flow! {
    struct Bottom(u32) -> u32;

    bottom;
}

#[node]
async fn dig(depth: u32, ctx: Ctx) -> Result<u32, FlowError> {
    match depth {
        0 => ctx.call(&Bottom::flow(), 0).await,
        _ => ctx.call(&Dig::flow(), depth - 1).await,
    }
}

flow! {
    struct Dig(u32) -> u32;

    dig;
}

/// The cause of the innermost error is kept. Few levels are named one by one.
#[tokio::test]
async fn the_causes_of_the_innermost_error_are_told() {
    let few = Dig::flow().run(0).await.expect_err("no route");
    assert_eq!(
        format!("{few:#}"),
        "node `dig` failed: node `bottom` failed: it went wrong: no route"
    );
    let many = Dig::flow().run(10).await.expect_err("no route");
    assert_eq!(
        format!("{many:#}"),
        "node `dig > dig > dig > … (12 levels)` failed: node `bottom` failed: it went wrong: no \
         route"
    );
    assert_eq!(NodeError::from(&many).causes, ["it went wrong", "no route"]);
}
