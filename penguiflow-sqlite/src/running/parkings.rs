//! The stream of what parks.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::Stream;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use penguiflow::host::ParkedStep;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::UnboundedReceiver;

use super::Running;
use super::past_traces::parked_steps;
use crate::error::Error;
use crate::host::{Host, ParkedId};
use crate::store::Seq;

/// How many parked traces are listed at a time.
const PAGE: usize = 64;

impl<In: Send + 'static, Out: DeserializeOwned + Send + 'static> Running<In, Out> {
    /// The steps that wait for a value, and those that park from now on, until the flow is stopped. What
    /// waits is in the store: it can be resumed in this process and in another.
    ///
    /// A slow reader holds up no trace; the ids of what it has not come to are queued. The stream passes
    /// over a step that goes on before the reader comes to it: what it yields waits at that moment. After
    /// an error of the store it goes on.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use penguiflow_sqlite::Sqlite;
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// #[node]
    /// async fn publish((draft, approved): (String, bool)) -> Option<String> {
    ///     approved.then_some(draft)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let store = Sqlite::open(dir.path().join("press.db")).await?;
    /// let flow = flow! { #[flow(durable)] draft -> await bool -> publish };
    /// let running = store.start(flow).await?;
    /// let mut parkings = running.parkings();
    /// running.emit("penguins".to_owned()).await?;
    /// let parked = parkings.next().await.expect("the flow runs")?;
    /// assert_eq!(parked.node, "await bool");
    /// running.resume(parked.trace_id, true).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn parkings(&self) -> Parkings {
        let reader = Reader {
            ids: self.host.parkings.read(),
            host: Arc::clone(&self.host),
            after: Some(0),
            listed: VecDeque::new(),
            seen: HashSet::new(),
        };
        Parkings(unfold(reader, Reader::next).boxed())
    }
}

/// The stream that [`Running::parkings`] returns.
pub struct Parkings(BoxStream<'static, Result<ParkedStep, Error>>);

impl Parkings {
    /// The next step that waits; `None` once the flow has stopped.
    pub async fn next(&mut self) -> Option<Result<ParkedStep, Error>> {
        self.0.next().await
    }
}

impl Stream for Parkings {
    type Item = Result<ParkedStep, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

impl fmt::Debug for Parkings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parkings")
    }
}

struct Reader {
    host: Arc<Host>,
    /// What parks after the stream was made.
    ids: UnboundedReceiver<ParkedId>,
    /// The last trace that was listed; `None` when all are that waited before.
    after: Option<Seq>,
    /// Those to look at next.
    listed: VecDeque<ParkedId>,
    /// The listed ones, of which some may also be among the ids.
    seen: HashSet<ParkedId>,
}

impl Reader {
    async fn next(mut self) -> Option<(Result<ParkedStep, Error>, Self)> {
        loop {
            if let Err(error) = self.list().await {
                return Some((Err(error), self));
            }
            let id = match self.listed.pop_front() {
                Some(id) => id,
                None => {
                    let id = self.ids.recv().await?;
                    if self.seen.remove(&id) {
                        continue;
                    }
                    id
                }
            };
            match self.still_parked(id).await {
                Ok(None) => {}
                Ok(Some(step)) => return Some((Ok(step), self)),
                Err(error) => {
                    self.listed.push_front(id);
                    return Some((Err(error), self));
                }
            }
        }
    }

    /// Lists what waited when the stream was made, as far as it is to be looked at next.
    async fn list(&mut self) -> Result<(), Error> {
        while let (Some(after), true) = (self.after, self.listed.is_empty()) {
            let page = self.host.store.parked(self.host.id, after, PAGE).await?;
            self.after = page.last().map(|(seq, ..)| *seq);
            let steps = page
                .into_iter()
                .flat_map(|(_, id, waits)| parked_steps(id, &waits));
            let ids = steps.map(|step| (step.trace_id, step.step));
            self.listed.extend(ids.filter(|id| self.seen.insert(*id)));
        }
        Ok(())
    }

    /// The step, if it waits now.
    async fn still_parked(&self, (id, step): ParkedId) -> Result<Option<ParkedStep>, Error> {
        let waits = self.host.store.waits(id).await?.unwrap_or_default();
        let mut steps = parked_steps(id, &waits).into_iter();
        Ok(steps.find(|parked| parked.step == step))
    }
}
