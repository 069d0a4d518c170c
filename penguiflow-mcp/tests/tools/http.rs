//! The server as a route of axum, with requests written by hand.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use penguiflow_mcp::{HttpConfig, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::flows::{Forever, Refund};

/// Serves the routes, and returns the address.
async fn serve(routes: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

/// Sends a call of a tool in the newest version, and returns the connection.
async fn send(address: &str, headers: &str, params: Value) -> TcpStream {
    let mut params = params;
    let name = params["name"].as_str().expect("a name").to_owned();
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
    params["_meta"]["io.modelcontextprotocol/clientInfo"] =
        json!({ "name": "raw", "version": "1" });
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({ "elicitation": {} });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let body = call.to_string();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n\
         Mcp-Method: tools/call\r\nMcp-Name: {name}\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("it is served");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is written");
    stream
}

/// What comes until this text does.
async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let (mut read, mut buffer) = (String::new(), [0; 4096]);
    while !read.contains(wanted) {
        let count = stream.read(&mut buffer).await.expect("it is read");
        assert_ne!(count, 0, "{wanted} comes: {read}");
        read += &String::from_utf8_lossy(&buffer[..count]);
    }
    read
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_its_trace_also_while_the_flow_is_silent() {
    let running = Forever::flow().start();
    let server = Server::new().tool(running.clone());
    let address = serve(Router::new().route_service("/mcp", server.http())).await;
    let order = json!({ "number": 1, "amount": 1 });
    let silent = json!({ "name": "Forever", "arguments": order });
    let mut watched = silent.clone();
    watched["_meta"] = json!({ "progressToken": "p" });

    let hung_up = async |before: u64| {
        let cancelled = async {
            while running.ledger().cancelled == before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(5), cancelled).await;
        in_time.expect("the trace is cancelled");
    };
    let mut stream = send(&address, "", watched).await;
    read_until(&mut stream, "checking 1").await;
    drop(stream);
    hung_up(0).await;

    let stream = send(&address, "", silent).await;
    while running.ledger().in_flight == 0 {
        tokio::task::yield_now().await;
    }
    drop(stream);
    hung_up(1).await;
}

#[derive(Clone)]
struct User(String);

/// A layer that authenticates comes first; what it knows binds the state.
#[tokio::test]
async fn a_state_is_bound_to_who_is_logged_in() {
    let server = Server::new()
        .tool(Refund::flow().durable())
        .caller(|caller| Some(caller.extension::<User>()?.0.clone()));
    let login =
        axum::middleware::from_fn(async |mut request: Request, next: axum::middleware::Next| {
            let user = request.headers().get("x-user").cloned();
            let user = user.and_then(|user| user.to_str().ok().map(str::to_owned));
            request
                .extensions_mut()
                .insert(User(user.unwrap_or_default()));
            next.run(request).await
        });
    let routes = Router::new()
        .route_service("/mcp", server.http())
        .layer(login);
    let address = serve(routes).await;

    let call = json!({ "name": "Refund", "arguments": { "number": 7, "amount": 30 } });
    let mut stream = send(&address, "x-user: ada\r\n", call.clone()).await;
    let asked = read_until(&mut stream, "\"requestState\":\"").await;
    let asked = match asked.rsplit("\"requestState\":\"").next() {
        Some(state) if state.contains('"') => state.to_owned(),
        Some(state) => format!("{state}{}", read_until(&mut stream, "\"").await),
        None => unreachable!("it was read until there"),
    };
    let state = asked.split('"').next().expect("a text");
    let mut again = call;
    again["requestState"] = state.into();

    let mut foreign = send(&address, "x-user: eve\r\n", again.clone()).await;
    read_until(
        &mut foreign,
        "the request state is none that this server has made",
    )
    .await;
    let mut own = send(&address, "x-user: ada\r\n", again).await;
    read_until(&mut own, "input_required").await;
}

#[tokio::test]
async fn other_hosts_and_bodies_that_are_too_large_are_refused() {
    let server = Server::new().tool(Refund::flow());
    let config = HttpConfig::default().with_max_request_body_bytes(2_000);
    let routes = Router::new().route_service("/mcp", server.http_with(config));
    let address = serve(routes).await;
    let call = json!({ "name": "Refund", "arguments": { "pad": "x".repeat(3_000) } });
    let mut large = send(&address, "", call).await;
    read_until(&mut large, "413").await;

    let mut stream = TcpStream::connect(&address).await.expect("it is served");
    let request = "POST /mcp HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n";
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is written");
    read_until(&mut stream, "403").await;
}
