//! An observer that shows in a terminal what a flow does: a line for the flow and one for each node.

mod counts;

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::event::{Event, EventKind, Observer};
use counts::{Counts, Rate};

/// The lines are written no more often than that.
const REDRAW: Duration = Duration::from_millis(100);

/// An observer that shows in a terminal how many traces were emitted, are in flight, done and failed,
/// and the same for the visits of each node, with rates. Nothing is shown where standard error is no
/// terminal.
///
/// ```
/// use penguiflow::TerminalView;
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let flow = flow! { double }.observe(TerminalView::new());
/// for n in 0..1000 {
///     flow.run(n).await?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// It looks like this:
///
/// ```text
/// Batch         1204 begun      64 running      1130 done      10 failed     312/s
///   enrich      1204 begun       0 running      1204 done       0 failed     330/s
///   charge      1204 begun      64 running      1130 done      10 failed     312/s
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "terminal")))]
#[derive(Debug)]
pub struct TerminalView {
    lines: MultiProgress,
    traces: Option<Line>,
    nodes: Vec<Line>,
    drawn: Option<Instant>,
}

/// A line of the view: a flow, or a node.
#[derive(Debug)]
struct Line {
    name: String,
    counts: Counts,
    rate: Rate,
    bar: ProgressBar,
}

impl Default for TerminalView {
    fn default() -> Self {
        Self::new()
    }
}

impl TerminalView {
    /// A view on standard error.
    pub fn new() -> Self {
        Self::among(MultiProgress::new())
    }

    /// A view whose lines are added to others, such as a bar of your own.
    pub fn among(lines: MultiProgress) -> Self {
        Self {
            lines,
            traces: None,
            nodes: Vec::new(),
            drawn: None,
        }
    }

    /// The line of the flow, for the event of a trace.
    fn of_traces(&mut self, event: &Event) -> &mut Line {
        let lines = &self.lines;
        self.traces.get_or_insert_with(|| {
            let bar = lines.add(bar());
            Line::new(event.flow.to_owned(), bar)
        })
    }

    fn of_node(&mut self, event: &Event, node: &str) -> &mut Line {
        let name = match &event.playbook {
            Some(playbook) => format!("  {playbook}/{node}"),
            None => format!("  {node}"),
        };
        let place = match self.nodes.iter().position(|line| line.name == name) {
            Some(place) => place,
            None => {
                let bar = self.lines.add(bar());
                self.nodes.push(Line::new(name, bar));
                self.nodes.len() - 1
            }
        };
        &mut self.nodes[place]
    }

    fn draw(&mut self) {
        let now = Instant::now();
        self.drawn = Some(now);
        let names = self.traces.iter().chain(&self.nodes);
        let width = names.map(|line| line.name.chars().count()).max();
        for line in self.traces.iter_mut().chain(&mut self.nodes) {
            line.draw(width.unwrap_or(0), now);
        }
    }
}

impl Observer for TerminalView {
    fn on_event(&mut self, event: &Event) {
        let is_over = match event.node_name {
            Some(node) => {
                self.of_node(event, node).counts.count_visit(event);
                false
            }
            None => {
                let traces = self.of_traces(event);
                traces.counts.count_trace(event);
                event.event == EventKind::TraceEnd && traces.counts.running == 0
            }
        };
        // The last event may be followed by none that would show it.
        if is_over || self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW) {
            self.draw();
        }
    }
}

impl Drop for TerminalView {
    fn drop(&mut self) {
        self.draw();
        for line in self.traces.iter().chain(&self.nodes) {
            line.bar.abandon();
        }
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::no_length().with_style(style)
}

impl Line {
    fn new(name: String, bar: ProgressBar) -> Self {
        Self {
            name,
            counts: Counts::default(),
            rate: Rate::default(),
            bar,
        }
    }

    fn draw(&mut self, width: usize, now: Instant) {
        let Counts {
            begun,
            running,
            done,
            failed,
        } = self.counts;
        let rate = self.rate.of(done + failed, now);
        let name = &self.name;
        self.bar.set_message(format!(
            "{name:width$} {begun:>9} begun {running:>7} running {done:>9} done {failed:>7} failed {rate:>7.0}/s"
        ));
        self.bar.tick();
    }
}
