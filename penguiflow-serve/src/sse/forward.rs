//! Sends a trace's events to the body of a response, from a task of the trace's own: a body is polled
//! for as long as its client reads alone, and a trace must end without that, too.

use std::convert::Infallible;
use std::future::poll_fn;
use std::time::Duration;

use axum::response::sse::Event;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc::{self, Sender};
use tokio::time::timeout;
use tracing::{Instrument, Span};

use super::events::{Items, end, event};

/// How many events may wait for the client.
const ROOM: usize = 16;

/// The events, as they come. The trace is cancelled when this is dropped, or left unread for `stall`.
pub(super) fn forward(
    items: Items,
    stall: Duration,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    let (sender, mut events) = mpsc::channel(ROOM);
    let sending = async move {
        // Dropped with the items in it, the trace is cancelled.
        tokio::select! {
            () = send_all(items, &sender, stall) => {}
            () = sender.closed() => {}
        }
    };
    tokio::spawn(sending.instrument(Span::current()));
    stream::poll_fn(move |cx| events.poll_recv(cx)).map(Ok)
}

async fn send_all(mut items: Items, events: &Sender<Event>, stall: Duration) {
    let mut outcome = "completed".to_owned();
    while let Some(item) = poll_fn(|cx| items.poll_next_unpin(cx)).await {
        if let Err(problem) = &item {
            outcome = problem.kind().to_owned();
        }
        if !is_sent(events, event(&item), stall).await {
            return;
        }
    }
    is_sent(events, end(&outcome), stall).await;
}

/// Whether the client has taken what was sent before, so that there is room for this.
async fn is_sent(events: &Sender<Event>, event: Event, stall: Duration) -> bool {
    matches!(timeout(stall, events.send(event)).await, Ok(Ok(())))
}
