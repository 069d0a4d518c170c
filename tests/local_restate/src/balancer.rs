//! One address for several workers: the engine knows a deployment by its address. Each connection goes to the
//! next worker that takes it. The network between the engine and the workers can be cut here: then nothing
//! passes, and nobody is told, as in a real network.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Error;

/// A proxy of TCP connections, until it is dropped.
#[derive(Debug)]
pub struct Balancer {
    address: SocketAddr,
    is_cut: watch::Sender<bool>,
    _serving: JoinSet<()>,
}

impl Balancer {
    /// Listens on a port of loopback for connections to these addresses.
    ///
    /// # Errors
    ///
    /// If the system gives no port.
    pub async fn start(workers: Vec<String>) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(Error::io("127.0.0.1:0"))?;
        let address = listener.local_addr().map_err(Error::io("127.0.0.1:0"))?;
        let is_cut = watch::Sender::new(false);
        let route = Route {
            workers: workers.into(),
            next: Arc::default(),
            is_cut: is_cut.subscribe(),
        };
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, route));
        Ok(Self {
            address,
            is_cut,
            _serving: serving,
        })
    }

    /// What the deployment is registered as.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on nothing passes, in either direction, and connections stay open.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    /// All passes again, what was held back first.
    pub fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}

#[derive(Clone)]
struct Route {
    workers: Arc<[String]>,
    next: Arc<AtomicUsize>,
    is_cut: watch::Receiver<bool>,
}

async fn serve(listener: TcpListener, route: Route) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((engine, _)) = accepted {
                let route = route.clone();
                connections.spawn(async move { route.join(engine).await });
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

impl Route {
    /// Until one side closes; the other one is closed, too.
    async fn join(mut self, engine: TcpStream) {
        let Ok(worker) = self.worker().await else {
            return;
        };
        // A small frame does not wait for the next one.
        let _ = engine.set_nodelay(true);
        let (from_engine, to_engine) = engine.into_split();
        let (from_worker, to_worker) = worker.into_split();
        tokio::select! {
            _ = pass(from_engine, to_worker, self.is_cut.clone()) => {}
            _ = pass(from_worker, to_engine, self.is_cut.clone()) => {}
        }
    }

    /// A connection to the next worker that takes one.
    async fn worker(&mut self) -> io::Result<TcpStream> {
        is_whole(&mut self.is_cut).await?;
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let mut refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        for turn in 0..self.workers.len() {
            let address = &self.workers[(first + turn) % self.workers.len()];
            match TcpStream::connect(address).await {
                Ok(worker) => {
                    worker.set_nodelay(true)?;
                    return Ok(worker);
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut is_cut: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        is_whole(&mut is_cut).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&buffer[..read]).await?;
    }
}

/// Waits until the network is whole.
async fn is_whole(is_cut: &mut watch::Receiver<bool>) -> io::Result<()> {
    let mended = is_cut.wait_for(|is_cut| !is_cut).await;
    mended.map(drop).map_err(io::Error::other)
}
