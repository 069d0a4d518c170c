//! Runs a file through the flow: one future reads it, and another collects what becomes of it.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use penguiflow::prelude::*;
use penguiflow::{Parked, Parkings};
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::Semaphore;

use crate::Refunds;
use crate::approvals::Approvals;
use crate::bank::Bank;
use crate::decisions::Decisions;
use crate::nodes::{Line, Payment};
use crate::outbox::{DEAD, DECIDED, Outbox, SETTLED, Tally};
use crate::progress::Progress;

/// The most records in flight, beside those that wait for a decision.
const CAPACITY: usize = 256;
/// The most lines between the last one that was read and the first one that is not settled.
pub(crate) const WINDOW: usize = 1_024;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// What became of a file.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) tally: Tally,
    pub(crate) ledger: Ledger,
    /// The most results that waited for an earlier one.
    pub(crate) most_early: usize,
    folder: PathBuf,
}

/// Runs each line of a file, and writes the results to a folder.
pub(crate) async fn run(
    file: &Path,
    folder: &Path,
    bank: Bank,
    decisions: Decisions,
) -> Fallible<Report> {
    let flow = Refunds::flow().with_state(bank).capacity(CAPACITY);
    let input = File::open(file).await?;
    let progress = Progress::over(input.metadata().await?.len());
    let flow = flow.keep_inputs().show_payloads();
    let flow = flow.observe(progress.view());
    let window = Semaphore::new(WINDOW);
    let collector = Collector {
        parkings: flow.parkings(),
        approvals: Approvals::new(flow.clone()),
        outbox: Outbox::create(folder, &window)?,
        may_decide: true,
        progress: &progress,
    };
    let running = flow.start();
    let feeding = async { Ok(feed(input, &running, &window, &progress).await) };
    let (fed, (tally, most_early)) =
        tokio::try_join!(feeding, collector.collect(&running, decisions))?;
    fed?;
    Ok(Report {
        tally,
        ledger: running.ledger(),
        most_early,
        folder: folder.to_owned(),
    })
}

/// Emits the lines. When the file ends, or cannot be read on, what was emitted is still settled.
async fn feed(
    input: File,
    running: &Running<Refunds, Bank>,
    window: &Semaphore,
    progress: &Progress,
) -> Fallible<()> {
    let fed = emit_lines(input, running, window, progress).await;
    running.stop().await;
    fed
}

async fn emit_lines(
    input: File,
    running: &Running<Refunds, Bank>,
    window: &Semaphore,
    progress: &Progress,
) -> Fallible<()> {
    let mut lines = BufReader::with_capacity(64 * 1024, input).lines();
    let mut number = 0;
    loop {
        let next = lines.next_line().await;
        let next = next.map_err(|error| format!("after line {number}: {error}"))?;
        let Some(text) = next else { return Ok(()) };
        number += 1;
        progress.read(text.len() as u64 + 1);
        // The outbox gives the permit back when the line has its place in the order.
        window.acquire().await?.forget();
        running.emit(Line { number, text }).await?;
    }
}

/// What collects results, parked records and decisions.
struct Collector<'a> {
    parkings: Parkings,
    approvals: Approvals,
    outbox: Outbox<'a>,
    /// Whether decisions may still come.
    may_decide: bool,
    progress: &'a Progress,
}

impl Collector<'_> {
    /// Collects until all traces are over. The flow is not `ordered()`, where all later results would
    /// wait for a human: the outbox restores the order, and lists those apart that wait for one.
    async fn collect(
        mut self,
        running: &Running<Refunds, Bank>,
        mut decisions: Decisions,
    ) -> Fallible<(Tally, usize)> {
        loop {
            tokio::select! {
                result = running.fetch() => match result {
                    Some(result) => self.outbox.put(result)?,
                    None => break,
                },
                Some(parked) = self.parkings.next() => self.park(&parked).await?,
                line = decisions.recv(), if self.may_decide => self.decide(line).await,
            }
            if !self.may_decide {
                // Nobody can decide any more: what waits becomes a dead letter, to be run again.
                self.approvals
                    .take_waiting()
                    .for_each(|trace| _ = running.cancel(trace));
            }
            self.progress.show(&self.outbox.tally);
        }
        Ok(self.outbox.finish()?)
    }

    async fn park(&mut self, parked: &Parked) -> io::Result<()> {
        let payment = parked
            .payload::<Payment>()
            .expect("the flow shows payloads");
        self.outbox.park(payment.line)?;
        match self.approvals.park(&payment.order, parked.trace_id).await {
            Ok(is_decided) if is_decided || !self.may_decide => {}
            Ok(_) => self.progress.say(waits(&payment)),
            Err(reason) => self.progress.say(reason),
        }
        Ok(())
    }

    async fn decide(&mut self, line: Option<io::Result<String>>) {
        let decided = match line {
            Some(Ok(line)) if line.trim().is_empty() => Ok(()),
            Some(Ok(line)) => self.approvals.decide(line).await,
            Some(Err(error)) => Err(format!("no decision can be read: {error}")),
            None => return self.may_decide = false,
        };
        if let Err(reason) = decided {
            self.progress.say(reason);
        }
    }
}

/// What a human has to know, with the decision to paste.
fn waits(Payment { order, cents, .. }: &Payment) -> String {
    format!(r#"{cents} cents wait: {{"order": "{order}", "approved": true, "by": "…"}}"#)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (read, folder) = (self.ledger.emitted, self.folder.display());
        writeln!(f, "{read} records: {}", self.tally)?;
        writeln!(f, "in the order of the file: {folder}/{SETTLED}")?;
        writeln!(f, "after a decision:         {folder}/{DECIDED}")?;
        writeln!(f, "to be run again:          {folder}/{DEAD}")?;
        write!(
            f,
            "at most {} results waited for an earlier one",
            self.most_early
        )
    }
}
