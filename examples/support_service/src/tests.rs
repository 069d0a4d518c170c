//! The service over real sockets, in real time: a paused clock would run ahead of them.

mod answers;
mod log_lines;
mod many_askers;
mod refusals;
mod stopping;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;
use std::{fs, io};

use handbook::Index;
use penguiflow::Event;
use penguiflow::prelude::*;
use penguiflow_serve::Inspector;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::Failure;
use crate::client::Client;
use crate::fake_model::FakeModel;
use crate::model::Models;
use crate::nodes::App;
use crate::serve;
use crate::support::{Support, flow};

const HANDBOOK: &str = "\
# Retries
A retry waits for its backoff.

```rust
#[node(retries = 3)]
```
# Playbooks
A playbook is a flow that is a node of another one.
";

type Done = Result<(), Failure>;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);
/// More than any test needs.
const LONG: Duration = Duration::from_secs(600);

fn handbook() -> Result<Index, Failure> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("guide.md"), HANDBOOK)?;
    Ok(Index::of(folder.path())?)
}

/// A service that is tested, its model and its client.
struct Subject {
    model: FakeModel,
    client: Client,
    address: SocketAddr,
    events: mpsc::UnboundedReceiver<Event>,
    stops: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<Ledger>>,
}

impl Subject {
    async fn start() -> Result<Self, Failure> {
        Self::start_with(|flow| flow, LONG).await
    }

    /// With other settings.
    async fn start_with(
        change: impl FnOnce(Flow<Support, App>) -> Flow<Support, App>,
        grace: Duration,
    ) -> Result<Self, Failure> {
        LazyLock::force(&log_lines::LOG);
        let model = FakeModel::start().await?;
        let (index, models) = (handbook()?, Models::of(model.address));
        let (sender, events) = mpsc::unbounded_channel();
        let flow = change(flow(App { index, models })).observe(move |event: &Event| {
            let _ = sender.send(event.clone());
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (stops, stopped) = oneshot::channel();
        let stop = async { drop(stopped.await) };
        let service = flow.start();
        let serving =
            tokio::spawn(
                async move { serve(listener, &service, Inspector::new(), stop, grace).await },
            );
        let client = Client::of(address);
        Ok(Self {
            model,
            client,
            address,
            events,
            stops,
            serving,
        })
    }

    /// Waits for the next event of a node.
    async fn next(&mut self, kind: EventKind, node: &str) -> Result<Event, Failure> {
        let next = async {
            loop {
                let event = self.events.recv().await.ok_or("no events any more")?;
                if event.event == kind && event.node_name == Some(node) {
                    return Ok(event);
                }
            }
        };
        timeout(PATIENCE, next).await?
    }

    /// Sends a request to a socket and closes it while the model holds the trace, which is cancelled.
    async fn hangs_up(&mut self, request: &str) -> Done {
        let mut socket = TcpStream::connect(self.address)?;
        socket.write_all(request.as_bytes())?;
        self.model.has_held(1).await;
        drop(socket);
        self.next(EventKind::NodeCancelled, "large").await?;
        Ok(())
    }

    async fn stop(self) -> Result<Ledger, Failure> {
        drop(self.stops);
        Ok(timeout(PATIENCE, self.serving).await???)
    }
}
