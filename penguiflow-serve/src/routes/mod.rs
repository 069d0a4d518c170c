//! The routes of a flow, or of several, and the document that describes them.

mod flow_router;
mod guard;
mod handlers;
mod request;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::OriginalUri;
use axum::routing::get;
use axum::{Json, Router};
use penguiflow::ErasedRunning;
use serde_json::Value;

use crate::inspector::{Counts, FlowLink, Inspected, Inspector};
use crate::openapi::{self, Described};
use crate::options::Options;
use crate::served::Served;
use flow_router::{flow_router, page_router};
pub(crate) use guard::Guard;
pub use guard::{GuardLayer, Guarded, Mountable, Unguarded};
pub(crate) use handlers::{emit, run, stream};

/// Routes of a started flow, below `/{name}`. They must be given a [guard](Routes::guard), or be
/// [open](Routes::open) on purpose, before a router takes them.
///
/// `running` is a flow in memory or on a store. Its clones are the same, so keep one to stop it.
///
/// | route | does |
/// |---|---|
/// | `POST /{name}/run` | runs the JSON of the body, and answers with the output |
/// | `POST /{name}/stream` | the same as server-sent events: see [`sse`](crate::sse()) |
/// | `POST /{name}/emit` | begins a trace and answers 202 with its id; `Idempotency-Key` is heeded |
/// | `GET /{name}/traces`, `/traces/{id}` | what is known of traces, and their results |
/// | `DELETE /{name}/traces/{id}` | cancels a trace |
/// | `GET /{name}/parked` | the steps that wait for a value, with the schema of that |
/// | `POST /{name}/traces/{id}/resume` | gives a step the JSON of the body; `?step=` says which |
/// | `POST /{name}/traces/{id}/retry` | tries a dead trace of a store again |
/// | `GET /{name}/graph`, `/graph.svg` | the flow's nodes and edges |
/// | `GET /{name}/inspector` | a page that shows all this, with an [`Inspector`](Routes::inspector) |
/// | `GET /openapi.json` | all of these, with the schemas of the flow's types |
///
/// ```
/// use axum::Router;
/// use penguiflow::prelude::*;
/// use penguiflow_serve::routes;
///
/// #[node]
/// async fn answer(question: String) -> String {
///     format!("{question} Who knows.")
/// }
///
/// flow! {
///     struct Support(String) -> String;
///
///     answer;
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let running = Support::flow().capacity(64).start();
/// let app: Router = Router::new().merge(routes("support", running.clone()).open());
/// # drop(app);
/// # }
/// ```
///
/// # Panics
///
/// If the name is no plain segment of a path: letters, digits, `-` and `_`.
pub fn routes(name: impl Into<String>, running: impl Into<ErasedRunning>) -> Routes<Unguarded> {
    let name = name.into();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    assert!(
        !name.is_empty() && name.chars().all(is_plain),
        "a flow is served below a name of letters, digits, `-` and `_`: `{name}` is none"
    );
    let flow = FlowRoutes {
        name,
        running: running.into(),
        options: Options::new(),
        guard: Guard::open(),
        inspector: None,
        page_guard: None,
    };
    Routes {
        flows: vec![flow],
        has_document: true,
        state: PhantomData,
    }
}

/// The routes of a flow, or of several: see [`routes`].
#[must_use = "a router takes it: `Router::new().merge(routes(…).open())`"]
pub struct Routes<G = Guarded> {
    flows: Vec<FlowRoutes>,
    has_document: bool,
    state: PhantomData<G>,
}

/// One flow of them.
#[derive(Debug)]
struct FlowRoutes {
    name: String,
    running: ErasedRunning,
    options: Options,
    guard: Guard,
    inspector: Option<Inspector>,
    /// What stands before the page, if it is not the guard of the routes.
    page_guard: Option<Guard>,
}

impl Routes<Unguarded> {
    /// Sets what is not to be as it is by itself: limits, statuses, times.
    pub fn options(mut self, options: Options) -> Self {
        for flow in &mut self.flows {
            flow.options = options.clone();
        }
        self
    }

    /// Serves the inspector's page at `/{name}/inspector`, behind the same guard unless it has
    /// [its own](Routes::guard_page): whoever passes it sees traces and errors with all their causes there. The flow must
    /// [report to it](penguiflow::Flow::observe): see [`Inspector`]. The page of one flow leads to those
    /// of the flows that [stand beside it](Routes::and).
    pub fn inspector(mut self, inspector: Inspector) -> Self {
        for flow in &mut self.flows {
            flow.inspector = Some(inspector.clone());
        }
        self
    }

    /// Puts this layer before the [inspector](Routes::inspector)'s page, in place of the guard of the routes:
    /// for a page that your own people open, and routes that programs call. Whoever it lets through can do
    /// all that the page does: run messages, give values to what waits, cancel.
    ///
    /// ```
    /// # use axum::extract::Request;
    /// # use axum::http::StatusCode;
    /// # use axum::middleware::{Next, from_fn};
    /// # use axum::response::Response;
    /// # use penguiflow::prelude::*;
    /// # use penguiflow_serve::{Inspector, routes};
    /// # #[node]
    /// # async fn shout(text: String) -> String { text.to_uppercase() }
    /// # async fn has_key(_: Request, _: Next) -> StatusCode { StatusCode::UNAUTHORIZED }
    /// # async fn is_of_staff(_: Request, _: Next) -> StatusCode { StatusCode::UNAUTHORIZED }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let inspector = Inspector::new();
    /// # let running = flow! { shout }.observe(inspector.clone()).start();
    /// let served = routes("shout", running)
    ///     .inspector(inspector)
    ///     .guard_page(from_fn(is_of_staff))
    ///     .guard(from_fn(has_key));
    /// # drop(axum::Router::<()>::new().merge(served));
    /// # }
    /// ```
    pub fn guard_page(mut self, layer: impl GuardLayer) -> Self {
        let guard = Guard::layer(layer);
        for flow in &mut self.flows {
            flow.page_guard = Some(guard.clone());
        }
        self
    }

    /// Lets everybody who reaches the server use the routes.
    pub fn open(self) -> Routes<Guarded> {
        self.guarded_by(&Guard::open())
    }

    /// Puts a layer before the routes that lets only those through who may use them. All of the flow's
    /// routes are behind it; `GET /openapi.json` is not.
    ///
    /// ```
    /// use axum::extract::Request;
    /// use axum::http::StatusCode;
    /// use axum::middleware::{Next, from_fn};
    /// use axum::response::Response;
    /// # use penguiflow::prelude::*;
    /// use penguiflow_serve::routes;
    ///
    /// async fn authenticate(request: Request, next: Next) -> Result<Response, StatusCode> {
    ///     match request.headers().get("authorization") {
    ///         Some(token) if token == "Bearer of a secret" => Ok(next.run(request).await),
    ///         _ => Err(StatusCode::UNAUTHORIZED),
    ///     }
    /// }
    /// # #[node]
    /// # async fn shout(text: String) -> String { text.to_uppercase() }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let running = flow! { shout }.start();
    ///
    /// let guarded = routes("shout", running).guard(from_fn(authenticate));
    /// # drop(axum::Router::<()>::new().merge(guarded));
    /// # }
    /// ```
    pub fn guard(self, layer: impl GuardLayer) -> Routes<Guarded> {
        self.guarded_by(&Guard::layer(layer))
    }

    fn guarded_by(self, guard: &Guard) -> Routes<Guarded> {
        let guarded = |flow| FlowRoutes {
            guard: guard.clone(),
            ..flow
        };
        Routes {
            flows: self.flows.into_iter().map(guarded).collect(),
            has_document: self.has_document,
            state: PhantomData,
        }
    }
}

impl Routes<Guarded> {
    /// Further flows beside these, in one document: a router takes one `/openapi.json`.
    ///
    /// ```
    /// # use penguiflow::prelude::*;
    /// use penguiflow_serve::routes;
    /// # #[node]
    /// # async fn shout(text: String) -> String { text.to_uppercase() }
    /// # #[node]
    /// # async fn double(n: u32) -> u32 { n * 2 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let (shout, double) = (flow! { shout }.start(), flow! { double }.start());
    ///
    /// let both = routes("shout", shout).open().and(routes("double", double).open());
    /// let document = both.openapi();
    /// assert!(document["paths"]["/double/run"]["post"].is_object());
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If two flows have the same name.
    pub fn and(mut self, others: Routes<impl Mountable>) -> Self {
        for flow in others.flows {
            let is_taken = self.flows.iter().any(|other| other.name == flow.name);
            assert!(!is_taken, "two flows are served below `{}`", flow.name);
            self.flows.push(flow);
        }
        self
    }
}

impl<G> Routes<G> {
    /// Leaves `GET /openapi.json` out: for routes that a router has beside others, or where the document
    /// is served in another way.
    pub fn without_document(mut self) -> Self {
        self.has_document = false;
        self
    }

    /// The document that `GET /openapi.json` returns: OpenAPI 3.1.
    pub fn openapi(&self) -> Value {
        let described = self.flows.iter().map(|flow| Described {
            name: &flow.name,
            signature: flow.running.signature(),
            is_durable: flow.running.is_durable(),
            options: &flow.options,
        });
        openapi::document(described)
    }

    fn into_router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let document = self.has_document.then(|| document_router(self.openapi()));
        let links: Vec<_> = self.flows.iter().filter_map(FlowRoutes::link).collect();
        let flows = self.flows.into_iter().map(|flow| {
            let served = Served::inspected(flow.running, flow.options, flow.inspector.clone());
            let page = flow.inspector.map(|inspector| {
                let page = page_router(Inspected {
                    served: served.clone(),
                    inspector,
                    flows: beginning_with(&flow.name, &links),
                    counts: Counts::default(),
                });
                flow.page_guard.as_ref().unwrap_or(&flow.guard).before(page)
            });
            let router = flow.guard.before(flow_router(served));
            let router = page.into_iter().fold(router, Router::merge);
            Router::new().nest(&format!("/{}", flow.name), router)
        });
        flows
            .chain(document)
            .fold(Router::new(), Router::merge)
            .with_state(())
    }
}

impl FlowRoutes {
    /// Where a page finds the flow, if it has an inspector.
    fn link(&self) -> Option<FlowLink> {
        self.inspector.as_ref()?;
        let can = match self.running.is_durable() {
            true => vec!["emit", "retry"],
            false => vec!["emit"],
        };
        Some(FlowLink {
            name: self.name.clone(),
            base: format!("../{}/inspector/api", self.name),
            can,
        })
    }
}

/// All flows that have a page, this one first.
fn beginning_with(name: &str, links: &[FlowLink]) -> Arc<[FlowLink]> {
    let (own, others): (Vec<_>, Vec<_>) = links.iter().cloned().partition(|link| link.name == name);
    own.into_iter().chain(others).collect()
}

impl<G: Mountable, S: Clone + Send + Sync + 'static> From<Routes<G>> for Router<S> {
    fn from(routes: Routes<G>) -> Self {
        routes.into_router()
    }
}

impl<G> fmt::Debug for Routes<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.flows.iter().map(|flow| &flow.name);
        f.debug_list().entries(names).finish()
    }
}

/// The document names the place that the router is nested at.
fn document_router(document: Value) -> Router {
    let document = Arc::new(document);
    let handler = move |OriginalUri(uri): OriginalUri| {
        let mut document = Value::clone(&document);
        if let Some(place) = uri.path().strip_suffix("/openapi.json")
            && !place.is_empty()
        {
            document["servers"] = serde_json::json!([{ "url": place }]);
        }
        async { Json(document) }
    };
    Router::new().route("/openapi.json", get(handler))
}
