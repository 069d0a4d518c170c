//! One error: an async function is no layer by itself.
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use penguiflow::prelude::*;
use penguiflow_serve::routes;

#[node]
async fn shout(text: String) -> String { text.to_uppercase() }

async fn authenticate(request: Request, next: Next) -> Response { next.run(request).await }

fn main() {
    let running = flow! { shout }.start();
    let _ = routes("shout", running).guard(authenticate);
}
