//! A web of one server, on loopback: its pages, and a client that reaches no other address.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The page that the server has.
pub(crate) const NEWS: &str = "The emperor penguins of Halley Bay have 14 chicks.";

/// The client. A model may write any address, so only those of this server are fetched.
#[derive(Clone)]
pub(crate) struct Web {
    client: reqwest::Client,
    server: SocketAddr,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    #[error("`{0}` is no address that may be fetched")]
    Forbidden(String),
    #[error("the server answered {0}")]
    Status(reqwest::StatusCode),
    #[error("the server cannot be reached")]
    Unreachable(#[from] reqwest::Error),
}

impl WebError {
    /// Whether the same page may be there a moment later.
    pub(crate) fn is_outage(&self) -> bool {
        match self {
            Self::Forbidden(_) => false,
            Self::Status(status) => status.is_server_error(),
            Self::Unreachable(_) => true,
        }
    }
}

impl Web {
    /// Serves the pages on a free port, for as long as the runtime is there.
    pub(crate) async fn serve() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let web = Self::of(listener.local_addr()?);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        Ok(web)
    }

    /// The client of a server.
    pub(crate) fn of(server: SocketAddr) -> Self {
        let client = reqwest::Client::new();
        Self { client, server }
    }

    /// The address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.server)
    }

    /// The text of a page.
    pub(crate) async fn page(&self, url: &str) -> Result<String, WebError> {
        if !url.starts_with(&self.url("")) {
            return Err(WebError::Forbidden(url.to_owned()));
        }
        let response = self.client.get(url).send().await?;
        match response.status() {
            status if status.is_success() => Ok(response.text().await?),
            status => Err(WebError::Status(status)),
        }
    }
}

async fn answer(mut stream: TcpStream) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    let request = lines.next_line().await?.unwrap_or_default();
    // The head of the request ends with an empty line.
    while lines
        .next_line()
        .await?
        .is_some_and(|line| !line.is_empty())
    {}
    let (status, text) = match request.split(' ').nth(1) {
        Some("/news") => ("200 OK", NEWS),
        Some("/broken") => ("500 Internal Server Error", ""),
        _ => ("404 Not Found", ""),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", text.len());
    let response = format!("{head}Content-Type: text/plain\r\nConnection: close\r\n\r\n{text}");
    writer.write_all(response.as_bytes()).await
}
