//! Takes up the traces of the backlog: as there is room for them, and as their times come.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::row::millis;
use super::shared::{Host, Stop};

/// The longest sleep until the clock is read again: the wall clock may be set.
const LONGEST: Duration = Duration::from_secs(60);

/// Takes up those that wait for room, as long as there is some.
pub(super) async fn take_up(host: Arc<Host>) {
    let work = async {
        loop {
            let id = host.backlog.next().await;
            let Ok(place) = Arc::clone(&host.room).acquire_owned().await else {
                return;
            };
            host.load(id, Some(place));
        }
    };
    tokio::select! {
        () = host.until(Stop::Drain) => {}
        () = work => {}
    }
}

/// Lets those go that wait for a time.
pub(super) async fn watch_times(host: Arc<Host>) {
    let work = async {
        loop {
            let times = host.backlog.times.notified();
            let now = millis(SystemTime::now());
            let next = host.backlog.move_due(now);
            let wait = next.map_or(LONGEST, |next| {
                Duration::from_millis(next.abs_diff(now)).min(LONGEST)
            });
            tokio::select! {
                () = times => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    };
    tokio::select! {
        () = host.until(Stop::Drain) => {}
        () = work => {}
    }
}
