//! The feed of a trace: what it comes to is given, item by item, to the one who follows it. An item is a
//! durable promise, which the driver completes in the journal's order.

use penguiflow::host::DurableTrace;
use restate_sdk_shared_core::{NonEmptyValue, NotificationHandle, Value};

use super::Item;
use super::batches::{Batch, Batches};
use crate::names::{self, FOLLOW};
use crate::protocol::{Left, Progress, Session};

pub(crate) struct Feed {
    /// The next one who asks to follow the trace. That it is waited for is in no journal.
    follow: NotificationHandle,
    followed: Option<Followed>,
}

/// Who follows a trace.
struct Followed {
    feed: String,
    /// The number of the next item.
    next: u64,
    batches: Batches,
    /// The batch of chunks that is next in the journal.
    batch: Option<NotificationHandle>,
    /// Whether what the steps have sent that have run is in the journal.
    is_all: bool,
    /// What comes after the chunks of the steps that led to it.
    held: Vec<Item>,
}

impl Feed {
    pub(crate) fn new(session: &mut Session) -> Result<Self, Left> {
        Ok(Self {
            follow: session.signal(FOLLOW)?,
            followed: None,
        })
    }

    /// From now on the trace is followed by the reader of this feed, and by no other.
    pub(crate) fn begin(
        &mut self,
        feed: String,
        trace: &mut DurableTrace,
        session: &mut Session,
    ) -> Result<(), Left> {
        match &mut self.followed {
            Some(followed) => followed.turn(feed, session),
            None => {
                self.followed = Some(Followed::new(feed, Batches::of(trace)));
                Ok(())
            }
        }
    }

    /// Gives an item to who follows the trace.
    pub(crate) fn put(
        &mut self,
        session: &mut Session,
        item: impl FnOnce() -> Item,
    ) -> Result<(), Left> {
        match &mut self.followed {
            Some(followed) => followed.put(item(), session),
            None => Ok(()),
        }
    }

    /// Waits for chunks as long as steps run.
    pub(crate) fn renew(&mut self, is_running: bool, session: &mut Session) -> Result<(), Left> {
        match &mut self.followed {
            Some(followed) => followed.renew(is_running, session),
            None => Ok(()),
        }
    }

    pub(crate) fn handles(&self) -> impl Iterator<Item = NotificationHandle> {
        let batch = self.followed.as_ref().and_then(|followed| followed.batch);
        batch.into_iter().chain([self.follow])
    }

    /// Collects the next batch here. Returns whether that is what is to run.
    pub(crate) fn execute(&self, handle: NotificationHandle, session: &mut Session) -> bool {
        let followed = self.followed.as_ref();
        let followed = followed.filter(|followed| followed.batch == Some(handle));
        followed.is_some_and(|followed| {
            session.execute(handle, followed.batches.next());
            true
        })
    }

    /// Somebody asks to follow the trace. Returns whether that is what has completed.
    pub(crate) fn is_asked(
        &mut self,
        handle: NotificationHandle,
        session: &mut Session,
    ) -> Result<bool, Left> {
        let is_asked = handle == self.follow;
        if is_asked {
            self.follow = session.signal(FOLLOW)?;
        }
        Ok(is_asked)
    }

    /// A batch is in the journal. Returns whether that is what has completed.
    pub(crate) fn end_batch(
        &mut self,
        handle: NotificationHandle,
        batch: &Value,
        session: &mut Session,
    ) -> Result<bool, Left> {
        match &mut self.followed {
            Some(followed) if followed.batch == Some(handle) => {
                followed.put_batch(batch, session)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The trace is over, and its running steps are stopped: gives what they have still sent, and the end.
    pub(crate) async fn end(
        &mut self,
        trace: &mut DurableTrace,
        session: &mut Session,
    ) -> Result<(), Left> {
        let Some(followed) = &mut self.followed else {
            return Ok(());
        };
        followed.batches.end(trace);
        while !followed.is_all {
            let batch = followed.batch(session)?;
            let batch = followed.collected(batch, session).await?;
            followed.put_batch(&batch, session)?;
        }
        followed.put(Item::End, session)
    }
}

impl Followed {
    fn new(feed: String, batches: Batches) -> Self {
        Self {
            feed,
            next: 0,
            batches,
            batch: None,
            is_all: true,
            held: Vec::new(),
        }
    }

    /// The next items are for another reader, who is given anew what is held.
    fn turn(&mut self, feed: String, session: &mut Session) -> Result<(), Left> {
        self.held.clear();
        self.give(&Item::End, session)?;
        (self.feed, self.next) = (feed, 0);
        Ok(())
    }

    fn put(&mut self, item: Item, session: &mut Session) -> Result<(), Left> {
        if self.is_all {
            return self.give(&item, session);
        }
        self.held.push(item);
        Ok(())
    }

    /// Nobody waits for the promise to be complete here: it is in the journal before the trace goes on.
    fn give(&mut self, item: &Item, session: &mut Session) -> Result<(), Left> {
        let json = serde_json::to_vec(item).unwrap_or_default();
        let name = names::item(&self.feed, self.next);
        self.next += 1;
        session.complete(name, NonEmptyValue::Success(json.into()))?;
        Ok(())
    }

    fn renew(&mut self, is_running: bool, session: &mut Session) -> Result<(), Left> {
        if is_running || !self.is_all {
            self.batch(session)?;
        }
        // Where no step runs, what waits for chunks would keep the trace from being put away.
        match is_running && self.held.is_empty() {
            true => self.batches.open(),
            false => self.batches.close(),
        }
        Ok(())
    }

    /// The next batch, which is begun if there is none.
    fn batch(&mut self, session: &mut Session) -> Result<NotificationHandle, Left> {
        if let Some(batch) = self.batch {
            return Ok(batch);
        }
        let batch = session.run("chunks")?;
        (self.batch, self.is_all) = (Some(batch), false);
        Ok(batch)
    }

    /// Waits for a batch. A trace that is cancelled meanwhile ends anyway.
    async fn collected(
        &self,
        batch: NotificationHandle,
        session: &mut Session,
    ) -> Result<Value, Left> {
        loop {
            match session.first(&[batch]).await? {
                Progress::Done(_, batch) => return Ok(batch),
                Progress::Execute(handle) => drop(session.execute(handle, self.batches.next())),
                Progress::Cancelled => {}
            }
        }
    }

    fn put_batch(&mut self, batch: &Value, session: &mut Session) -> Result<(), Left> {
        let batch = match batch {
            Value::Success(json) => Batch::read(json),
            _ => None,
        };
        // One that cannot be read is lost, and nothing waits for it.
        self.is_all = batch.as_ref().is_none_or(|batch| batch.is_all);
        self.batch = None;
        if let Some(chunks) = batch.and_then(Batch::into_chunks) {
            self.give(&Item::Chunks(chunks), session)?;
        }
        if self.is_all {
            for item in std::mem::take(&mut self.held) {
                self.give(&item, session)?;
            }
        }
        Ok(())
    }
}
