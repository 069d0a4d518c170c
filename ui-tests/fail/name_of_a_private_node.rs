//! One error: a node of another module is private.
use penguiflow::prelude::*;

mod web {
    use super::*;

    #[node]
    async fn search(query: String) -> String { query }
}

fn main() {
    let _ = flow! { web::search };
}
