//! Who may call a worker: servers that sign their requests, with a key that the worker knows.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use penguiflow_restate::{Endpoint, Error, endpoint};
use rcgen::{KeyPair, PKCS_ED25519};

use crate::Twice;
use crate::support::admin;
use crate::support::{Worker, again, registered, signing};

/// A server's private key, and the public one as a worker is given it.
fn keys() -> (String, String) {
    let pair = KeyPair::generate_for(&PKCS_ED25519).expect("a key");
    let public = bs58::encode(pair.public_key_raw()).into_string();
    (pair.serialize_pem(), format!("publickeyv1_{public}"))
}

fn guarded(keys: &[&str]) -> Endpoint {
    let with = |endpoint: Endpoint, key: &&str| endpoint.identity_key(key).expect("a key");
    keys.iter().fold(endpoint().flow(Twice::flow()), with)
}

/// Protects the users of a server that signs: a worker with any of its keys is registered and called.
#[tokio::test]
async fn a_server_that_signs_with_a_known_key_is_served() {
    let ((pem, key), (_, another)) = (keys(), keys());
    let Some((_server, client)) = signing(&pem).await else {
        return;
    };
    let _worker = registered(&client, guarded(&[&key, &another])).await;
    let output = client.flow(Twice::flow()).call(21).await;
    assert_eq!(output.expect("an output").payload, "it is 42");
}

/// Protects a worker from other servers: they cannot register it, and what they send does not run.
#[tokio::test]
async fn a_server_with_another_key_is_refused() {
    let ((pem, key), (_, another)) = (keys(), keys());
    let Some((server, client)) = signing(&pem).await else {
        return;
    };
    let worker = Worker::start(guarded(&[&another]), "127.0.0.1:0");
    let address = worker.address.clone();
    let url = format!("http://{address}");
    let Err(Error::Refused { message, .. }) = client.register(&url).await else {
        panic!("the worker does not know the key");
    };
    assert!(message.contains("401 Unauthorized"), "{message}");
    assert!(message.contains("the request is not signed"), "{message}");
    drop(worker);
    let worker = again(&guarded(&[&key]), &address);
    client.register(&url).await.expect("it is registered");
    drop(worker);

    let worker = again(&guarded(&[&another]), &address);
    let running = client.flow(Twice::flow());
    let id = running.emit(21).await.expect("emitted");
    let query = r#"{"query": "SELECT last_failure FROM sys_invocation"}"#;
    while !admin(&server, "POST /query", query).await.contains("401") {
        tokio::task::yield_now().await;
    }
    drop(worker);
    let _worker = again(&guarded(&[&key]), &address);
    let outputs = running.outputs(id).await.expect("outputs");
    assert_eq!(outputs[0].payload, "it is 42");
}

/// Protects a worker from whoever reaches its port: without a signature nothing is answered, as by Restate's own
/// SDKs.
#[tokio::test]
async fn a_request_without_a_signature_is_refused() {
    let worker = Worker::start(guarded(&[&keys().1]), "127.0.0.1:0");
    for path in ["/discover", "/health", "/invoke/Twice/run"] {
        let (status, reason) = asked(&worker.address, path).await;
        assert_eq!(status, 401, "{path}");
        assert!(reason.contains("the request is not signed"), "{reason}");
    }
    let open = Worker::start(guarded(&[]), "127.0.0.1:0");
    assert_eq!(asked(&open.address, "/discover").await.0, 200);
}

/// What a worker answers, which speaks HTTP/2 alone: the status and the text.
async fn asked(address: &str, path: &str) -> (u16, String) {
    let mut client = Client::builder(TokioExecutor::new());
    let client = client.http2_only(true).build_http::<Full<Bytes>>();
    let request = Request::get(format!("http://{address}{path}"));
    let request = request.body(Full::default()).expect("a request");
    let answer = client.request(request).await.expect("an answer");
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.expect("a text");
    let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    (status, text)
}

#[test]
fn what_is_no_key_is_an_error() {
    for (key, why) in [
        ("7", "start with publickeyv1_"),
        ("publickeyv1_0OIl", "base58"),
        ("publickeyv1_7YWHy", "length of 32"),
    ] {
        let error = endpoint().identity_key(key).expect_err(key).to_string();
        assert!(error.contains(why), "{error}");
    }
}
