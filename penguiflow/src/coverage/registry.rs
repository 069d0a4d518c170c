//! What is covered in this process, by all flow values; written to a file as it is learnt, if the
//! environment names a folder.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::{env, process};

use super::flow_key::FlowKey;
use super::items::items;
use super::report::{CoverageReport, EXTENSION, line};
use super::trace::TraceVisits;
use crate::event::{Event, EventKind};
use crate::graph::Graph;
use crate::message::TraceId;

/// The environment variable that names the folder.
const FOLDER: &str = "PENGUIFLOW_COVERAGE";

static FOLDER_OF_FILES: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    env::var_os(FOLDER)
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
});

static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Registry {
    report: CoverageReport,
    /// The flows whose items are known.
    known: BTreeSet<FlowKey>,
    file: Option<File>,
}

/// Whether all flows of the process are watched: the environment names a folder.
pub(crate) fn is_on() -> bool {
    FOLDER_OF_FILES.is_some()
}

/// The traces that somebody watches, until they end.
#[derive(Default)]
pub(super) struct Traces(HashMap<TraceId, TraceVisits>);

/// The traces of all flows, where the environment names a folder.
static TRACES: LazyLock<Mutex<Traces>> = LazyLock::new(Mutex::default);

/// Takes an event of any flow.
pub(crate) fn see(event: &Event) {
    lock(&TRACES).add(event);
}

impl Traces {
    pub(super) fn add(&mut self, event: &Event) {
        // A playbook's end is not that of its trace.
        let is_over = event.event == EventKind::TraceEnd && event.playbook.is_none();
        if !is_over {
            return self.0.entry(event.trace_id).or_default().add(event);
        }
        if let Some(trace) = self.0.remove(&event.trace_id) {
            lock(&REGISTRY).cover(&trace);
        }
    }

    /// Takes what there is of traces that have not ended.
    pub(super) fn finish(&mut self) {
        for (_, trace) in self.0.drain() {
            lock(&REGISTRY).cover(&trace);
        }
    }
}

/// Lists what there is to cover in a flow and its playbooks.
pub(crate) fn register(graph: &Graph) {
    lock(&REGISTRY).register(graph);
}

/// What is covered of a flow and its playbooks.
pub(super) fn report(graph: &Graph) -> CoverageReport {
    let mut flows = Vec::new();
    add_flows(graph, &mut flows);
    let mut registry = lock(&REGISTRY);
    registry.register(graph);
    registry.report.of(&flows)
}

/// A flow and its playbooks, each once.
fn add_flows(graph: &Graph, flows: &mut Vec<FlowKey>) {
    let flow = FlowKey::of(graph);
    if flows.contains(&flow) {
        return;
    }
    flows.push(flow);
    for playbook in graph.nodes.iter().filter_map(|node| node.playbook) {
        add_flows(playbook, flows);
    }
}

impl Registry {
    fn register(&mut self, graph: &Graph) {
        let flow = FlowKey::of(graph);
        if !self.known.insert(flow.clone()) {
            return;
        }
        for item in items(graph) {
            self.add(&flow, &item.text(graph), false);
        }
        for playbook in graph.nodes.iter().filter_map(|node| node.playbook) {
            self.register(playbook);
        }
    }

    fn cover(&mut self, trace: &TraceVisits) {
        for (graph, covered) in trace.covered() {
            self.register(graph);
            let flow = FlowKey::of(graph);
            for item in items(graph) {
                if covered.contains(&item) {
                    self.add(&flow, &item.text(graph), true);
                }
            }
        }
    }

    fn add(&mut self, flow: &FlowKey, item: &str, is_covered: bool) {
        if self.report.add(flow, item, is_covered)
            && let Some(folder) = &*FOLDER_OF_FILES
        {
            self.write(folder, &line(flow, item, is_covered));
        }
    }

    /// Each line is written at once: nothing runs at the end of a process.
    fn write(&mut self, folder: &Path, line: &str) {
        let mut written = Ok(());
        if self.file.is_none() {
            written = open(folder).map(|file| self.file = Some(file));
        }
        if let Some(file) = &mut self.file {
            written = file.write_all(line.as_bytes());
        }
        if let Err(error) = written {
            panic!("{FOLDER}={}: {error}", folder.display());
        }
    }
}

fn open(folder: &Path) -> std::io::Result<File> {
    fs::create_dir_all(folder)?;
    let name = format!("{}.{EXTENSION}", process::id());
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(name))
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
