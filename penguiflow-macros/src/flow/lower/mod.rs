//! From a checked graph to straight code: what follows each node (`decision`), which branches meet
//! in the code behind them (`closed`, `dominators`), which nodes stand in one piece of code
//! (`threads`), which of them follow a block of it (`followers`), and that code, before it is written
//! (`structure`, `code`).

mod closed;
pub(super) mod code;
mod decision;
mod dominators;
mod followers;
mod structure;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod text;
mod threads;

use closed::Closings;
use decision::{Decision, Place, Reader};
use structure::Structure;
use threads::Threads;

use super::graph::{Graph, Route};

/// Hands the code of a flow to a writer.
pub(super) fn lower<T>(graph: &Graph, write: impl FnOnce(code::Code<'_>) -> T) -> T {
    let entries = (0..graph.entries.len()).map(|entry| Route::Edge(graph.edges.len() + entry));
    let entries: Vec<_> = entries.collect();
    let mut reader = Reader::new(graph);
    let after: Vec<_> = (0..graph.nodes.len())
        .map(|node| reader.after(node))
        .collect();
    let entry = match entries.as_slice() {
        [Route::Edge(entry)] => Decision::One(*entry),
        entries => {
            let opens = graph.entries.iter().map(|entry| entry.opens.clone());
            reader.fork(opens.zip(entries).collect(), Place::Known(0))
        }
    };
    let mut closings = Closings::new(graph, &after, reader.groups);
    let threads = Threads::of(graph, &after, &entry, &mut closings);
    let structure = Structure::new(graph, &after, &mut closings, &threads);
    write(structure.code(&entry))
}
