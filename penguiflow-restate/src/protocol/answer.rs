//! The body of an answer: whole, or what an invocation writes.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

pub(super) enum Answer {
    Whole(Option<Bytes>),
    Written {
        written: UnboundedReceiver<Bytes>,
        _task: Invocation,
    },
}

/// The task of an invocation: it is gone with the connection to the server, which begins another one.
pub(super) struct Invocation(pub(super) JoinHandle<()>);

impl Drop for Invocation {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = match &mut *self {
            Self::Whole(bytes) => Poll::Ready(bytes.take()),
            Self::Written { written, .. } => written.poll_recv(cx),
        };
        bytes.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
