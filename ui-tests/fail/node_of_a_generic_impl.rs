//! One error: a node with fields is generic.
use penguiflow::prelude::*;

struct Search<T>(T);

#[node]
impl<T: Send + Sync + 'static> Search<T> {
    async fn call(&self, query: String) -> String { let _ = &self.0; query }
}

fn main() {
    let _ = flow! { let search: Search<u32> = Search(1); search };
}
