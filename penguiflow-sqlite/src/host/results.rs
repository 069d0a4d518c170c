//! The results that nobody has fetched yet, in their order. They are in the store; a page of them is
//! here.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::store::{FlowId, Seq, Store, StoreError, StoredResult};

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
    pub(super) async fn try_next(
        &self,
        store: &Store,
        flow: FlowId,
    ) -> Result<Option<StoredResult>, StoreError> {
        let _reader = self.reader.lock().await;
        if let Some(result) = self.pop() {
            return Ok(Some(result));
        }
        let last = self
            .page
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last;
        let results = store.results(flow, last, PAGE).await?;
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        page.last = results.last().map_or(last, |result| result.seq);
        page.results.extend(results);
        Ok(page.results.pop_front())
    }

    /// The next result; `None` once there will be no more, and the store has none.
    pub(super) async fn next(
        &self,
        store: &Store,
        flow: FlowId,
        is_over: impl Fn() -> bool,
    ) -> Result<Option<StoredResult>, StoreError> {
        loop {
            let mut more = std::pin::pin!(self.more.notified());
            more.as_mut().enable();
            if let Some(result) = self.try_next(store, flow).await? {
                return Ok(Some(result));
            }
            if is_over() {
                return self.try_next(store, flow).await;
            }
            more.await;
        }
    }
}
