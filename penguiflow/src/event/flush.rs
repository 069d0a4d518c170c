//! Waits for observers for a limited time on the real clock, whatever the state of the runtime: its
//! blocking threads may all be busy, and its clock may be paused.

use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;

/// Stands in a reader's queue; dropped when the reader comes to it. Nothing is ever sent.
pub(super) type Mark = Sender<Infallible>;

/// Waits until all marks are dropped, or for `limit` in real time, whichever is first.
pub(super) async fn until_dropped(marks: Receiver<Infallible>, limit: Duration) {
    let _clock = hold_clock();
    let (ended, end) = oneshot::channel::<Infallible>();
    let wait = move || {
        let _ = marks.recv_timeout(limit);
        drop(ended);
    };
    let thread = thread::Builder::new().name("penguiflow-flush".to_owned());
    match thread.spawn(wait) {
        Ok(_) => _ = end.await,
        Err(error) => tracing::error!(target: "penguiflow", %error, "no thread to flush on"),
    }
}

/// Keeps a paused tokio clock from running ahead while nothing but observers is waited for:
/// the clock stands while there is a blocking task, be it queued or running. Only a runtime of
/// one thread can pause it. The task ends when what this returns is dropped.
fn hold_clock() -> Option<Sender<Infallible>> {
    let runtime = Handle::try_current().ok()?;
    if !matches!(runtime.runtime_flavor(), RuntimeFlavor::CurrentThread) {
        return None;
    }
    let (held, until) = channel();
    drop(runtime.spawn_blocking(move || until.recv()));
    Some(held)
}
