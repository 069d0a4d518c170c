//! The host of one flow on a store: it begins traces (`emits`), takes them up as there is room, and lets
//! them be changed from outside (`orders`). A trace that is taken up has a task (`taken_up`, `driver`),
//! which runs its steps (`attempts`) and commits what they came to (`changes`). Traces that wait for
//! room or for a time are in the `backlog`, known by their ids alone.

mod attempts;
mod backlog;
mod changes;
mod checkpoints;
mod commands;
mod dead;
mod driver;
mod emits;
mod errors;
mod history;
mod live;
mod orders;
mod parkings;
mod reading;
mod results;
mod row;
mod schedules;
mod shared;
mod taken_up;
mod taking_up;
mod versions;
mod waits;
mod watchers;

use std::sync::Arc;

use penguiflow::host::DurableFlow;

use crate::error::Error;
use crate::store::{FlowId, Store};

pub(crate) use live::Obeyed;
pub(crate) use parkings::ParkedId;
pub(crate) use shared::{Host, Settings};
pub(crate) use versions::{Unreadable, reconcile};
pub(crate) use watchers::Item;

impl Host {
    /// Takes the flow's traces up from where they were.
    pub(crate) async fn start(
        store: Store,
        flow: DurableFlow,
        id: FlowId,
        settings: Settings,
    ) -> Result<Arc<Self>, Error> {
        let host = Arc::new(Self::new(store, flow, id, settings));
        host.backlog.find(&host.store, id).await?;
        // Before anything runs: what is to be cancelled may be what the process died of.
        let seen = commands::obey_all(&host, 0).await;
        tokio::spawn(taking_up::take_up(Arc::clone(&host)));
        tokio::spawn(taking_up::watch_times(Arc::clone(&host)));
        tokio::spawn(commands::obey(Arc::clone(&host), seen));
        tokio::spawn(schedules::tick(Arc::clone(&host)));
        Ok(host)
    }
}
