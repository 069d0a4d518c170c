//! Who may reach a flow's routes: nobody mounts them without having decided that.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower::{Layer, Service};

/// The state of [`Routes`](crate::Routes) that nobody has decided about yet: whoever reaches them
/// could run the flow, cancel its traces and read what they say.
#[derive(Debug, Clone, Copy)]
pub struct Unguarded(());

/// The state of [`Routes`](crate::Routes) that have a guard, or are open on purpose.
#[derive(Debug, Clone, Copy)]
pub struct Guarded(());

/// Routes that may be mounted. Without a guard they may not:
///
/// ```compile_fail,E0277
/// use axum::Router;
/// use penguiflow::prelude::*;
/// use penguiflow_serve::routes;
///
/// #[node]
/// async fn shout(text: String) -> String {
///     text.to_uppercase()
/// }
///
/// let app: Router = Router::new().merge(routes("shout", flow! { shout }.start()));
/// ```
#[diagnostic::on_unimplemented(
    message = "anybody who reaches these routes could run the flow and cancel its traces",
    label = "routes without a guard",
    note = "guard them with a tower layer of yours, `routes(…).guard(layer)`, or say `routes(…).open()`"
)]
pub trait Mountable: sealed::Sealed {}

impl Mountable for Guarded {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Guarded {}
}

/// A tower layer that can stand before routes: its service takes a request, returns a response and
/// never fails. [`axum::middleware::from_fn`] makes one of an async function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no layer, so it cannot guard routes",
    label = "not a layer of routes",
    note = "`axum::middleware::from_fn(f)` makes a layer of `async fn f(request: Request, next: Next) -> Response`",
    note = "a tower layer is one if its service takes a request, returns a response and never fails"
)]
pub trait GuardLayer: Send + Sync + 'static {
    /// The router behind this layer.
    #[doc(hidden)]
    fn before(&self, router: Router) -> Router;
}

#[diagnostic::do_not_recommend]
impl<L> GuardLayer for L
where
    L: Layer<Route> + Clone + Send + Sync + 'static,
    L::Service: Service<Request> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request>>::Response: IntoResponse + 'static,
    <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
    <L::Service as Service<Request>>::Future: Send + 'static,
{
    fn before(&self, router: Router) -> Router {
        router.layer(self.clone())
    }
}

/// What stands before a flow's routes, if anything does.
#[derive(Clone)]
pub(crate) struct Guard(Option<Arc<dyn GuardLayer>>);

impl Guard {
    pub(crate) fn open() -> Self {
        Self(None)
    }

    pub(crate) fn layer(layer: impl GuardLayer) -> Self {
        Self(Some(Arc::new(layer)))
    }

    /// The same routes behind it.
    pub(crate) fn before(&self, router: Router) -> Router {
        match &self.0 {
            None => router,
            Some(layer) => layer.before(router),
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}
