//! A server of HTTP/1.1 that does what it is asked by who sends the token, and nothing for others.

use std::convert::Infallible;

use http::header::AUTHORIZATION;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

pub(crate) const TOKEN: &str = "key_penguins-may-pass";

/// Serves as long as the runtime; returns its address.
pub(crate) async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    format!("http://{address}")
}

/// Serves one connection.
pub(crate) async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let connection =
        http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
    // A client may leave at any time.
    let _ = connection.await;
}

async fn answer(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let sent = request.headers().get(AUTHORIZATION);
    let status = match sent {
        None => StatusCode::UNAUTHORIZED,
        Some(sent) if *sent == format!("Bearer {TOKEN}") => StatusCode::OK,
        Some(_) => StatusCode::FORBIDDEN,
    };
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    Ok(response)
}
