//! The HTTP side of a worker: the server discovers it, and sends it invocations.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use restate_sdk_shared_core::{CoreVM, JournalMismatchRetryBehavior, VM, VMOptions};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tracing::warn;

use super::answer::{Answer, Invocation};
use super::manifest;
use super::session::Session;

/// A future that runs an invocation to its end.
pub(crate) type Handled = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a worker serves.
pub(crate) trait Served: Send + Sync + 'static {
    /// What the server is answered that discovers it.
    fn manifest(&self) -> Value;

    /// Whether who sends this request may call, as everybody may; the error says why not.
    fn admit(&self, _path: &str, _headers: &HeaderMap) -> Result<(), String> {
        Ok(())
    }

    /// Runs an invocation of this handler; `None` if there is no such.
    fn handle(&self, service: &str, handler: &str, session: Session) -> Option<Handled>;
}

/// How long a connection may be silent until it is asked whether somebody is there.
const ALIVE: Duration = Duration::from_secs(10);

/// Serves until the future is ready, and then lets the invocations that run end within this time.
pub(crate) async fn serve(
    listener: TcpListener,
    served: Arc<dyn Served>,
    stop: impl Future<Output = ()>,
    patience: Duration,
) {
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // What a step came to is small and waited for.
        let _ = stream.set_nodelay(true);
        let served = Arc::clone(&served);
        let answer = service_fn(move |request| {
            let answered = answer(&*served, request);
            async move { Ok::<_, Infallible>(answered) }
        });
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.timer(TokioTimer::new()).keep_alive_interval(ALIVE);
        let connection = http.serve_connection(TokioIo::new(stream), answer);
        tokio::spawn(graceful.watch(connection));
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(patience) => {}
    }
}

fn answer(served: &dyn Served, request: Request<Incoming>) -> Response<Answer> {
    let path = request.uri().path().to_owned();
    if let Err(reason) = served.admit(&path, request.headers()) {
        // The server shows the status of a refused invocation, and not the reason.
        warn!(path, reason, "a request is refused");
        return refused(StatusCode::UNAUTHORIZED, reason);
    }
    let mut parts = path.trim_start_matches('/').split('/').rev();
    match (parts.next(), parts.next(), parts.next()) {
        (Some("health"), ..) => whole(StatusCode::OK, "text/plain", ""),
        (Some("discover"), ..) => whole(
            StatusCode::OK,
            manifest::CONTENT_TYPE,
            served.manifest().to_string(),
        ),
        (Some(handler), Some(service), Some("invoke")) => {
            invocation(served, (service, handler), request)
        }
        _ => refused(
            StatusCode::BAD_REQUEST,
            format!("`{path}` is neither `/discover` nor an invocation"),
        ),
    }
}

fn invocation(
    served: &dyn Served,
    (service, handler): (&str, &str),
    request: Request<Incoming>,
) -> Response<Answer> {
    let options = VMOptions {
        journal_mismatch_retry_behavior: JournalMismatchRetryBehavior::Pause,
        ..VMOptions::default()
    };
    let vm = match CoreVM::new(texts(request.headers()), options) {
        Ok(vm) => vm,
        Err(error) => {
            let status = StatusCode::from_u16(error.code());
            return refused(status.unwrap_or(StatusCode::BAD_REQUEST), error.to_string());
        }
    };
    let head = vm.get_response_head();
    let (output, written) = unbounded_channel();
    let session = Session::new(vm, request.into_body(), output);
    let Some(handled) = served.handle(service, handler, session) else {
        let reason = format!("there is no handler `{service}/{handler}`");
        return refused(StatusCode::NOT_FOUND, reason);
    };
    let _task = Invocation(tokio::spawn(handled));
    let mut response = Response::new(Answer::Written { written, _task });
    *response.status_mut() = StatusCode::from_u16(head.status_code).unwrap_or_default();
    for header in head.headers {
        let name = http::HeaderName::try_from(&*header.key);
        let value = http::HeaderValue::try_from(&*header.value);
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The headers whose values are texts.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let texts = headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    texts.collect()
}

fn refused(status: StatusCode, reason: String) -> Response<Answer> {
    whole(status, "text/plain", reason)
}

fn whole(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Response<Answer> {
    let mut response = Response::new(Answer::Whole(Some(text.into())));
    *response.status_mut() = status;
    let kind = http::HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
