//! One error: types with parameters are shown with them.
use penguiflow::prelude::*;

use std::collections::HashMap;

struct Doc;

#[node]
async fn find(_: String) -> HashMap<u32, Vec<Doc>> { HashMap::new() }

#[node]
async fn pack(_: HashMap<u64, Vec<Doc>>) -> usize { 0 }

fn main() {
    let _ = flow! { find -> pack };
}
