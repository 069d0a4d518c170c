//! One error: a node stands twice in a group.
use penguiflow::prelude::*;

#[node]
async fn plan(question: String) -> String { question }

#[node]
async fn ask(question: String) -> String { question }

#[node]
async fn pack((one, other): (String, String)) -> String { one + &other }

fn main() {
    let _ = flow! { plan -> [ask, ask] -> join -> pack }.start();
}
