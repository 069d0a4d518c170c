//! A server of HTTP/1.1 that answers by a script: with whole responses, with halves, or not at all. It
//! counts its connections.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// The request line and the headers.
    pub(crate) head: String,
    /// The JSON, as it was written.
    pub(crate) body: String,
}

/// What the server does next.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Send(Vec<u8>),
    Wait(Duration),
    /// Says no more, until the client leaves.
    Hang,
    /// Leaves in the middle.
    Close,
}

pub(crate) struct Server {
    address: String,
    received: Arc<Mutex<Vec<Received>>>,
    open: Arc<AtomicUsize>,
    accepted: Arc<AtomicUsize>,
    /// Aborted when the server is dropped.
    _tasks: JoinSet<()>,
}

impl Server {
    /// Serves scripts that follow from the number of the request and from itself.
    pub(crate) async fn start(
        script: impl Fn(usize, &Received) -> Vec<Act> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let received = Arc::new(Mutex::new(Vec::new()));
        let open = Arc::new(AtomicUsize::new(0));
        let accepted = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(
            listener,
            Arc::new(script),
            Arc::clone(&received),
            [Arc::clone(&open), Arc::clone(&accepted)],
        ));
        Self {
            address: format!("http://{address}/v1"),
            received,
            open,
            accepted,
            _tasks: tasks,
        }
    }

    /// Serves one response, again and again.
    pub(crate) async fn always(acts: Vec<Act>) -> Self {
        Self::start(move |_, _| acts.clone()).await
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// Waits until no connection is open.
    pub(crate) async fn is_left(&self) {
        while self.open.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

type Script = dyn Fn(usize, &Received) -> Vec<Act> + Send + Sync;

async fn accept(
    listener: TcpListener,
    script: Arc<Script>,
    received: Arc<Mutex<Vec<Received>>>,
    [open, accepted]: [Arc<AtomicUsize>; 2],
) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (script, received) = (Arc::clone(&script), Arc::clone(&received));
        let open = Arc::clone(&open);
        accepted.fetch_add(1, Ordering::SeqCst);
        open.fetch_add(1, Ordering::SeqCst);
        connections.spawn(async move {
            // How a connection ends is what the tests are about.
            let _ = serve(stream, &*script, &received).await;
            open.fetch_sub(1, Ordering::SeqCst);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(
    mut stream: TcpStream,
    script: &Script,
    received: &Mutex<Vec<Received>>,
) -> io::Result<()> {
    loop {
        let Some(request) = read(&mut stream).await? else {
            return Ok(());
        };
        let number = {
            let mut received = received.lock().expect("no panic");
            received.push(request.clone());
            received.len() - 1
        };
        for act in script(number, &request) {
            match act {
                Act::Send(bytes) => stream.write_all(&bytes).await?,
                Act::Wait(time) => tokio::time::sleep(time).await,
                Act::Hang => {
                    while stream.read(&mut [0; 64]).await? > 0 {}
                    return Ok(());
                }
                Act::Close => return Ok(()),
            }
        }
    }
}

/// A request; none if the client has left.
async fn read(stream: &mut TcpStream) -> io::Result<Option<Received>> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        if let Some((head, body)) = split(&bytes) {
            return Ok(Some(Received { head, body }));
        }
        match stream.read(&mut buffer).await? {
            0 => return Ok(None),
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

/// The head and the body, if all of it has come.
fn split(bytes: &[u8]) -> Option<(String, String)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse::<usize>().expect("a length"));
    let body = bytes.get(end + 4..end + 4 + length)?;
    Some((head, String::from_utf8_lossy(body).into_owned()))
}

/// A whole response.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> Vec<Act> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n");
    vec![Act::Send((head + body).into_bytes())]
}

/// A response with an error, as JSON.
pub(crate) fn refusal(status: &str, headers: &str, body: &str) -> Vec<Act> {
    let headers = format!("content-type: application/json\r\n{headers}");
    response(status, &headers, body)
}

/// The head of a stream of events.
pub(crate) fn head() -> Act {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    Act::Send(head.into())
}

/// A piece of a stream, however it cuts the events.
pub(crate) fn piece(text: &str) -> Act {
    Act::Send(format!("{:x}\r\n{text}\r\n", text.len()).into_bytes())
}

/// The end of a stream.
pub(crate) fn end() -> Act {
    Act::Send(b"0\r\n\r\n".to_vec())
}

/// An event with a chunk of an answer's text.
pub(crate) fn text(text: &str) -> String {
    let delta = serde_json::json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }],
    });
    format!("data: {delta}\n\n")
}

/// The event that ends an answer.
pub(crate) fn finish(reason: &str) -> String {
    let choice = serde_json::json!({ "index": 0, "delta": {}, "finish_reason": reason });
    format!("data: {}\n\n", serde_json::json!({ "choices": [choice] }))
}

/// The event with the tokens.
pub(crate) fn usage(input: u64, output: u64) -> String {
    let usage = serde_json::json!({ "prompt_tokens": input, "completion_tokens": output });
    format!(
        "data: {}\n\n",
        serde_json::json!({ "choices": [], "usage": usage })
    )
}

pub(crate) const DONE: &str = "data: [DONE]\n\n";

/// A whole answer in a stream.
pub(crate) fn answer(content: &str) -> Vec<Act> {
    let events = [
        text(content),
        finish("stop"),
        usage(20, 10),
        DONE.to_owned(),
    ];
    let mut acts = vec![head()];
    acts.extend(events.iter().map(|event| piece(event)));
    acts.push(end());
    acts
}
