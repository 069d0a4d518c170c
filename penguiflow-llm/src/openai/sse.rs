//! Server-sent events: bytes in whatever pieces, and the data of whole events. No network is here.

/// The most bytes that an event may have: a server that sends more is broken.
const LONGEST: usize = 4 << 20;

/// Takes the bytes of a response and gives the data of its events.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// What has come of a line that has not ended.
    line: Vec<u8>,
    /// The data of the event so far.
    data: Option<String>,
    /// Whether the last byte was `\r`: a `\n` after it ends the same line.
    after_return: bool,
}

/// An event that is too long to be one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Events {
    /// Takes more bytes, and adds the data of each event that ends in them.
    pub(super) fn push(&mut self, bytes: &[u8], events: &mut Vec<String>) -> Result<(), TooLong> {
        for &byte in bytes {
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => self.end_line(events),
                _ => self.line.push(byte),
            }
            self.after_return = byte == b'\r';
        }
        let length = self.line.len() + self.data.as_ref().map_or(0, String::len);
        if length > LONGEST {
            Err(TooLong)
        } else {
            Ok(())
        }
    }

    /// Whether an event has begun that has not ended.
    pub(super) fn is_within(&self) -> bool {
        !self.line.is_empty() || self.data.is_some()
    }

    /// Ends what has begun, as the end of the response does: some servers leave the empty line out.
    pub(super) fn finish(&mut self, events: &mut Vec<String>) {
        if !self.line.is_empty() {
            self.end_line(events);
        }
        events.extend(self.data.take());
    }

    fn end_line(&mut self, events: &mut Vec<String>) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            events.extend(self.data.take());
            return;
        }
        // Other fields, and comments that keep the connection alive, say nothing here.
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_start_matches('\u{feff}');
        if let Some(value) = line.strip_prefix("data:") {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let (mut parser, mut events) = (Events::default(), Vec::new());
        for piece in pieces {
            parser.push(piece, &mut events).expect("short events");
        }
        events
    }

    #[test]
    fn events_are_the_same_wherever_the_bytes_are_cut() {
        let text =
            "\u{feff}data: one\r\n\r\n: alive\n\nevent: x\ndata:two\ndata: 🐧\n\ndata: [DONE]\r\r";
        let bytes = text.as_bytes();
        let whole = read(&[bytes]);
        assert_eq!(whole, ["one", "two\n🐧", "[DONE]"]);
        for at in 0..bytes.len() {
            let (first, second) = bytes.split_at(at);
            assert_eq!(read(&[first, second]), whole, "cut at {at}");
        }
        let single: Vec<_> = bytes.chunks(1).collect();
        assert_eq!(read(&single), whole);
    }

    #[test]
    fn an_event_that_has_not_ended_is_known() {
        let (mut parser, mut events) = (Events::default(), Vec::new());
        parser.push(b"data: {\"half", &mut events).expect("short");
        assert!(parser.is_within() && events.is_empty());
        parser.finish(&mut events);
        assert!(!parser.is_within());
        assert_eq!(events, ["{\"half"]);
    }

    #[test]
    fn an_endless_line_is_refused() {
        let (mut parser, mut events) = (Events::default(), Vec::new());
        let block = vec![b'x'; 1 << 20];
        let mut results = (0..5).map(|_| parser.push(&block, &mut events));
        assert_eq!(results.find(Result::is_err), Some(Err(TooLong)));
    }
}
