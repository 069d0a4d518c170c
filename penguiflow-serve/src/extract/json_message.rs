//! The extractor of a whole message.

use axum::extract::{FromRequest, FromRequestParts, Request};
use penguiflow::Message;
use serde::de::DeserializeOwned;

use super::{BodyLimits, Caller, read_json_body};
use crate::problem::Problem;

/// A request as a message: its payload is the JSON of the body, its envelope that of a
/// [`Caller`](crate::Caller).
///
/// A body that does not fit is a [`Problem`](crate::Problem) which names the place. At most 1 MiB is
/// taken.
///
/// ```
/// use axum::extract::State;
/// use axum::Json;
/// use penguiflow::prelude::*;
/// use penguiflow_serve::{JsonMessage, Problem};
///
/// #[node]
/// async fn sum(numbers: Vec<u32>) -> u32 {
///     numbers.iter().sum()
/// }
///
/// flow! {
///     struct Sum(Vec<u32>) -> u32;
///
///     sum;
/// }
///
/// async fn handle(
///     State(running): State<Running<Sum>>,
///     JsonMessage(numbers): JsonMessage<Vec<u32>>,
/// ) -> Result<Json<u32>, Problem> {
///     Ok(Json(running.try_call(numbers)?.await?))
/// }
/// # let _: axum::Router<Running<Sum>> = axum::Router::new().route("/", axum::routing::post(handle));
/// ```
#[derive(Debug, Clone)]
pub struct JsonMessage<T>(pub Message<T>);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonMessage<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Caller(message) = Caller::from_request_parts(&mut parts, state).await?;
        let json = read_json_body(&parts.headers, body, BodyLimits::default()).await?;
        let read = Message::<T>::from_json(json)?;
        Ok(Self(message.with(read.payload)))
    }
}
