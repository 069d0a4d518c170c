//! The results that nobody has fetched yet, in their order. They are in the store; a page of them is
//! here.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use super::Host;
use crate::store::{Seq, StoreError, StoredResult};

const PAGE: usize = 64;

#[derive(Default)]
pub(crate) struct Results {
    page: Mutex<Page>,
    /// One who reads at a time, so that no result is handed out twice.
    reader: tokio::sync::Mutex<()>,
    more: Notify,
}

#[derive(Default)]
struct Page {
    results: VecDeque<StoredResult>,
    last: Seq,
}

impl Results {
    /// There may be more.
    pub(crate) fn wake(&self) {
        self.more.notify_waiters();
    }

    fn pop(&self) -> Option<StoredResult> {
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        page.results.pop_front()
    }

    /// The next result that the store has now.
    pub(crate) async fn try_next(&self, host: &Host) -> Result<Option<StoredResult>, StoreError> {
        let _reader = self.reader.lock().await;
        if let Some(result) = self.pop() {
            return Ok(Some(result));
        }
        let last = self
            .page
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last;
        let results = host.store.results(host.id, last, PAGE).await?;
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        page.last = results.last().map_or(last, |result| result.seq);
        page.results.extend(results);
        Ok(page.results.pop_front())
    }

    /// The next result; `None` once the host has stopped, and the store has none.
    pub(crate) async fn next(&self, host: &Host) -> Result<Option<StoredResult>, StoreError> {
        loop {
            let mut more = std::pin::pin!(self.more.notified());
            more.as_mut().enable();
            if let Some(result) = self.try_next(host).await? {
                return Ok(Some(result));
            }
            if host.has_stopped() && host.live.is_empty() {
                return self.try_next(host).await;
            }
            more.await;
        }
    }
}
