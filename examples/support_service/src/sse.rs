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
            if let Some(event) = next_of(&mut self.read) {
                return Ok(Some(event));
            }
            let Some(frame) = self.body.frame().await.transpose()? else {
                return Ok(None);
            };
            self.read.extend(frame.into_data().unwrap_or_default());
        }
    }
}

/// Takes out the next whole event. It ends at a blank line; one without data is a sign of life.
fn next_of(read: &mut Vec<u8>) -> Option<Event> {
    loop {
        let end = read.windows(2).position(|pair| pair == b"\n\n")?;
        let event: Vec<u8> = read.drain(..end + 2).collect();
        let event = Event::read(&String::from_utf8_lossy(&event));
        if !event.data.is_empty() {
            return Some(event);
        }
    }
}

impl Event {
    fn read(text: &str) -> Self {
        let mut event = Self::default();
        for line in text.lines() {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => event.name = value.to_owned(),
                "data" if event.data.is_empty() => event.data = value.to_owned(),
                "data" => event.data += &format!("\n{value}"),
                _ => {}
            }
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> Option<Event> {
        let (name, data) = (name.to_owned(), data.to_owned());
        Some(Event { name, data })
    }

    #[test]
    fn an_event_is_read_when_it_is_whole() {
        let mut read = b"event: words\ndata: to be\n\ndata:or not\ndata: to be\n".to_vec();
        assert_eq!(next_of(&mut read), event("words", "to be"));
        assert_eq!(next_of(&mut read), None);
        read.push(b'\n');
        assert_eq!(next_of(&mut read), event("", "or not\nto be"));
        assert_eq!(read, b"");
    }

    #[test]
    fn a_sign_of_life_is_not_an_event() {
        let mut read = b":\n\nretry: 10\n\ndata: words\n\n".to_vec();
        assert_eq!(next_of(&mut read), event("", "words"));
    }
}
