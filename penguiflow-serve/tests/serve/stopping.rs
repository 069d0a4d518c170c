//! The end of a server: what was accepted is answered, streams end, and flows drain.

use std::time::Duration;

use axum::http::StatusCode;
use penguiflow_serve::{Options, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::hang_ups::{Http, client, post};
use crate::support::{Host, PATIENCE, Reply, Subject, over_both};

const WAIT: &str = r#"{"text": "why", "trick": "approve"}"#;
const HOLD: &str = r#"{"text": "why", "trick": "hold"}"#;

/// A server that stops when it is told to.
struct Server {
    address: std::net::SocketAddr,
    stops: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(subject: &Subject, grace: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it has one");
        let (stops, stopped) = oneshot::channel();
        let server = serve(listener, subject.app.clone())
            .drain(subject.running.clone())
            .grace(grace)
            .until(async { drop(stopped.await) });
        let serving = tokio::spawn(server.into_future());
        Self {
            address,
            stops,
            serving,
        }
    }

    async fn stop(self) {
        drop(self.stops);
        let served = timeout(PATIENCE, self.serving).await.expect("it ends");
        served.expect("no panic").expect("no error");
    }
}

/// A request in a task of its own.
fn ask(http: &Http, server: &Server, path: &str, body: &'static str) -> JoinHandle<Reply> {
    let asked = http.request(post(server.address, path, body));
    tokio::spawn(async {
        Reply::of(asked.await.expect("a response").map(axum::body::Body::new)).await
    })
}

over_both! {
    async fn what_takes_longer_than_the_grace_is_ended_and_told(subject: Subject) {
        let server = Server::start(&subject, Duration::from_millis(50)).await;
        let http = client(false);
        let run = ask(&http, &server, "/support/run", HOLD);
        let stream = ask(&http, &server, "/support/stream", HOLD);
        subject.held.are(2).await;
        server.stop().await;
        let run = timeout(PATIENCE, run).await.expect("an answer").expect("no panic");
        assert_eq!(run.status, StatusCode::SERVICE_UNAVAILABLE, "{run:?}");
        let stream = timeout(PATIENCE, stream).await.expect("an answer").expect("no panic");
        assert!(stream.text.contains("event: end"), "{stream:?}");
    }
}

#[tokio::test]
async fn what_was_accepted_is_answered() {
    let subject = Subject::with(Host::Memory, Options::new()).await;
    let server = Server::start(&subject, PATIENCE).await;
    let (http, address) = (client(false), server.address);
    let (run, stream) = (
        ask(&http, &server, "/support/run", WAIT),
        ask(&http, &server, "/support/stream", WAIT),
    );
    let mut parked = Vec::new();
    while parked.len() < 2 {
        tokio::task::yield_now().await;
        parked = subject.running.parked(10).await.expect("it lists them");
    }
    let stopping = tokio::spawn(server.stop());
    // Nothing new is accepted any more.
    while http
        .request(post(address, "/support/run", r#"{"text": "why"}"#))
        .await
        .is_ok_and(|response| response.status().is_success())
    {
        tokio::task::yield_now().await;
    }
    for step in parked {
        let approval = br#"{"approved": true}"#.to_vec();
        subject
            .running
            .resume(step.trace_id, Some(step.step), approval)
            .await
            .expect("it waits");
    }
    stopping.await.expect("no panic");
    assert_eq!(run.await.expect("no panic").status, StatusCode::OK);
    assert!(
        stream
            .await
            .expect("no panic")
            .text
            .contains("\"completed\"")
    );
    assert_eq!(subject.running.load().in_flight, 0);
}
