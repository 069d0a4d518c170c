//! Requests to the server's admin interface.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::Error;

/// Whether this address answers a GET with success.
pub(crate) async fn answers(url: &str) -> bool {
    let request = Request::get(url).body(Full::default());
    match request {
        Ok(request) => sent(request).await.is_ok(),
        Err(_) => false,
    }
}

/// Posts a document; returns the answer.
pub(crate) async fn post(url: &str, document: &serde_json::Value) -> Result<String, Error> {
    let request = Request::post(url).header("content-type", "application/json");
    let request = request.body(Full::from(document.to_string()));
    let sent = match request {
        Ok(request) => sent(request).await,
        Err(error) => Err(error.to_string()),
    };
    sent.map_err(|why| Error::Admin {
        url: url.to_owned(),
        why,
    })
}

async fn sent(request: Request<Full<Bytes>>) -> Result<String, String> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request).await;
    let answer = answer.map_err(|error| error.to_string())?;
    let status = answer.status();
    let body = answer.into_body().collect().await;
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    match status.is_success() {
        true => Ok(body),
        false => Err(format!("{status}: {body}")),
    }
}
