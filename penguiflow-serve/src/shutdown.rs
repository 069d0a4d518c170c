//! Serving until it is to stop, and the stop within a bounded time.

use std::fmt;
use std::future::IntoFuture;
use std::io;
use std::pin::{Pin, pin};
use std::time::Duration;

use axum::Router;
use futures_util::future::join_all;
use penguiflow::ErasedRunning;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long clients have to take their responses in, once the flows have stopped.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves a router until the process is told to stop, by Ctrl-C or SIGTERM, and then lets the flows
/// drain. Nothing happens until it is awaited.
///
/// From the stop on, no connection and no message is accepted. Requests in flight have the
/// [`grace`](Serve::grace) to be answered, streams to end. The traces that have not ended by then are
/// cancelled, or put off until the next start where they are on a store, and their clients are told. A
/// client that does not take its response is waited for a second longer.
///
/// ```no_run
/// # use axum::Router;
/// # use penguiflow::prelude::*;
/// # use penguiflow_serve::{routes, serve};
/// # use std::time::Duration;
/// # use tokio::net::TcpListener;
/// # #[node]
/// # async fn shout(text: String) -> String { text.to_uppercase() }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// # let running = flow! { shout }.start();
/// let app = Router::new().merge(routes("shout", running.clone()).open());
/// let listener = TcpListener::bind("127.0.0.1:8080").await?;
/// serve(listener, app).drain(running).grace(Duration::from_secs(20)).await
/// # }
/// ```
pub fn serve(listener: TcpListener, app: impl Into<Router>) -> Serve {
    Serve {
        listener,
        app: app.into(),
        flows: Vec::new(),
        grace: Duration::from_secs(10),
        stop: Box::pin(shutdown_signal()),
    }
}

/// What [`serve`] returns.
#[must_use = "nothing is served until it is awaited"]
pub struct Serve {
    listener: TcpListener,
    app: Router,
    flows: Vec<ErasedRunning>,
    grace: Duration,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Serve {
    /// A flow that is stopped together with the server. A router does not know its flows, so each is
    /// named here; clones are the same.
    pub fn drain(mut self, running: impl Into<ErasedRunning>) -> Self {
        self.flows.push(running.into());
        self
    }

    /// How long requests in flight have to end after the stop: 10 seconds unless it is set.
    pub fn grace(mut self, time: Duration) -> Self {
        self.grace = time;
        self
    }

    /// Stops when this is over, in place of [`shutdown_signal`].
    pub fn until(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.stop = Box::pin(stop);
        self
    }

    async fn run(self) -> io::Result<()> {
        let (stops, stopped) = oneshot::channel();
        let stop = async move {
            self.stop.await;
            // Nobody hears it where the server has failed.
            _ = stops.send(());
        };
        let serving = axum::serve(self.listener, self.app).with_graceful_shutdown(stop);
        let mut serving = pin!(serving.into_future());
        let (flows, grace) = (self.flows, self.grace);
        let stopping = pin!(async {
            match stopped.await {
                Ok(()) => stop_all(&flows, grace).await,
                Err(_) => std::future::pending().await,
            }
        });
        tokio::select! {
            served = &mut serving => {
                served?;
                // All is answered. What was handed over may run still.
                stop_all(&flows, grace).await
            }
            stopped = stopping => {
                // Those that still read may go on until then; an open connection alone is no reason.
                _ = timeout(FAREWELL, serving).await;
                stopped
            }
        }
    }
}

/// Stops all flows at once.
async fn stop_all(flows: &[ErasedRunning], grace: Duration) -> io::Result<()> {
    let stopped = join_all(flows.iter().map(|flow| flow.stop_within(grace))).await;
    let stopped: Result<Vec<()>, _> = stopped.into_iter().collect();
    stopped.map(drop).map_err(io::Error::other)
}

impl IntoFuture for Serve {
    type Output = io::Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("flows", &self.flows)
            .field("grace", &self.grace)
            .finish_non_exhaustive()
    }
}

/// Is over when the process is told to stop: by Ctrl-C, or by SIGTERM where there are signals.
///
/// ```no_run
/// # async fn example(listener: tokio::net::TcpListener, app: axum::Router) -> std::io::Result<()> {
/// use penguiflow_serve::shutdown_signal;
///
/// axum::serve(listener, app).with_graceful_shutdown(shutdown_signal()).await
/// # }
/// ```
pub async fn shutdown_signal() {
    tokio::select! {
        () = interrupted() => {}
        () = terminated() => {}
    }
}

/// Where Ctrl-C cannot be listened for, it ends the process.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
