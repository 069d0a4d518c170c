//! One error: a text guards nothing.
use penguiflow::prelude::*;
use penguiflow_serve::routes;

#[node]
async fn shout(text: String) -> String { text.to_uppercase() }

fn main() {
    let running = flow! { shout }.start();
    let _ = routes("shout", running).guard(String::from("secret"));
}
