//! Nine errors: functions that are no nodes.
use penguiflow::prelude::*;

#[node]
async fn nothing() {}

#[node]
async fn generic<T: Send>(_: T) {}

#[node]
async fn unnamed(_: impl Into<String>) -> impl Iterator<Item = u32> {
    std::iter::empty()
}

#[node]
async fn unique(_: &mut String) {}

#[node]
struct NotAFunction;

struct Search;

#[node]
impl Search {
    async fn search(&self, _: String) {}
}

struct Other;

#[node]
impl Other {
    async fn call(&mut self, _: String) {}
}

#[node]
async fn not_an_extractor(_: String, count: usize) -> usize {
    count
}

fn main() {
    let _ = async { flow! { not_an_extractor }.run(String::new()).await };
}
