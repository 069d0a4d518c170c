//! The lines of a request in the log, which its trace's id connects.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::*;

/// All that the tests log. A subscriber for one thread alone would miss lines, since `tracing`
/// remembers for all threads whether somebody listens.
pub(super) static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .with_writer(move || writer.clone());
    let subscriber = tracing_subscriber::registry().with(lines);
    subscriber.with(crate::levels()).init();
    log
});

#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The lines that name a trace.
    fn lines(&self, trace_id: &str) -> Vec<String> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter(|line| line.contains(trace_id));
        lines.map(|line| line.trim().to_owned()).collect()
    }
}

/// The header `traceparent` of a trace.
fn parent(trace_id: &str) -> String {
    format!("00-{trace_id}-00f067aa0ba902b7-01")
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_stream_that_fails_has_its_error_and_one_line_in_one_span() -> Done {
    let id = "4bf92f3577b34da6a3ce929d0e0e4701";
    let subject = Subject::start().await?;
    let parent = parent(id);
    let headers = [("traceparent", &*parent), ("x-tenant", "acme")];
    let mut events = subject
        .client
        .stream("What is a playbook? #refuse", &headers)
        .await?;
    while events.next().await?.is_some() {}
    subject.stop().await?;

    let lines = LOG.lines(id);
    let span = format!(
        "request{{method=POST path=\"/support/stream\" tenant=\"acme\" trace_id={id} status=200"
    );
    assert!(lines.iter().all(|line| line.contains(&span)), "{lines:#?}");
    let [failed, end] = &lines[..] else {
        return Err(format!("two lines are expected: {lines:#?}").into());
    };
    assert!(failed.contains("event=\"trace_end\""), "{failed}");
    let reason = "node `large` failed: the model refused the prompt: 400 Bad Request";
    assert!(failed.contains(reason), "{failed}");
    assert!(end.contains("}: answered ms="), "{end}");
    Ok(())
}

#[tokio::test]
async fn a_client_that_hangs_up_is_one_line() -> Done {
    let id = "4bf92f3577b34da6a3ce929d0e0e4702";
    let parent = parent(id);
    let mut subject = Subject::start().await?;
    let body = r##"{"question": "What is a playbook? #hold"}"##;
    let request = format!(
        "POST /support/stream HTTP/1.1\r\nHost: localhost\r\ntraceparent: {parent}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    subject.hangs_up(&request).await?;
    subject.stop().await?;

    let lines = LOG.lines(id);
    let [line] = &lines[..] else {
        return Err(format!("one line is expected: {lines:#?}").into());
    };
    let end = format!("trace_id={id} status=200}}: the client hung up ms=");
    assert!(line.contains(&end), "{line}");
    Ok(())
}
