//! What the processes of a test have said, and what it must come to: what the flow in memory gives.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

use penguiflow::TraceId;
use penguiflow::host::Durability;
use penguiflow_store_tests::{
    CANCELLED, Coasting, DEAD, Runs, Voyage, durability, in_memory, message, runs_aground,
};

use crate::Place;

/// Traces that are emitted and not over, at most.
const WINDOW: usize = 128;

#[derive(Clone)]
pub(crate) struct Account {
    /// The numbers of the messages.
    traces: Range<u64>,
    /// The outputs of each trace, in order of their values, and all node runs of each flow, as memory has
    /// them.
    expected: HashMap<String, Vec<u64>>,
    ideal: Vec<u64>,
    ideal_at_awaits: Vec<u64>,
    /// The first message that was not told to be emitted, and those known to be stored.
    told: u64,
    emitted: HashSet<u64>,
    /// The results by their places, and those known to be acknowledged.
    results: BTreeMap<i64, (String, u64)>,
    acked: HashSet<i64>,
    /// The results that the process now alive has fetched.
    fetched: HashSet<i64>,
    outputs: HashMap<String, Vec<u64>>,
    complete: usize,
    /// The traces that are known to have been resumed.
    resumed: HashSet<String>,
}

/// How much more nodes ran than needed.
pub(crate) struct Excess {
    /// Runs of the flow that is stored at each step, for each that is needed.
    pub(crate) ratio: f64,
    /// Second runs of the flow that is stored where it waits.
    pub(crate) again_at_awaits: usize,
}

impl Account {
    /// Runs the messages with these numbers in memory.
    pub(crate) fn of(traces: Range<u64>) -> Self {
        let place = Place::new();
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        let (voyages, coastings): (Vec<_>, Vec<_>) = traces
            .clone()
            .partition(|number| durability(message(*number).trace_id) == Durability::Steps);
        let voyage = Voyage::flow().with_state(Runs::open(&place.runs()));
        let coasting = Coasting::flow().with_state(Runs::open(&place.runs_at_awaits()));
        let mut expected = runtime.block_on(in_memory(voyage, voyages));
        expected.extend(runtime.block_on(in_memory(coasting, coastings)));
        for trace in traces.clone().map(|number| message(number).trace_id) {
            if runs_aground(trace) {
                let of = expected.entry(trace.to_string()).or_default();
                of.push(DEAD);
                of.sort_unstable();
            }
        }
        let read = |runs: &Path| {
            let runs = Runs::read(runs);
            assert!(runs.is_sorted_by(|a, b| a < b), "a key names one attempt");
            runs
        };
        Self {
            told: traces.start,
            traces,
            expected,
            ideal: read(&place.runs()),
            ideal_at_awaits: read(&place.runs_at_awaits()),
            emitted: HashSet::new(),
            results: BTreeMap::new(),
            acked: HashSet::new(),
            fetched: HashSet::new(),
            outputs: HashMap::new(),
            complete: 0,
            resumed: HashSet::new(),
        }
    }

    /// The next message to be emitted, if there is room for it.
    pub(crate) fn next(&mut self) -> Option<u64> {
        let open = (self.told - self.traces.start) as usize - self.complete;
        let has_room = self.told < self.traces.end && open < WINDOW;
        has_room.then(|| {
            self.told += 1;
            self.told - 1
        })
    }

    /// A process starts; returns the messages of which is not known whether they are stored.
    pub(crate) fn restart(&mut self) -> Vec<u64> {
        self.fetched.clear();
        let is_open = |number: &u64| !self.is_emitted(*number);
        (self.traces.start..self.told).filter(is_open).collect()
    }

    pub(crate) fn emitted(&mut self, number: u64, id: String) {
        let of_key = message(number).trace_id.to_string();
        assert_eq!(id, of_key, "a key is one trace");
        self.emitted.insert(number);
    }

    /// Whether the message is known to be stored.
    pub(crate) fn is_emitted(&self, number: u64) -> bool {
        self.emitted.contains(&number)
    }

    /// Each trace waits once at most.
    pub(crate) fn resumed(&mut self, id: String) {
        assert!(self.resumed.insert(id.clone()), "{id} waits again");
    }

    pub(crate) fn result(&mut self, seq: i64, id: String, value: u64) {
        assert!(self.fetched.insert(seq), "{seq} is fetched twice at once");
        assert!(!self.acked.contains(&seq), "{seq} was acknowledged");
        let result = (id.clone(), value);
        let earlier = self.results.insert(seq, result.clone());
        if let Some(earlier) = earlier {
            return assert_eq!(earlier, result, "a result stays what it is");
        }
        let outputs = self.outputs.entry(id.clone()).or_default();
        outputs.push(value);
        assert!(
            outputs.len() <= self.expected[&id].len(),
            "{id} {outputs:?}"
        );
        self.complete += usize::from(outputs.len() == self.expected[&id].len());
    }

    pub(crate) fn acked(&mut self, seq: i64) {
        assert!(self.results.contains_key(&seq), "it was fetched");
        self.acked.insert(seq);
    }

    /// How many results were fetched by now.
    pub(crate) fn results(&self) -> usize {
        self.results.len()
    }

    /// How many results there are to be.
    pub(crate) fn all_results(&self) -> usize {
        self.expected.values().map(Vec::len).sum()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete == self.expected.len() && self.emitted.len() == self.expected.len()
    }

    /// How many traces of a flow have this result.
    fn with_result(&self, of: Durability, value: u64) -> usize {
        self.outputs_of(of).filter(|of| of.contains(&value)).count()
    }

    /// The outputs of each trace of a flow.
    fn outputs_of(&self, of: Durability) -> impl Iterator<Item = &Vec<u64>> {
        let traces = self.expected.iter().filter(move |(id, _)| {
            let id: TraceId = id.parse().expect("an id");
            durability(id) == of
        });
        traces.map(|(_, outputs)| outputs)
    }

    /// All outputs came, each once; each visit and attempt happened, and no other one.
    pub(crate) fn check(mut self, place: &Place, ledgers: &serde_json::Value) -> Excess {
        self.outputs.values_mut().for_each(|of| of.sort_unstable());
        assert_eq!(self.outputs, self.expected);
        let counted = [Durability::Steps, Durability::AtAwaits].map(|of| self.ledger(of));
        assert_eq!(*ledgers, serde_json::json!(counted));
        let steps = self.again(Durability::Steps, &place.runs(), &self.ideal);
        Excess {
            ratio: 1.0 + steps as f64 / self.ideal.len() as f64,
            again_at_awaits: self.again(
                Durability::AtAwaits,
                &place.runs_at_awaits(),
                &self.ideal_at_awaits,
            ),
        }
    }

    /// What the ledger of a flow is to say in the end.
    fn ledger(&self, of: Durability) -> serde_json::Value {
        let cancelled = self.with_result(of, CANCELLED);
        serde_json::json!({
            "running": 0, "parked": 0, "retrying": 0, "dead": 0,
            "completed": self.outputs_of(of).count() - cancelled, "failed": 0, "cancelled": cancelled,
        })
    }

    /// How many runs of a flow are second ones. All that are needed happened, and no others.
    fn again(&self, of: Durability, runs: &Path, ideal: &[u64]) -> usize {
        let mut runs = Runs::read(runs);
        // What has failed for good ran once more, under the same key.
        let all = runs.len() - self.with_result(of, DEAD);
        runs.dedup();
        assert!(runs == ideal, "{} of {}", runs.len(), ideal.len());
        all - ideal.len()
    }
}
