//! The terminal view: a line for the flow, and one for each node, as they stand in a terminal.

use indicatif::{InMemoryTerm, MultiProgress, ProgressDrawTarget};
use penguiflow::TerminalView;
use penguiflow::prelude::*;

#[node]
async fn half(n: u32) -> Result<u32, String> {
    match n % 2 {
        0 => Ok(n / 2),
        _ => Err(format!("{n} is odd")),
    }
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

flow! { struct Halves(u32) -> u32; double -> half; }
flow! { struct Batch(u32) -> u32; Halves -> half -> double; }

/// The lines without their rates, which depend on the machine.
fn lines(terminal: &InMemoryTerm) -> String {
    let contents = terminal.contents();
    let lines = contents
        .lines()
        .map(|line| line.split("failed").next().unwrap_or(line));
    lines.map(|line| format!("{}\n", line.trim_end())).collect()
}

#[tokio::test]
async fn a_line_for_the_flow_and_for_each_node() {
    let terminal = InMemoryTerm::new(20, 120);
    let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
    let view = TerminalView::among(MultiProgress::with_draw_target(target));
    let flow = Batch::flow().observe(view);
    for n in 0..10 {
        let _ = flow.run(n).await;
    }
    flow.flush().await;
    drop(flow);
    let expected = expect_test::expect![[r#"
        Batch                  10 begun       0 running         5 done       5
          Halves               10 begun       0 running        10 done       0
          Halves/double        10 begun       0 running        10 done       0
          Halves/half          10 begun       0 running        10 done       0
          half                 10 begun       0 running         5 done       5
          double                5 begun       0 running         5 done       0
    "#]];
    expected.assert_eq(&lines(&terminal));
}
