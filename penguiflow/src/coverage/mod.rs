//! Coverage: which edges, arms, retries, fallbacks and expiries of a flow its traces have taken. It
//! is derived from events and the graph alone.

mod flow_key;
mod items;
mod links;
mod registry;
mod report;
mod trace;

use std::fmt;

use registry::Traces;

use crate::event::{Event, Observer};
use crate::graph::{Graph, Topology};

pub(crate) use links::{Link, calls, links, links_from_begin};
pub(crate) use registry::{is_on, register, see};
pub use report::CoverageReport;
pub(crate) use trace::{FlowVisits, TraceVisits};

/// An observer that notes which edges, arms of `match`, fallbacks, retries and expiries of a flow its
/// traces take. All that observe the same flow in a process note it in one place, so that the tests of
/// a suite add up. A trace counts when it has ended, and a flow's playbooks with it.
///
/// An observer is behind its flow: wait for [`Flow::flush`](crate::Flow::flush) before you ask. Where
/// the environment variable `PENGUIFLOW_COVERAGE` names a folder, all flows of the process are watched
/// without an observer, and what is covered is also written to a file there:
/// [`CoverageReport::read`] adds up those of several test binaries.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow::testing::Coverage;
///
/// #[node(retries = 1, backoff = "1ms")]
/// async fn large(question: &str) -> Result<String, std::io::Error> {
///     Ok(question.to_uppercase())
/// }
///
/// #[node]
/// async fn small(question: String) -> String {
///     question
/// }
///
/// flow! {
///     struct Ask(String) -> String;
///
///     large else small;
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let flow = Ask::flow().observe(Coverage::of::<Ask>());
/// assert_eq!(flow.run("why?".to_owned()).await?, "WHY?");
/// flow.flush().await;
/// let missing = Coverage::of::<Ask>().report().missing();
/// assert_eq!(
///     missing,
///     ["Ask: edge small -> Rookery", "Ask: fallback large else small", "Ask: retry of large"]
/// );
///
/// let flow = flow.script::<large>(|node| node.fails(|| std::io::ErrorKind::NotFound.into()).times(2));
/// assert_eq!(flow.run("why?".to_owned()).await?, "why?");
/// flow.flush().await;
/// Coverage::of::<Ask>().assert_complete();
/// # Ok(())
/// # }
/// ```
pub struct Coverage {
    graph: &'static Graph,
    traces: Traces,
}

impl Coverage {
    /// That of a flow with a name.
    pub fn of<F: Topology>() -> Self {
        Self::of_graph(F::GRAPH)
    }

    /// That of any flow, by its [`graph`](crate::Flow::graph).
    pub fn of_graph(graph: &'static Graph) -> Self {
        register(graph);
        Self {
            graph,
            traces: Traces::default(),
        }
    }

    /// What is covered so far of this flow and its playbooks.
    pub fn report(&self) -> CoverageReport {
        registry::report(self.graph)
    }

    /// Checks that all of it is covered.
    ///
    /// # Panics
    ///
    /// If something is not. The message lists it.
    #[track_caller]
    pub fn assert_complete(&self) {
        self.report().assert_complete();
    }
}

impl Observer for Coverage {
    fn on_event(&mut self, event: &Event) {
        self.traces.add(event);
    }
}

/// Traces that did not end count as far as they came.
impl Drop for Coverage {
    fn drop(&mut self) {
        self.traces.finish();
    }
}

impl fmt::Debug for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Coverage").field(&self.graph.name).finish()
    }
}
