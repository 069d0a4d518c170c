//! One error: what is served is not a started flow.
use penguiflow::prelude::*;
use penguiflow_serve::routes;

#[node]
async fn shout(text: String) -> String { text.to_uppercase() }

fn main() {
    let flow = flow! { shout };
    let _ = routes("shout", flow).open();
}
