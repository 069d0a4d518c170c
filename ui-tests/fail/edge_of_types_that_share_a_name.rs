//! One error: two types of one name are shown with their modules.
use penguiflow::prelude::*;

mod search {
    pub struct Docs;
}

mod store {
    pub struct Docs;
}

#[node]
async fn find(_: String) -> search::Docs { search::Docs }

#[node]
async fn pack(_: store::Docs) -> usize { 0 }

fn main() {
    let _ = flow! { find -> pack };
}
