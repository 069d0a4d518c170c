//! What an editor shows inside of the macros, while lines are complete and while they are not.
//! Where no rust-analyzer is installed, nothing is shown, and nothing checked.

mod answers;
mod incomplete;
mod nodes;
mod options;
mod types;

use expect_test::Expect;

/// Checks what is shown at the cursor, `$0`, in the statements of a flow.
fn check(statements: &str, expected: Expect) {
    answers::shown(&in_a_flow(statements), expected);
}

fn in_a_flow(statements: &str) -> String {
    format!("flow! {{\n    pub struct Support(Question) -> Reply;\n\n    {statements}\n}}\n")
}
