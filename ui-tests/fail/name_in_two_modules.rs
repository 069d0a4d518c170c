//! One error: two nodes of one name.
use penguiflow::prelude::*;

mod web {
    use super::*;

    #[node]
    pub async fn search(query: String) -> String { query }
}

mod wiki {
    use super::*;

    #[node]
    pub async fn search(query: String) -> String { query }
}

fn main() {
    let _ = flow! { web::search -> wiki::search };
}
