//! What came in and went out of the last traces, as JSON.

use std::collections::{HashMap, VecDeque};

use penguiflow::TraceId;
use serde_json::Value;

/// How many bytes are kept of all traces.
const MOST: usize = 16 << 20;
/// A longer payload is not kept.
const LONGEST: usize = 256 << 10;

/// The payloads of traces, the oldest of which are forgotten.
#[derive(Debug, Default)]
pub(super) struct Payloads {
    traces: HashMap<TraceId, Kept>,
    order: VecDeque<TraceId>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Kept {
    input: Option<Box<[u8]>>,
    outputs: Vec<Box<[u8]>>,
    bytes: usize,
}

impl Payloads {
    pub(super) fn keep_input(&mut self, id: TraceId, json: &[u8]) {
        self.keep(id, json, |kept, json| kept.input = Some(json));
    }

    pub(super) fn keep_output(&mut self, id: TraceId, json: &str) {
        self.keep(id, json.as_bytes(), |kept, json| kept.outputs.push(json));
    }

    fn keep(&mut self, id: TraceId, json: &[u8], put: impl FnOnce(&mut Kept, Box<[u8]>)) {
        if json.len() > LONGEST {
            return;
        }
        let kept = self.traces.entry(id).or_insert_with(|| {
            self.order.push_back(id);
            Kept::default()
        });
        // An empty document takes up room as well.
        let bytes = json.len() + 64;
        kept.bytes += bytes;
        put(kept, json.into());
        self.bytes += bytes;
        while self.bytes > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            let gone = self.traces.remove(&oldest);
            self.bytes -= gone.map_or(0, |kept| kept.bytes);
        }
    }

    /// The input and the outputs of a trace, as far as they are kept.
    pub(super) fn of(&self, id: TraceId) -> (Option<Value>, Vec<Value>) {
        let Some(kept) = self.traces.get(&id) else {
            return (None, Vec::new());
        };
        let read = |json: &[u8]| serde_json::from_slice(json).ok();
        let outputs = kept.outputs.iter().filter_map(|json| read(json));
        (kept.input.as_deref().and_then(read), outputs.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten() {
        let mut payloads = Payloads::default();
        let ids: Vec<_> = (0..200).map(|_| TraceId::random()).collect();
        let long = format!("{:?}", "a".repeat(LONGEST - 100));
        for id in &ids {
            payloads.keep_input(*id, long.as_bytes());
            payloads.keep_output(*id, "7");
        }
        assert!(payloads.bytes <= MOST && payloads.traces.len() < 70);
        assert_eq!(payloads.of(ids[0]), (None, Vec::new()));
        let (input, outputs) = payloads.of(ids[199]);
        assert!(input.is_some() && outputs == [Value::from(7)]);
        payloads.keep_input(ids[0], "a".repeat(LONGEST + 1).as_bytes());
        assert_eq!(payloads.of(ids[0]).0, None);
    }
}
