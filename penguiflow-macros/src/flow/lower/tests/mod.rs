//! Lowered flows as text, by shape.

mod fallbacks;
mod forks;
mod functions;
mod lines;
mod loops;

use expect_test::Expect;

use crate::flow::checked::lowered;
use crate::flow::lower::code_text::code_text;

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&lowered(source, |flow, code| code_text(flow, &code)));
}
