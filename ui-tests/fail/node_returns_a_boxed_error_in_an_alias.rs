//! Two errors: boxed errors that are not `Send` stand in an alias, and in an error's own type.
use penguiflow::prelude::*;

type Answer = Result<String, Box<dyn std::error::Error>>;

#[derive(Debug)]
struct Unread(#[allow(dead_code)] Box<dyn std::error::Error>);

#[node]
async fn read(path: String) -> Answer { Ok(path) }

#[node]
async fn open(path: String) -> Result<String, Unread> { Ok(path) }

fn main() {
    let _ = flow! { read -> open }.start();
}
