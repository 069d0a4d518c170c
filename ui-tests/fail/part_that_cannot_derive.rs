//! One error: a node in parentheses that has no trait that the flow derives.
use penguiflow::prelude::*;

struct Add(u32);

#[node]
impl Add {
    async fn call(&self, n: u32) -> u32 { n + self.0 }
}

#[node]
async fn double(n: u32) -> u32 { n * 2 }

flow! {
    #[derive(Clone)]
    struct Sum(u32) -> u32;

    let add: Add = Add(1);
    double -> (add);
}

fn main() {}
