//! A client of the service.

use std::net::SocketAddr;

use axum::http::HeaderMap;
use http_body_util::BodyExt;
use hyper::Request;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

use crate::Failure;

#[derive(Clone)]
pub(crate) struct Client {
    http: legacy::Client<HttpConnector, String>,
    address: SocketAddr,
}

impl Client {
    pub(crate) fn of(address: SocketAddr) -> Self {
        let http = legacy::Client::builder(TokioExecutor::new()).build_http();
        Self { http, address }
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        headers: HeaderMap,
        body: String,
    ) -> Result<String, Failure> {
        let mut request = Request::post(self.uri(path)).body(body)?;
        *request.headers_mut() = headers;
        self.send(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Result<String, Failure> {
        let request = Request::get(self.uri(path)).body(String::new())?;
        self.send(request).await
    }

    fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn send(&self, request: Request<String>) -> Result<String, Failure> {
        let response = self.http.request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let text = String::from_utf8(body.to_vec())?;
        match status.is_success() {
            true => Ok(text),
            false => Err(format!("{status}: {text}").into()),
        }
    }
}
