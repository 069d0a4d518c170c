//! One log line for each request, when its response is out or its client has hung up. It is in a span
//! with the other lines of the request.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use penguiflow_serve::Problem;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span, info, info_span};

/// The middleware.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let mut line = Line::begin(&request);
    let response = next.run(request).instrument(line.span.clone()).await;
    line.take_note_of(&response);
    line.is_over = response.body().is_end_stream();
    response.map(|body| Body::new(Logged { body, line }))
}

/// The line, which is written when this is dropped.
struct Line {
    span: Span,
    began: Instant,
    is_over: bool,
}

impl Line {
    fn begin(request: &Request) -> Self {
        let tenant = request.headers().get("x-tenant");
        let tenant = tenant.and_then(|tenant| tenant.to_str().ok());
        let span = info_span!(
            "request",
            method = %request.method(),
            path = request.uri().path(),
            tenant,
            trace_id = Empty,
            status = Empty,
            error = Empty,
        );
        Self {
            span,
            began: Instant::now(),
            is_over: false,
        }
    }
}

impl Line {
    /// What the response says: its status, its trace, and the whole reason where the client is not told
    /// all of it.
    fn take_note_of(&self, response: &Response) {
        let trace = response.headers().get("x-trace-id");
        let trace = trace.and_then(|id| id.to_str().ok()?.parse().ok());
        let problem = response.extensions().get::<Problem>();
        if let Some(id) = trace.or(problem.and_then(Problem::trace_id)) {
            self.span.record("trace_id", display(id));
        }
        self.span.record("status", response.status().as_u16());
        if let Some(problem) = problem {
            self.span.record("error", problem.internals());
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let ms = self.began.elapsed().as_millis();
        let end = match self.is_over {
            true => "answered",
            false => "the client hung up",
        };
        info!(parent: &self.span, ms, "{end}");
    }
}

/// A body that is made inside of its request's span.
struct Logged {
    body: Body,
    line: Line,
}

impl HttpBody for Logged {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Self { body, line } = &mut *self;
        let frame = ready!(line.span.in_scope(|| Pin::new(&mut *body).poll_frame(cx)));
        line.is_over |= frame.is_none() || body.is_end_stream();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
