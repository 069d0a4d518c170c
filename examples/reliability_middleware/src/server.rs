//! A real HTTP server on this machine that fails on purpose.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// Starts it on a free port, which it returns.
pub(crate) async fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve(listener));
    Ok(address)
}

async fn serve(listener: TcpListener) {
    let calls = Arc::new(AtomicU32::new(0));
    while let Ok((stream, _)) = listener.accept().await {
        let calls = Arc::clone(&calls);
        let service = service_fn(move |request| answer(request, Arc::clone(&calls)));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// `/flaky` hangs at the first call, is unavailable at the second, and then works.
async fn answer(
    request: Request<Incoming>,
    calls: Arc<AtomicU32>,
) -> Result<Response<String>, Infallible> {
    if request.uri().path() != "/flaky" {
        return Ok(response(StatusCode::NOT_FOUND, String::new()));
    }
    Ok(match calls.fetch_add(1, Ordering::Relaxed) + 1 {
        1 => pending().await,
        2 => response(StatusCode::SERVICE_UNAVAILABLE, String::new()),
        call => response(StatusCode::OK, format!("success on attempt {call}")),
    })
}

fn response(status: StatusCode, text: String) -> Response<String> {
    let mut response = Response::new(text);
    *response.status_mut() = status;
    response
}
