//! The header `Idempotency-Key`.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::problem::{Problem, bad_request};

const LONGEST: usize = 255;

/// The client's own name for what it wants done, from the header `Idempotency-Key`, as an extractor:
/// a request that is sent again under the same key is not done twice.
///
/// ```
/// use penguiflow_serve::IdempotencyKey;
///
/// async fn handle(IdempotencyKey(key): IdempotencyKey) -> String {
///     key.unwrap_or_else(|| "no key".to_owned())
/// }
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::post(handle));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl IdempotencyKey {
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(value) = headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        let key = value.to_str().ok().map(unquoted);
        match key.filter(|key| (1..=LONGEST).contains(&key.len())) {
            Some(key) => Ok(Self(Some(key.to_owned()))),
            None => Err(bad_request(format!(
                "the header `Idempotency-Key` is a text of 1 to {LONGEST} plain characters"
            ))),
        }
    }
}

/// The standard to come has it in quotes, and most clients write it without.
fn unquoted(text: &str) -> &str {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text)
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}
