//! A client of collectors: over a plain socket, and blocking, since the thread of the batch processor
//! has no runtime, where an async client panics.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

/// More than a collector has to answer.
const LONGEST_ANSWER: u64 = 1 << 20;

/// A client that blocks its thread and speaks HTTP without TLS. For `https`, give
/// [`Service::client`](crate::Service::client) another one, such as reqwest's blocking client.
#[derive(Debug, Clone)]
pub struct PlainHttp {
    timeout: Duration,
}

impl Default for PlainHttp {
    fn default() -> Self {
        Self::new(Duration::from_secs(10))
    }
}

impl PlainHttp {
    /// Waits so long for a connection, and for each step of an exchange.
    pub fn new(timeout: Duration) -> Self {
        Self { timeout }
    }

    fn send(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut stream = self.connect(request.uri())?;
        stream.write_all(head(request).as_bytes())?;
        stream.write_all(request.body())?;
        read(BufReader::new(stream).take(LONGEST_ANSWER))
    }

    fn connect(&self, uri: &Uri) -> Result<TcpStream, HttpError> {
        let (Some("http"), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(format!("`{uri}` is not a plain http address").into());
        };
        let host = host.trim_matches(['[', ']']);
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in (host, uri.port_u16().unwrap_or(80)).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, self.timeout) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(self.timeout))?;
                    stream.set_write_timeout(Some(self.timeout))?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last.into())
    }
}

#[async_trait]
impl HttpClient for PlainHttp {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.send(&request)
    }
}

/// In HTTP/1.0, so that the answer comes in one piece and the connection ends with it.
fn head(request: &Request<Bytes>) -> String {
    let uri = request.uri();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let length = request.body().len();
    let method = request.method();
    let mut head =
        format!("{method} {path} HTTP/1.0\r\nhost: {host}\r\ncontent-length: {length}\r\n");
    for (name, value) in request.headers() {
        if let (Ok(value), false) = (
            value.to_str(),
            name == header::CONTENT_LENGTH || name == header::HOST,
        ) {
            head += &format!("{name}: {value}\r\n");
        }
    }
    head + "\r\n"
}

fn read(mut answer: impl BufRead) -> Result<Response<Bytes>, HttpError> {
    let mut line = String::new();
    answer.read_line(&mut line)?;
    let status: u16 = line.split(' ').nth(1).unwrap_or_default().parse()?;
    let headers = read_headers(&mut answer)?;
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.map(|length| length.to_str()).transpose()?;
    let mut body = Vec::new();
    match length {
        // A server may hold the connection open all the same.
        Some(length) => answer.take(length.parse()?).read_to_end(&mut body)?,
        None => answer.read_to_end(&mut body)?,
    };
    let mut response = Response::builder().status(status).body(body.into())?;
    *response.headers_mut() = headers;
    Ok(response)
}

fn read_headers(answer: &mut impl BufRead) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    let mut line = String::new();
    while answer.read_line(&mut line)? > 0 && !line.trim_end().is_empty() {
        if let Some((name, value)) = line.split_once(':') {
            let name: HeaderName = name.parse()?;
            headers.append(name, HeaderValue::from_str(value.trim())?);
        }
        line.clear();
    }
    Ok(headers)
}
