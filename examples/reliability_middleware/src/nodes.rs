//! The node that calls the server, and its policy for each kind of failure.

use std::fmt;
use std::net::SocketAddr;
use std::string::FromUtf8Error;

use http_body_util::BodyExt;
use hyper::http::uri::InvalidUri;
use hyper::{StatusCode, Uri};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use penguiflow::prelude::*;

pub(crate) type Client = legacy::Client<HttpConnector, String>;

/// A client that keeps its connections. Clones share them.
pub(crate) fn client() -> Client {
    legacy::Client::builder(TokioExecutor::new()).build_http()
}

/// Something to be fetched.
#[derive(Debug)]
pub(crate) struct Page(Uri);

impl Page {
    pub(crate) fn at(server: SocketAddr, path: &str) -> Result<Self, InvalidUri> {
        Ok(Self(format!("http://{server}{path}").parse()?))
    }
}

/// Why a page was not fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the server cannot be called: {0}")]
    Call(#[from] legacy::Error),
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("the answer broke off: {0}")]
    Body(#[from] hyper::Error),
    #[error("the answer is not text: {0}")]
    Text(#[from] FromUtf8Error),
}

/// Asking again helps against a bad moment, and not against a bad question.
impl Retryable for FetchError {
    fn retry(&self) -> Retry {
        match self {
            Self::Status(status) if status.is_client_error() => Retry::Never,
            Self::Text(_) => Retry::Never,
            Self::Call(_) | Self::Status(_) | Self::Body(_) => Retry::Backoff,
        }
    }
}

/// Fetches a page. Timeouts and retries are in its policy, not in its code.
#[node(timeout = "250ms", retries = 3, backoff = "50ms..1s")]
pub(crate) async fn fetch(page: &Page, State(client): State<Client>) -> Result<String, FetchError> {
    let response = client.get(page.0.clone()).await?;
    if !response.status().is_success() {
        return Err(FetchError::Status(response.status()));
    }
    let body = response.into_body().collect().await?;
    Ok(String::from_utf8(body.to_bytes().into())?)
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
