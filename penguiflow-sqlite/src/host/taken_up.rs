//! The task of a trace that is taken up: it is run, and loaded again where the store has not taken a
//! commit.

use std::sync::Arc;

use penguiflow::TraceId;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::sleep;

use super::dead;
use super::driver::Driver;
use super::live::Orders;
use super::reading::read;
use super::row::Row;
use super::shared::Host;
use super::waits::PAUSE;
use crate::error::Error;
use crate::store::{StoreError, StoredTrace};

/// How often the trace was taken up from a process that died, without progress since. Counted before it
/// runs: it may be the cause.
async fn recoveries(host: &Host, stored: &StoredTrace) -> i64 {
    if !host.backlog.was_found(stored.id) {
        return stored.recoveries;
    }
    loop {
        match host.store.count_recovery(stored.seq).await {
            Ok(times) => return times,
            Err(StoreError::Closed) => return stored.recoveries,
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Runs a trace until it ends or is put away. It keeps its place, if it has one, so long.
pub(super) async fn run(
    host: Arc<Host>,
    id: TraceId,
    mut driver: Driver,
    place: Option<OwnedSemaphorePermit>,
) {
    while let Some(orders) = driver.run(place.is_some()).await {
        match load(&host, id, orders).await {
            Some(again) => driver = again,
            None => return,
        }
    }
}

/// The same for a trace as it is stored.
pub(super) async fn load_and_run(
    host: Arc<Host>,
    id: TraceId,
    orders: Orders,
    place: Option<OwnedSemaphorePermit>,
) {
    if let Some(driver) = load(&host, id, orders).await {
        run(host, id, driver, place).await;
    }
}

/// Takes up a trace as it is stored; `None` if it has ended, or cannot go on.
async fn load(host: &Arc<Host>, id: TraceId, mut orders: Orders) -> Option<Driver> {
    let Some(stored) = stored(host, id)
        .await
        .filter(|stored| stored.state.goes_on())
    else {
        while let Err(order) = host.leave(id, &mut orders) {
            let _ = order.reply.send(Err(Error::NotThere(id)));
        }
        return None;
    };
    let row = Row::of(&stored);
    let trace = match recoveries(host, &stored).await {
        times if times > host.settings.recoveries => Err(host.poisoned(id, times)),
        _ => read(&host.flow, &stored),
    };
    match trace {
        Ok(trace) => Some(Driver::new(Arc::clone(host), row, trace, orders)),
        Err(error) => {
            dead::bury(host, &row, error, orders).await;
            None
        }
    }
}

async fn stored(host: &Host, id: TraceId) -> Option<StoredTrace> {
    loop {
        match host.store.load(id).await {
            Ok(stored) => return stored,
            Err(StoreError::Closed) => return None,
            Err(_) => sleep(PAUSE).await,
        }
    }
}
