//! A server, and workers that die as their processes would.

use local_restate::{Binary, Error, Server, fetch};
use penguiflow_restate::{Client, Endpoint};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// A server, and a client of it; `None`, with the reason printed, if there is no binary.
pub(crate) async fn server() -> Option<(Server, Client)> {
    Some(with_client(Server::start(&binary()?).await))
}

/// The same with a server that signs its requests with this key.
#[cfg(feature = "identity")]
pub(crate) async fn signing(pem: &str) -> Option<(Server, Client)> {
    Some(with_client(Server::start_signing(&binary()?, pem).await))
}

fn binary() -> Option<Binary> {
    let skipped = |error: &Error| eprintln!("skipped: {error}");
    fetch().inspect_err(skipped).ok()
}

fn with_client(server: Result<Server, Error>) -> (Server, Client) {
    let server = server.expect("the server starts");
    let client = Client::new(server.ingress(), server.admin());
    (server, client)
}

/// A worker with a runtime of its own, with which all that runs there dies.
pub(crate) struct Worker {
    runtime: Option<Runtime>,
    pub(crate) address: String,
}

impl Worker {
    pub(crate) fn start(endpoint: Endpoint, address: &str) -> Self {
        let listener = std::net::TcpListener::bind(address).expect("a free port");
        listener.set_nonblocking(true).expect("a setting");
        let address = listener.local_addr().expect("an address").to_string();
        let runtime = Runtime::new().expect("a runtime");
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).expect("a listener");
            let stop = std::future::pending();
            endpoint.serve_until(listener, stop).await;
        });
        Self {
            runtime: Some(runtime),
            address,
        }
    }
}

/// The port may be taken for a moment by the connections that died.
pub(crate) fn again(endpoint: &Endpoint, address: &str) -> Worker {
    while std::net::TcpListener::bind(address).is_err() {
        std::thread::yield_now();
    }
    Worker::start(endpoint.clone(), address)
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

pub(crate) async fn registered(client: &Client, endpoint: Endpoint) -> Worker {
    let worker = Worker::start(endpoint, "127.0.0.1:0");
    let url = format!("http://{}", worker.address);
    client.register(&url).await.expect("it is registered");
    worker
}

/// A request to the admin interface; returns the head and the body of the answer.
pub(crate) async fn admin(server: &Server, request: &str, body: &str) -> String {
    let address = server.admin().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.expect("the server");
    let length = body.len();
    let request = format!(
        "{request} HTTP/1.0\r\ncontent-type: application/json\r\naccept: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}
