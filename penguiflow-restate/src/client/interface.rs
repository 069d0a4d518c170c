//! The two interfaces of a server: addresses that cannot be theirs, and answers that are not theirs.

use http::{StatusCode, Uri};
use serde::Deserialize;

/// What a request is sent to.
#[derive(Clone, Copy)]
pub(super) enum Interface {
    Ingress,
    Admin,
}

/// How an interface reports that it has not done something. The ingress names itself.
#[derive(Deserialize)]
struct Failure {
    source: Option<String>,
}

impl Interface {
    /// Why an answer is not of this interface, if something else answers at its address.
    pub(super) fn foreign(self, status: StatusCode, body: &[u8]) -> Option<String> {
        let failure = serde_json::from_slice::<Failure>(body);
        let is_foreign = match (self, failure) {
            (Self::Admin, Ok(failure)) => failure.source.as_deref() == Some("ingress"),
            (Self::Ingress, Ok(_)) => false,
            (_, Err(_)) => {
                [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&status)
            }
        };
        is_foreign.then(|| {
            format!(
                "what answers there with `{status}` is not its {self}; `Client::new` takes the ingress first, then \
                 the admin interface"
            )
        })
    }
}

impl std::fmt::Display for Interface {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ingress => "ingress",
            Self::Admin => "admin interface",
        })
    }
}

/// What is wrong with an address.
///
/// # Errors
///
/// A part of a sentence.
pub(super) fn check(address: &str) -> Result<(), &'static str> {
    let uri = address.parse::<Uri>().unwrap_or_default();
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    match is_http && uri.host().is_some_and(|host| !host.is_empty()) {
        true => Ok(()),
        false => {
            Err("an address begins with `http://` or `https://`, such as `http://127.0.0.1:8080`")
        }
    }
}
