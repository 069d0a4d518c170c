//! A client of the server's ingress, which keeps its connections.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use local_restate::Server;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) struct Ingress {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

impl Ingress {
    pub(crate) fn of(server: &Server) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            url: server.ingress(),
        }
    }

    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        input: &impl Serialize,
    ) -> Result<T> {
        let request = Request::post(format!("{}/{path}", self.url));
        let request = request.header("content-type", "application/json");
        let body = Full::from(serde_json::to_vec(input)?);
        let answer = self.client.request(request.body(body)?).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        let text = String::from_utf8_lossy(&body);
        ensure!(status.is_success(), "{status}: {text}");
        serde_json::from_slice(&body).context("it answers with a number")
    }
}
