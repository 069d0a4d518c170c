//! A message with a stream of what its trace gives.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use penguiflow::host::ParkedStep;
use penguiflow::{Chunk, IntoMessage, Message, TraceId, TraceItem};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::follower::{Follower, Given};
use super::running::{Raw, Running, read};
use super::wanted::Wanted;
use crate::error::Error;
use crate::following::FollowRequest;
use crate::names::FOLLOW;

impl<In: Serialize, Out: DeserializeOwned> Running<In, Out> {
    /// Sends a message, and streams what its trace gives: chunks and outputs as they come, then the error if
    /// there is one. Dropping the stream cancels the trace.
    ///
    /// Chunks go through the server, some 20 times a second, and none is lost or comes twice. A step that was
    /// begun again by another worker sends its chunks anew: those of a stream that begins at
    /// [number](Chunk::seq) 0 again take the place of what it brought before.
    ///
    /// ```no_run
    /// # use penguiflow::prelude::*;
    /// # use penguiflow_restate::Client;
    /// #[node]
    /// async fn answer(question: String, ctx: Ctx) -> usize {
    ///     for word in question.split(' ') {
    ///         ctx.chunk(word).await;
    ///     }
    ///     question.len()
    /// }
    ///
    /// flow! {
    ///     #[flow(durable)]
    ///     struct Support(String) -> usize;
    ///
    ///     answer;
    /// }
    ///
    /// # async fn follow(client: Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut trace = client.flow(Support::flow()).trace("who are you?".to_owned()).await?;
    /// while let Some(item) = trace.next().await {
    ///     match item? {
    ///         TraceItem::Chunk(chunk) => print!("{}", chunk.text),
    ///         TraceItem::Output(output) => println!(" ({})", output.payload),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `emit`.
    pub async fn trace(&self, input: impl IntoMessage<In>) -> Result<Trace<Out>, Error> {
        let message = input.into_message();
        let id = message.trace_id;
        let running = self.clone().untyped();
        let mut wanted = running.clone().wanted(id);
        let feed = new_feed();
        match self.send_followed(&message, &feed).await {
            Ok(()) => Ok(Trace::new(running, id, feed, Vec::new(), wanted)),
            Err(error) => {
                // Sent again, it is the same trace.
                wanted.release();
                Err(error)
            }
        }
    }

    async fn send_followed(&self, message: &Message<In>, feed: &str) -> Result<(), Error> {
        let sent = self.send(message, "/send", Some(feed));
        let sent: Sent = read(&sent.await?)?;
        match &*sent.status {
            "Accepted" => Ok(()),
            // It was sent before, and has another feed or none.
            _ => {
                let id = message.trace_id;
                self.ask_to_follow(id, sent.invocation, feed).await
            }
        }
    }

    /// Streams what a trace gives that was sent before, from now on: chunks of steps that begin from now on, and
    /// all outputs. Who has followed it until now sees no more chunks. Dropping the stream cancels the trace.
    ///
    /// # Errors
    ///
    /// [`Error::NotThere`] if the server knows no such trace, and those of `emit`.
    pub async fn watch(&self, id: TraceId) -> Result<Trace<Out>, Error> {
        let run = self.invocation(id).await?;
        let (feed, mut waits) = (new_feed(), Vec::new());
        if !run.is_over() {
            self.ask_to_follow(id, run.id, &feed).await?;
            // Known at once, to whoever takes up a trace in order to answer it.
            waits = self.parked_of(id).await?;
        }
        let running = self.clone().untyped();
        let wanted = running.clone().wanted(id);
        Ok(Trace::new(running, id, feed, waits, wanted))
    }

    async fn ask_to_follow(
        &self,
        id: TraceId,
        invocation: String,
        feed: &str,
    ) -> Result<(), Error> {
        let feed = feed.to_owned();
        let request = FollowRequest { invocation, feed };
        self.ask_for(id, FOLLOW, &request).await?;
        Ok(())
    }
}

/// The ingress's answer to who sends a message.
#[derive(Deserialize)]
struct Sent {
    #[serde(rename = "invocationId")]
    invocation: String,
    status: String,
}

/// A name that no other feed has.
fn new_feed() -> String {
    TraceId::random().to_string()
}

/// The stream that [`Running::trace`] returns. Dropping it cancels the trace.
#[must_use = "dropping it cancels the trace"]
pub struct Trace<Out> {
    id: TraceId,
    given: BoxStream<'static, Result<Given, Error>>,
    /// Those of a batch that are still to be given.
    chunks: VecDeque<Chunk>,
    waits: Vec<ParkedStep>,
    wanted: Wanted,
    out: PhantomData<fn() -> Out>,
}

impl<Out> Trace<Out> {
    fn new(
        running: Raw,
        id: TraceId,
        feed: String,
        waits: Vec<ParkedStep>,
        wanted: Wanted,
    ) -> Self {
        let follower = Follower::new(running, id, feed);
        let given = stream::try_unfold(follower, async |mut follower| {
            let given = follower.next().await?;
            Ok(given.map(|given| (given, follower)))
        });
        Self {
            id,
            given: given.boxed(),
            chunks: VecDeque::new(),
            waits,
            wanted,
            out: PhantomData,
        }
    }

    /// The trace.
    pub fn trace_id(&self) -> TraceId {
        self.id
    }

    /// The steps that wait for values, as far as is known.
    pub(super) fn waits(&self) -> &[ParkedStep] {
        &self.waits
    }

    /// Lets the trace go on without being followed.
    pub(super) fn leave(&mut self) {
        self.wanted.release();
    }
}

impl<Out: DeserializeOwned> Trace<Out> {
    /// The next item; `None` when the trace is over. What `StreamExt::next` is, for those who need no other
    /// stream.
    pub async fn next(&mut self) -> Option<Result<TraceItem<Out>, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<Out: DeserializeOwned> Stream for Trace<Out> {
    type Item = Result<TraceItem<Out>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(chunk) = self.chunks.pop_front() {
                return Poll::Ready(Some(Ok(TraceItem::Chunk(chunk))));
            }
            match ready!(self.given.poll_next_unpin(cx)) {
                Some(Ok(Given::Chunks(chunks))) => self.chunks = chunks.into(),
                Some(Ok(Given::Waits(waits))) => self.waits = waits,
                Some(Ok(Given::Output(output))) => {
                    let payload = read(output.payload.get().as_bytes());
                    let output = payload.map(|payload| TraceItem::Output(output.with(payload)));
                    return Poll::Ready(Some(output));
                }
                // Whoever has no answer may ask again, and finds the same trace.
                Some(Err(error)) => {
                    self.wanted.release();
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    self.wanted.release();
                    return Poll::Ready(None);
                }
            }
        }
    }
}

impl<Out> fmt::Debug for Trace<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("trace_id", &self.id)
            .finish_non_exhaustive()
    }
}
