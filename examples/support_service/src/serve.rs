//! Serving until somebody stops it, and then no longer than it is given.

use std::io;
use std::pin::pin;
use std::time::Duration;

use penguiflow::prelude::Ledger;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::handlers::{Service, router};

/// How long a client has to take its response in, once it is made.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves until `stop` is over. From then on nothing is taken in, what is in flight has `grace` to
/// end, and what has not ended by then is cancelled and answered as such.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Service,
    stop: impl Future<Output = ()> + Send + 'static,
    grace: Duration,
) -> io::Result<Ledger> {
    let (stops, stopped) = oneshot::channel();
    let stop = async {
        stop.await;
        let _ = stops.send(());
    };
    let serving = axum::serve(listener, router(service.clone())).with_graceful_shutdown(stop);
    let mut serving = pin!(serving.into_future());
    let stopping = async {
        let _ = stopped.await;
        service.stop_within(grace).await
    };
    tokio::select! {
        served = &mut serving => served?,
        _ = stopping => drop(timeout(FAREWELL, serving).await),
    }
    Ok(service.stop().await)
}
