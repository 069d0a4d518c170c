//! What came in and went out of the last traces and their attempts, as JSON.

use std::collections::{HashMap, VecDeque};

use penguiflow::TraceId;
use penguiflow::host::{StepId, TraceDetail};
#[cfg(feature = "payloads")]
use penguiflow::{Event, EventKind};
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
    attempts: HashMap<(StepId, u32), Attempt>,
    bytes: usize,
}

/// What an attempt of a step took and passed on.
#[derive(Debug, Default)]
struct Attempt {
    input: Option<Box<[u8]>>,
    output: Option<Box<[u8]>>,
}

impl Payloads {
    pub(super) fn keep_input(&mut self, id: TraceId, json: &[u8]) {
        self.keep(id, json, |kept, json| kept.input = Some(json));
    }

    pub(super) fn keep_output(&mut self, id: TraceId, json: &str) {
        self.keep(id, json.as_bytes(), |kept, json| kept.outputs.push(json));
    }

    /// Keeps what an attempt takes or passes on, if the event shows it.
    #[cfg(feature = "payloads")]
    pub(super) fn keep_attempt(&mut self, event: &Event) {
        let (Some(payload), Some(step)) = (&event.payload, event.step) else {
            return;
        };
        let is_input = event.event == EventKind::NodeStart;
        let json = payload.to_string();
        self.keep(event.trace_id, json.as_bytes(), |kept, json| {
            let attempt = kept.attempts.entry((step, event.attempt)).or_default();
            match is_input {
                true => attempt.input = Some(json),
                false => attempt.output = Some(json),
            }
        });
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

    /// Adds to a trace what is kept of it, and returns its input.
    pub(super) fn show(&self, detail: &mut TraceDetail) -> Option<Value> {
        let kept = self.traces.get(&detail.summary.id)?;
        if detail.outputs.is_empty() {
            let outputs = kept.outputs.iter().filter_map(|json| read(json));
            detail.outputs = outputs.collect();
        }
        for past in &mut detail.attempts {
            let attempt = past.step.map(|step| (step, past.attempt));
            if let Some(attempt) = attempt.and_then(|attempt| kept.attempts.get(&attempt)) {
                past.input = attempt.input.as_deref().and_then(read);
                past.output = attempt.output.as_deref().and_then(read);
            }
        }
        for open in detail.steps.iter_mut().filter(|open| open.input.is_none()) {
            let step = open.step.as_deref().and_then(|step| step.parse().ok());
            let attempt = step.map(|step: StepId| (step, open.failed_attempts));
            let attempt = attempt.and_then(|attempt| kept.attempts.get(&attempt));
            open.input = attempt.and_then(|attempt| read(attempt.input.as_deref()?));
        }
        read(kept.input.as_deref()?)
    }
}

fn read(json: &[u8]) -> Option<Value> {
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use penguiflow::host::TraceSummary;

    use super::*;

    fn shown(payloads: &Payloads, id: TraceId) -> (Option<Value>, Vec<Value>) {
        let mut detail = TraceDetail::new(TraceSummary::new(id, 1, SystemTime::UNIX_EPOCH));
        let input = payloads.show(&mut detail);
        (input, detail.outputs)
    }

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
        assert_eq!(shown(&payloads, ids[0]), (None, Vec::new()));
        let (input, outputs) = shown(&payloads, ids[199]);
        assert!(input.is_some() && outputs == [Value::from(7)]);
        payloads.keep_input(ids[0], "a".repeat(LONGEST + 1).as_bytes());
        assert_eq!(shown(&payloads, ids[0]).0, None);
    }
}
