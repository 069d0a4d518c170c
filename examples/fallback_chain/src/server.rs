//! Two models on a real HTTP server on this machine, which fail on purpose.

use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// What the large model does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mood {
    Answers,
    Overloaded,
    Silent,
    HangsUp,
}

impl Mood {
    /// The mood that a flag names.
    pub(crate) fn named(flag: &str) -> Option<Self> {
        match flag {
            "answers" => Some(Self::Answers),
            "overloaded" => Some(Self::Overloaded),
            "silent" => Some(Self::Silent),
            "hangs-up" => Some(Self::HangsUp),
            _ => None,
        }
    }
}

/// Starts it on a free port, which it returns.
pub(crate) async fn start(mood: Mood) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve(listener, mood));
    Ok(address)
}

async fn serve(listener: TcpListener, mood: Mood) {
    while let Ok((stream, _)) = listener.accept().await {
        let service = service_fn(move |request| answer(request, mood));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// `/large` behaves as its mood demands. `/small` never answers. An error here ends the connection.
async fn answer(request: Request<Incoming>, mood: Mood) -> Result<Response<String>, io::Error> {
    if request.uri().path() != "/large" {
        return pending().await;
    }
    match mood {
        Mood::Answers => {
            let body = request.into_body().collect().await;
            let question = body.map_err(io::Error::other)?.to_bytes();
            let question = String::from_utf8_lossy(&question);
            Ok(Response::new(format!("a large answer to \"{question}\"")))
        }
        Mood::Overloaded => {
            let mut response = Response::new(String::new());
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            Ok(response)
        }
        Mood::Silent => pending().await,
        Mood::HangsUp => Err(io::Error::other("the large model hangs up")),
    }
}
