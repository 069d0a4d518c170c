//! The flow on a server, with a worker in this process.

use std::future::pending;

use local_restate::{Server, fetch};
use penguiflow_restate::{Client, Running, endpoint};
use penguiflow_serve::Inspector;
use tokio::net::TcpListener;

use crate::refunds::{Bank, Order, Receipt, Refund};

pub(crate) struct Host {
    pub(crate) running: Running<Order, Receipt>,
    pub(crate) bank: Bank,
    /// Sees what the worker runs.
    pub(crate) inspector: Inspector,
    _server: Server,
}

impl Host {
    /// `None`, with the reason printed, where the server cannot be had.
    pub(crate) async fn start() -> Option<Self> {
        let binary = match fetch() {
            Ok(binary) => binary,
            Err(error) => {
                println!("skipped: {error}");
                return None;
            }
        };
        let server = Server::start(&binary).await.expect("the server starts");
        let (bank, inspector) = (Bank::new(), Inspector::new());
        let flow = Refund::flow()
            .with_state(bank.clone())
            .observe(inspector.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it has one");
        let worker = endpoint().flow(flow.clone());
        tokio::spawn(worker.serve_until(listener, pending()));
        let client = Client::new(server.ingress(), server.admin());
        let registered = client.register(&format!("http://{address}")).await;
        registered.expect("the worker serves");
        Some(Self {
            running: client.flow(flow),
            bank,
            inspector,
            _server: server,
        })
    }
}
