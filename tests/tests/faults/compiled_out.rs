//! What `#[cfg(…)]` compiles out: parameters of nodes; statements, branches and arms of flows.

use penguiflow::prelude::*;

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn spared(
    n: u32,
    #[cfg(any())] missing: Missing,
    #[cfg(test)] ctx: Ctx,
    #[cfg(any())] other: Other,
) -> u32 {
    n + ctx.attempt()
}

#[node]
#[cfg(any())]
async fn absent(n: u32, #[cfg(test)] ctx: Ctx) -> u32 {
    n + ctx.attempt()
}

struct Add(u32);

#[node]
impl Add {
    async fn call(&self, #[cfg(any())] text: String, #[cfg(test)] n: u32) -> u32 {
        n + self.0
    }
}

#[node]
async fn sum((one, other): (u32, u32)) -> u32 {
    one + other
}

flow! {
    /// Its parts for other systems are not here.
    #[cfg(test)]
    struct Counted(u32) -> u32;

    start -> [spared, #[cfg(any())] absent, #[cfg(test)] seven] -> join -> sum;
    sum -> match {
        #[cfg(any())]
        0 => absent,
        #[cfg(test)]
        n if *n > 100 => end,
        n => ten(n),
    };
    #[cfg(any())]
    end -> absent;

    #[cfg(test)]
    let seven: Add = Add(7);
    #[cfg(any())]
    let seven: Absent = Absent;
    let ten: Add = Add(10);
}

flow! {
    #[cfg(any())]
    struct Counted(u32) -> u32;

    absent;
}

#[node]
async fn end(n: u32) -> u32 {
    n
}

#[tokio::test]
async fn what_is_compiled_out_is_in_no_flow() -> Result<(), FlowError> {
    let flow = Counted::flow();
    assert_eq!(flow.run(1).await?, 1 + (1 + 7) + 10);
    assert_eq!(flow.run(60).await?, 60 + (60 + 7));
    let names: Vec<_> = flow.graph().nodes.iter().map(|node| node.name).collect();
    assert_eq!(
        names,
        ["start", "spared", "seven", "join", "sum", "end", "ten"]
    );
    Ok(())
}

/// In the middle of an expression, and as a statement.
#[tokio::test]
async fn parts_of_an_expression_are_compiled_out() -> Result<(), FlowError> {
    let outputs = flow! { start; #[cfg(test)] start -> end; #[cfg(any())] end -> absent; }
        .run(3)
        .await?;
    assert_eq!(outputs, 3);
    flow! {
        struct Local(u32) -> u32;

        start -> [#[cfg(any())] absent, end];
    }
    assert_eq!(Local::flow().run(4).await?, 4);
    Ok(())
}
