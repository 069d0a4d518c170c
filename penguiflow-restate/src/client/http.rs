//! Requests to the server's ingress and admin interface.

use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use http::uri::{Scheme, Uri};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::Value;

use super::connector::{Connector, connector};
use super::interface::{self, Interface};
use crate::error::Error;

#[derive(Clone)]
pub(super) struct Http {
    /// Or why there is none for these addresses.
    client: Result<Client<Connector, Full<Bytes>>, String>,
    ingress: String,
    admin: String,
    pub(super) token: Option<String>,
}

/// How the server reports that it has not done something.
#[derive(Deserialize)]
struct Failure {
    message: String,
}

impl Http {
    pub(super) fn new(ingress: String, admin: String) -> Self {
        let is_secure = is_https(&ingress) || is_https(&admin);
        let client = |connector| Client::builder(TokioExecutor::new()).build(connector);
        Self {
            client: connector(is_secure).map(client),
            ingress: ingress.trim_end_matches('/').to_owned(),
            admin: admin.trim_end_matches('/').to_owned(),
            token: None,
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
        if let Err(why) = interface::check(address) {
            return Err(Error::Unreachable {
                url,
                why: why.to_owned(),
            });
        }
        let answer = match self.request(method, &url, headers, body) {
            Ok(request) => self.answer(request).await,
            Err(why) => Err(why),
        };
        let (status, body) = match answer {
            Ok(answer) => answer,
            Err(why) => return Err(Error::Unreachable { url, why }),
        };
        match status.is_success() {
            true => Ok(body),
            false => match interface.foreign(status, &body) {
                Some(why) => Err(Error::Unreachable { url, why }),
                None => Err(refused(status, &body)),
            },
        }
    }

    fn request(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, String> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, bearer(token)?);
        }
        let request = request.body(Full::new(body));
        request.map_err(|error| error.to_string())
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), String> {
        let client = self.client.as_ref().map_err(String::clone)?;
        let answer = client.request(request).await;
        let answer = answer.map_err(|error| causes(&error))?;
        let status = answer.status();
        let body = answer.into_body().collect().await;
        let body = body.map_err(|error| causes(&error))?;
        Ok((status, body.to_bytes()))
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

fn is_https(address: &str) -> bool {
    let uri = address.parse::<Uri>();
    uri.is_ok_and(|uri| uri.scheme() == Some(&Scheme::HTTPS))
}

fn bearer(token: &str) -> Result<HeaderValue, String> {
    let value = HeaderValue::from_str(&format!("Bearer {token}"));
    let why = "the token has a character that no header can have, such as a line break";
    let mut value = value.map_err(|_| why.to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

fn refused(status: StatusCode, body: &[u8]) -> Error {
    let said = match serde_json::from_slice::<Failure>(body) {
        Ok(failure) => failure.message,
        Err(_) => String::from_utf8_lossy(body).trim().to_owned(),
    };
    let token = match status {
        StatusCode::UNAUTHORIZED => "the server asks for a valid token, as by `Client::token`",
        StatusCode::FORBIDDEN => "the server does not allow this with the client's token",
        _ => "",
    };
    let message = match (token, &*said) {
        ("", "") => format!("the server answers `{status}`"),
        ("", said) => said.to_owned(),
        (token, "") => token.to_owned(),
        (token, said) => format!("{token}: {said}"),
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
