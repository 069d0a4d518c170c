//! Server-sent events as a client reads them: a model's answer is sent so, and the service's own.

use http_body_util::BodyExt;
use hyper::body::Incoming;

/// The events of a response, as they come.
pub(crate) struct Events {
    body: Incoming,
    /// What has come of the next events.
    read: Vec<u8>,
}

/// An event. One without a name is a `message` to a browser.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: String,
}

impl Events {
    pub(crate) fn of(body: Incoming) -> Self {
        let read = Vec::new();
        Self { body, read }
    }

    /// The next event; `None` when the response is over.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, hyper::Error> {
        loop {
            if let Some(event) = self.take() {
                return Ok(Some(event));
            }
            let Some(frame) = self.body.frame().await.transpose()? else {
                return Ok(None);
            };
            self.read.extend(frame.into_data().unwrap_or_default());
        }
    }

    /// An event ends at a blank line.
    fn take(&mut self) -> Option<Event> {
        let end = self.read.windows(2).position(|pair| pair == b"\n\n")?;
        let event: Vec<u8> = self.read.drain(..end + 2).collect();
        Some(Event::read(&String::from_utf8_lossy(&event)))
    }
}

impl Event {
    fn read(text: &str) -> Self {
        let mut event = Self::default();
        let fields = text.lines().filter_map(|line| line.split_once(": "));
        for (field, value) in fields {
            match field {
                "event" => event.name = value.to_owned(),
                "data" => event.data += value,
                _ => {}
            }
        }
        event
    }
}
