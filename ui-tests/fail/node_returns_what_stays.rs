//! Two errors: what a node returns, and what another takes, cannot move between threads.
use penguiflow::prelude::*;

use std::rc::Rc;

struct Docs(Rc<String>);

#[node]
async fn find(text: String) -> Option<Docs> { Some(Docs(Rc::new(text))) }

#[node]
async fn pack(docs: Docs) -> usize { docs.0.len() }

fn main() {
    let _ = flow! { find -> pack };
}
