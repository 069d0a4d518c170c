//! Two errors: a header that limits are not kept apart by, and `per` without a limit.
use penguiflow::prelude::*;

#[node(concurrency = 4, per = "user")]
async fn a(question: String) -> String { question }

#[node(timeout = "2s", per = "tenant")]
async fn b(question: String) -> String { question }

fn main() {}
