//! The feed of a trace: what it comes to is given, item by item, to the one who follows it. An item is a
//! durable promise, which the driver completes in the journal's order.

use bytes::Bytes;
use penguiflow::host::DurableTrace;
use restate_sdk_shared_core::{NonEmptyValue, NotificationHandle};

use super::Item;
use super::batches::Batches;
use crate::journal;
use crate::names::{self, FOLLOW};
use crate::protocol::{Left, Session};

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
        self.put(session, || Item::End)?;
        match &mut self.followed {
            Some(followed) => (followed.feed, followed.next) = (feed, 0),
            None => {
                self.followed = Some(Followed {
                    feed,
                    next: 0,
                    batches: Batches::of(trace),
                    batch: None,
                });
            }
        }
        Ok(())
    }

    /// Gives an item to who follows the trace. Nobody waits here until the promise is complete: it is in the
    /// journal before the trace goes on.
    pub(crate) fn put(
        &mut self,
        session: &mut Session,
        item: impl FnOnce() -> Item,
    ) -> Result<(), Left> {
        let Some(followed) = &mut self.followed else {
            return Ok(());
        };
        let json = serde_json::to_vec(&item()).unwrap_or_default();
        let name = names::item(&followed.feed, followed.next);
        followed.next += 1;
        session.complete(name, NonEmptyValue::Success(json.into()))?;
        Ok(())
    }

    /// Waits for chunks as long as steps run.
    pub(crate) fn renew(&mut self, is_running: bool, session: &mut Session) -> Result<(), Left> {
        let Some(followed) = &mut self.followed else {
            return Ok(());
        };
        match (is_running, followed.batch) {
            (true, None) => {
                followed.batches.open();
                followed.batch = Some(session.run("chunks")?);
            }
            // What waits for chunks would keep the trace from being put away.
            (false, Some(_)) => followed.batches.close(),
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn handles(&self) -> impl Iterator<Item = NotificationHandle> {
        self.batch().into_iter().chain([self.follow])
    }

    fn batch(&self) -> Option<NotificationHandle> {
        self.followed.as_ref()?.batch
    }

    /// Waits here until the next batch is due. Returns whether that is what is to run.
    pub(crate) fn execute(&self, handle: NotificationHandle, session: &mut Session) -> bool {
        let followed = self.followed.as_ref();
        let followed = followed.filter(|followed| followed.batch == Some(handle));
        followed.is_some_and(|followed| {
            session.execute(handle, followed.batches.due());
            true
        })
    }

    /// What is journalled of something that has run here: with it goes what was sent until then. So the chunks
    /// of a step are in the journal no later than what it came to.
    pub(crate) fn with_chunks(&mut self, handle: NotificationHandle, ran: Bytes) -> Bytes {
        let Some(followed) = &mut self.followed else {
            return ran;
        };
        let chunks = followed.batches.take();
        match (followed.batch == Some(handle), chunks) {
            (true, chunks) => chunks.unwrap_or_default().into(),
            (false, Some(chunks)) => journal::with_chunks(&chunks, &ran),
            (false, None) => ran,
        }
    }

    /// Gives chunks as they are journalled.
    pub(crate) fn put_chunks(&mut self, chunks: &[u8], session: &mut Session) -> Result<(), Left> {
        match serde_json::from_slice(chunks) {
            Ok(chunks) => self.put(session, || Item::Chunks(chunks)),
            // There are none.
            Err(_) => Ok(()),
        }
    }

    /// Whether a batch is what has completed: the next one may begin.
    pub(crate) fn end_batch(&mut self, handle: NotificationHandle) -> bool {
        match &mut self.followed {
            Some(followed) if followed.batch == Some(handle) => {
                followed.batch = None;
                true
            }
            _ => false,
        }
    }

    /// Whether what has completed is that somebody asks to follow the trace: the next one may ask.
    pub(crate) fn end_follow(
        &mut self,
        handle: NotificationHandle,
        session: &mut Session,
    ) -> Result<bool, Left> {
        let is_follow = handle == self.follow;
        if is_follow {
            self.follow = session.signal(FOLLOW)?;
        }
        Ok(is_follow)
    }

    /// The trace is over, and its running steps are stopped. Returns the batch that has what they still send.
    pub(crate) fn end(&mut self, trace: &mut DurableTrace) -> Option<NotificationHandle> {
        let followed = self.followed.as_mut()?;
        followed.batches.end(trace);
        followed.batch
    }
}
