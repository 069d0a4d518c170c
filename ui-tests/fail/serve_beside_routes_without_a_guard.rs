//! One error: nobody has decided who may use the routes of the second flow.
use penguiflow::prelude::*;
use penguiflow_serve::routes;

#[node]
async fn shout(text: String) -> String { text.to_uppercase() }

fn main() {
    let running = flow! { shout }.start();
    let first = routes("first", running.clone()).open();
    let _ = first.and(routes("second", running));
}
