//! One error: nobody has decided who may use the routes.
use penguiflow::prelude::*;
use axum::Router;
use penguiflow_serve::routes;

#[node]
async fn shout(text: String) -> String { text.to_uppercase() }

fn main() {
    let running = flow! { shout }.start();
    let app: Router = Router::new().merge(routes("shout", running));
    drop(app);
}
