//! A collector on loopback: it takes `POST /v1/traces` in protobuf.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message;

/// A span as it has arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) trace_id: String,
    pub(crate) trace_state: String,
    pub(crate) id: String,
    /// Empty for a root.
    pub(crate) parent: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) is_error: bool,
}

impl Received {
    /// An attribute; empty without it.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

#[derive(Debug)]
pub(crate) struct Collector {
    address: SocketAddr,
    spans: Arc<Mutex<Vec<Received>>>,
}

impl Collector {
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let spans = Arc::default();
        let collector = Self { address, spans };
        let spans = collector.spans.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("a connection");
                let new = received_from(&stream).expect("a request with spans");
                // Before the answer: who flushes finds them here.
                let mut all = spans.lock().unwrap_or_else(PoisonError::into_inner);
                all.extend(new);
                drop(all);
                answer(&stream).expect("a client that waits");
            }
        });
        Ok(collector)
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The spans that have arrived since the last call.
    pub(crate) fn take(&self) -> Vec<Received> {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut spans)
    }
}

fn received_from(stream: &TcpStream) -> io::Result<Vec<Received>> {
    let mut request = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    request.read_line(&mut line)?;
    assert!(line.starts_with("POST /v1/traces HTTP/1."), "{line}");
    while line != "\r\n" {
        line.clear();
        request.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    request.read_exact(&mut body)?;
    let batch = ExportTraceServiceRequest::decode(&*body).expect("spans in protobuf");
    Ok(batch.resource_spans.iter().flat_map(of_service).collect())
}

/// With a length, as servers answer that keep the connection open.
fn answer(mut stream: &TcpStream) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
}

fn of_service(spans: &ResourceSpans) -> Vec<Received> {
    let resource = spans.resource.iter();
    let attributes = resource.flat_map(|resource| texts(&resource.attributes));
    let attributes: BTreeMap<_, _> = attributes.collect();
    let service = &attributes["service.name"];
    let spans = spans.scope_spans.iter().flat_map(|scope| &scope.spans);
    spans.map(|span| received(service, span)).collect()
}

fn received(service: &str, span: &Span) -> Received {
    Received {
        service: service.to_owned(),
        name: span.name.clone(),
        trace_id: hex(&span.trace_id),
        trace_state: span.trace_state.clone(),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        attributes: texts(&span.attributes).collect(),
        is_error: span.status.as_ref().is_some_and(|status| status.code == 2),
    }
}

fn texts(attributes: &[KeyValue]) -> impl Iterator<Item = (String, String)> {
    attributes.iter().map(|attribute| {
        let value = match &attribute.value {
            Some(AnyValue {
                value: Some(Value::StringValue(text)),
            }) => text.clone(),
            Some(AnyValue {
                value: Some(Value::IntValue(number)),
            }) => number.to_string(),
            other => format!("{other:?}"),
        };
        (attribute.key.clone(), value)
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
