//! Requests to the server's ingress and admin interface.

use std::fmt;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::Value;

use super::interface::{self, Interface};
use crate::error::Error;

pub(super) struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    ingress: String,
    admin: String,
}

/// How the server reports that it has not done something.
#[derive(Deserialize)]
struct Failure {
    message: String,
}

impl Http {
    pub(super) fn new(ingress: String, admin: String) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            ingress: ingress.trim_end_matches('/').to_owned(),
            admin: admin.trim_end_matches('/').to_owned(),
        }
    }

    /// A request to the ingress.
    pub(super) async fn ingress(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Bytes, Error> {
        let to = (Interface::Ingress, &*self.ingress);
        self.send(method, to, path, headers, body.into()).await
    }

    pub(super) async fn post_admin(&self, path: &str, document: &Value) -> Result<Bytes, Error> {
        self.admin(Method::POST, path, Some(document)).await
    }

    pub(super) async fn admin(
        &self,
        method: Method,
        path: &str,
        document: Option<&Value>,
    ) -> Result<Bytes, Error> {
        let to = (Interface::Admin, &*self.admin);
        let headers = [
            ("content-type", "application/json"),
            ("accept", "application/json"),
        ];
        let body = document.map(Value::to_string).unwrap_or_default();
        self.send(method, to, path, &headers, body.into()).await
    }

    async fn send(
        &self,
        method: Method,
        (interface, address): (Interface, &str),
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Bytes, Error> {
        let url = format!("{address}{path}");
        let unreachable = |why: String| Error::Unreachable {
            url: url.clone(),
            why,
        };
        interface::check(address).map_err(|why| unreachable(why.to_owned()))?;
        let mut request = Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body));
        let request = request.map_err(|error| unreachable(error.to_string()))?;
        let answer = self.client.request(request).await;
        let answer = answer.map_err(|error| unreachable(causes(&error)))?;
        let status = answer.status();
        let body = answer.into_body().collect().await;
        let body = body
            .map_err(|error| unreachable(causes(&error)))?
            .to_bytes();
        match status.is_success() {
            true => Ok(body),
            false => match interface.foreign(status, &body) {
                Some(why) => Err(unreachable(why)),
                None => Err(refused(status, &body)),
            },
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("ingress", &self.ingress)
            .field("admin", &self.admin)
            .finish_non_exhaustive()
    }
}

fn refused(status: StatusCode, body: &[u8]) -> Error {
    let message = match serde_json::from_slice::<Failure>(body) {
        Ok(failure) => failure.message,
        Err(_) if body.is_empty() => format!("the server answers `{status}`"),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    Error::Refused {
        status: status.as_u16(),
        message,
    }
}

/// An error of a connection says what has failed only with its causes. The first of them says that the client
/// has not connected.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let error = error.source().unwrap_or(error);
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
