//! Mistakes of who sets up a server, a worker or a client: each is reported in a sentence that says what is wrong.

use std::io::ErrorKind::AddrInUse;

use local_restate::free_port;
use penguiflow::prelude::*;
use penguiflow_restate::{Client, Error, endpoint};

use crate::support::{registered, server};
use crate::{Approval, Press, Twice};

#[track_caller]
fn check<T: std::fmt::Debug>(told: Result<T, Error>, begin: &str, end: &str) {
    let told = told.expect_err("a mistake").to_string();
    assert!(told.starts_with(begin) && told.ends_with(end), "{told}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_with_its_address() {
    let port = free_port().expect("a port");
    let address = format!("http://127.0.0.1:{port}");
    let client = Client::new(&address, &address);
    let not_reached = format!("the server was not reached at {address}/");
    let registered = client.register("http://127.0.0.1:9080").await;
    check(registered, &not_reached, "");
    let emitted = client.flow(Twice::flow()).emit(1).await;
    check(emitted, &not_reached, "");
}

#[tokio::test]
async fn an_address_without_a_scheme_is_reported() {
    let client = Client::new("127.0.0.1:8080", "localhost:9070");
    let lacks = "an address begins with `http://` or `https://`, such as `http://127.0.0.1:8080`";
    let emitted = client.flow(Twice::flow()).emit(1).await;
    check(
        emitted,
        "the server was not reached at 127.0.0.1:8080/",
        lacks,
    );
    let listed = client.flow(Twice::flow()).parked(1).await;
    check(
        listed,
        "the server was not reached at localhost:9070/",
        lacks,
    );
    for address in ["127.0.0.1:9080", "my worker", ""] {
        let begin = format!("the worker at `{address}` was not registered: ");
        check(client.register(address).await, &begin, lacks);
    }
}

#[tokio::test]
async fn a_worker_that_nobody_can_reach_is_not_registered() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let port = free_port().expect("a port");
    let address = format!("http://127.0.0.1:{port}");
    let begin = format!("the worker at `{address}` was not registered: error when calling");
    check(client.register(&address).await, &begin, "");
}

#[tokio::test]
async fn a_flow_that_no_worker_serves_is_reported() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let twice = client.flow(Twice::flow());
    let begin = "service 'Twice' not found, make sure to register the service";
    check(twice.emit(1).await, begin, "before calling it.");
    let _worker = registered(&client, endpoint().flow(Press::flow())).await;
    check(twice.call(1).await, begin, "before calling it.");
}

#[tokio::test]
async fn swapped_addresses_are_reported() {
    let Some((server, client)) = server().await else {
        return;
    };
    let worker = registered(&client, endpoint().flow(Press::flow())).await;
    let swapped = Client::new(server.admin(), server.ingress());
    let press = swapped.flow(Press::flow());
    let id = TraceId::random();
    let begin = format!("the server was not reached at {}/", server.admin());
    let end = "is not its ingress; `Client::new` takes the ingress first, then the admin interface";
    check(press.emit(1).await, &begin, end);
    check(press.call(1).await, &begin, end);
    check(press.outputs(id).await, &begin, end);
    check(press.resume(id, Approval(true)).await, &begin, end);
    let begin = format!("the server was not reached at {}/", server.ingress());
    let end = "is not its admin interface; `Client::new` takes the ingress first, then the admin interface";
    let address = format!("http://{}", worker.address);
    check(swapped.register(&address).await, &begin, end);
    check(press.cancel(id).await, &begin, end);
    check(press.parked(1).await, &begin, end);
}

/// The flow of the same name with other types.
mod retyped {
    use penguiflow::prelude::*;

    #[node]
    async fn size(text: String) -> usize {
        text.len()
    }

    flow! {
        #[flow(durable)]
        pub(super) struct Twice(String) -> usize;

        size;
    }
}

#[tokio::test]
async fn types_that_do_not_fit_the_workers_are_reported() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Twice::flow())).await;
    let retyped = client.flow(retyped::Twice::flow());
    let called = retyped.call("seven".to_owned()).await;
    check(called, "the document does not fit `u32`: ", "column 7");
    let id = client.flow(Twice::flow()).emit(7).await.expect("emitted");
    let begin =
        "the server's answer does not fit the types of this client's flow: invalid type: string";
    check(retyped.outputs(id).await, begin, "");
}

#[tokio::test]
async fn a_trace_that_nobody_has_sent_is_named() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Press::flow())).await;
    let press = client.flow(Press::flow());
    let id = TraceId::random();
    let told = format!("no trace {id} is known to the server, or it has ended");
    check(press.outputs(id).await, &told, "");
    check(press.cancel(id).await, &told, "");
    check(press.trace_detail(id).await, &told, "");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let served = endpoint().flow(Press::flow()).serve(address).await;
    let error = served.expect_err("it is taken");
    assert_eq!(error.kind(), AddrInUse);
    let told = format!("the worker cannot listen at {address}: Address already in use");
    assert!(error.to_string().starts_with(&told), "{error}");

    let served = endpoint().flow(Press::flow()).serve("localhost").await;
    let told = "this is no address to serve at, such as `0.0.0.0:9080`: ";
    let error = served.expect_err("it has no port").to_string();
    assert!(error.starts_with(told), "{error}");
}
