//! The extractor of a message without its payload.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use penguiflow::Message;

use super::CallerOptions;
use crate::problem::Problem;

/// The envelope of a request's message, from its headers, as an extractor: a handler puts the payload
/// into it.
///
/// The tenant is that of `x-tenant`. The deadline is in `x-request-timeout` (`30`, `500ms`) or
/// `grpc-timeout` (`30S`) from now. The trace's id is that of a W3C `traceparent`. A layer with
/// [`CallerOptions`] sets other rules.
///
/// ```
/// use axum::extract::{Query, State};
/// use axum::Json;
/// use penguiflow::prelude::*;
/// use penguiflow_serve::{Caller, Problem};
///
/// #[node]
/// async fn shout(text: String) -> String {
///     text.to_uppercase()
/// }
///
/// flow! {
///     struct Shout(String) -> String;
///
///     shout;
/// }
///
/// async fn handle(
///     State(running): State<Running<Shout>>,
///     Caller(message): Caller,
///     text: String,
/// ) -> Result<Json<String>, Problem> {
///     Ok(Json(running.try_call(message.with(text))?.await?))
/// }
/// # let _: axum::Router<Running<Shout>> = axum::Router::new().route("/", axum::routing::post(handle));
/// ```
#[derive(Debug, Clone)]
pub struct Caller(pub Message<()>);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let message = match parts.extensions.get::<CallerOptions>() {
            Some(options) => options.message(parts)?,
            None => CallerOptions::new().message(parts)?,
        };
        Ok(Self(message))
    }
}
