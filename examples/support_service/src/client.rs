//! A client of the service.

use std::net::SocketAddr;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, RETRY_AFTER};
use hyper::http::request::Builder;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::Failure;
use crate::sse::Events;

/// Headers by name.
pub(crate) type Headers<'a> = &'a [(&'a str, &'a str)];

#[derive(Clone)]
pub(crate) struct Client {
    http: legacy::Client<HttpConnector, String>,
    service: SocketAddr,
}

/// A response to `POST /support/run`.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// In how many seconds to try again.
    pub(crate) retry_after: Option<String>,
    /// The answer, or the reason why there is none.
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn of(service: SocketAddr) -> Self {
        let http = legacy::Client::builder(TokioExecutor::new()).build_http();
        Self { http, service }
    }

    pub(crate) async fn ask(&self, question: &str, headers: Headers<'_>) -> Result<Reply, Failure> {
        let uri = format!("http://{}/support/run", self.service);
        let response = self
            .send(Request::post(uri), headers, body_of(question))
            .await?;
        let (head, body) = response.into_parts();
        let retry_after = head.headers.get(RETRY_AFTER);
        let retry_after = retry_after.map(|wait| wait.to_str().map(str::to_owned));
        Ok(Reply {
            status: head.status,
            retry_after: retry_after.transpose()?,
            body: serde_json::from_slice(&body.collect().await?.to_bytes())?,
        })
    }

    pub(crate) async fn stream(
        &self,
        question: &str,
        headers: Headers<'_>,
    ) -> Result<Events, Failure> {
        let uri = format!("http://{}/support/stream", self.service);
        let response = self
            .send(Request::post(uri), headers, body_of(question))
            .await?;
        Ok(Events::of(response.into_body()))
    }

    /// How the service does.
    #[cfg(test)]
    pub(crate) async fn health(&self) -> Result<Value, Failure> {
        let uri = format!("http://{}/health", self.service);
        let response = self.send(Request::get(uri), &[], String::new()).await?;
        Ok(serde_json::from_slice(
            &response.collect().await?.to_bytes(),
        )?)
    }

    async fn send(
        &self,
        request: Builder,
        headers: Headers<'_>,
        body: String,
    ) -> Result<Response<Incoming>, Failure> {
        let with = |request: Builder, (name, value): &(&str, &str)| request.header(*name, *value);
        let request = request.header(CONTENT_TYPE, "application/json");
        let request = headers.iter().fold(request, with).body(body)?;
        Ok(self.http.request(request).await?)
    }
}

fn body_of(question: &str) -> String {
    json!({ "question": question }).to_string()
}
