//! One error: the value of a node in a flow with a name is made of a variable around it.
use penguiflow::prelude::*;

struct Search { host: String }

#[node]
impl Search {
    async fn call(&self, query: String) -> String { query + &self.host }
}

fn main() {
    let host = String::new();
    flow! {
        struct Support(String) -> String;

        let web: Search = Search { host };
        web;
    }
    let _ = Support::flow().start();
    drop(host);
}
