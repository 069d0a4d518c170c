//! Clients that go away over real sockets: their traces end with them.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::http::{Method, Request};
use futures_util::future::poll_immediate;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{Host, Subject, over_both};

const HOLD: &str = r#"{"text": "why", "trick": "hold"}"#;
const CHATTER: &str = r#"{"text": "why", "trick": "chatter"}"#;

pub(crate) type Http = Client<HttpConnector, Full<Bytes>>;

pub(crate) fn client(is_http2: bool) -> Http {
    Client::builder(TokioExecutor::new())
        .http2_only(is_http2)
        .build_http()
}

pub(crate) fn post(address: SocketAddr, path: &str, body: &'static str) -> Request<Full<Bytes>> {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("http://{address}{path}"));
    let request = request.header("content-type", "application/json");
    request.body(Full::from(body)).expect("a request")
}

/// Asks and goes away while the trace runs, before there is a response.
async fn hangs_up(subject: &Subject, http: &Http, address: SocketAddr) {
    let mut asked = Box::pin(http.request(post(address, "/support/run", HOLD)));
    assert!(poll_immediate(&mut asked).await.is_none());
    tokio::select! {
        answered = &mut asked => panic!("{answered:?}"),
        () = subject.held.are(1) => {}
    }
    drop(asked);
    subject.held.are(0).await;
}

/// Reads some of a stream and goes away.
async fn stops_reading(subject: &Subject, http: &Http, address: SocketAddr, body: &'static str) {
    let response = http
        .request(post(address, "/support/stream", body))
        .await
        .expect("a response");
    subject.held.are(1).await;
    let mut body = response.into_body();
    _ = poll_immediate(body.frame()).await;
    drop(body);
    subject.held.are(0).await;
}

over_both! {
    async fn over_http_1_the_trace_ends_with_its_client(subject: Subject) {
        let (address, http) = (subject.listen().await, client(false));
        hangs_up(&subject, &http, address).await;
        stops_reading(&subject, &http, address, HOLD).await;
        stops_reading(&subject, &http, address, CHATTER).await;
    }

    async fn over_http_2_the_trace_ends_with_its_client(subject: Subject) {
        let (address, http) = (subject.listen().await, client(true));
        hangs_up(&subject, &http, address).await;
        stops_reading(&subject, &http, address, HOLD).await;
        stops_reading(&subject, &http, address, CHATTER).await;
    }

    async fn a_socket_that_is_closed_ends_the_trace(subject: Subject) {
        let mut socket = TcpStream::connect(subject.listen().await).await.expect("it listens");
        let request = format!(
            "POST /support/run HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{HOLD}",
            HOLD.len()
        );
        socket.write_all(request.as_bytes()).await.expect("it reads");
        subject.held.are(1).await;
        drop(socket);
        subject.held.are(0).await;
    }
}
