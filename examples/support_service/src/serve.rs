//! Serving, and the end of it within a bounded time.

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

/// Serves until `stop` is over. From then on it accepts nothing, and requests in flight have `grace`
/// to end. The traces of those that have not ended by then are cancelled, and answered with 503.
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
