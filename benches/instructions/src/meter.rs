//! The stretch of a program whose instructions count.

use std::hint::black_box;

use anyhow::Result;
use penguiflow::AnyFlow;
use tokio::runtime::{Builder, Runtime};

use crate::nodes::Parcel;

/// What callgrind calls the one function that it counts in.
pub(crate) const COUNTED: &str = "*meter::counted*";

/// Sends messages through a flow, on a runtime of one thread.
pub(crate) struct Meter {
    pub(crate) runtime: Runtime,
    messages: u32,
}

impl Meter {
    pub(crate) fn new(messages: u32) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_time().build()?;
        Ok(Self { runtime, messages })
    }

    /// Counts `run`, message by message.
    pub(crate) fn run(&self, flow: &impl AnyFlow<In = Parcel>) {
        self.count(1, async || {
            let output = flow.run(Parcel::new()).await;
            black_box(output.expect("no node fails"));
        });
    }

    /// Counts what sends all messages, some at a time. All are sent twice, and counted the
    /// second time: what is made once is made by then.
    pub(crate) fn count(&self, at_once: u32, send: impl AsyncFn()) {
        let send_all = || {
            self.runtime.block_on(async {
                for _ in 0..self.messages / at_once {
                    send().await;
                }
            });
        };
        send_all();
        counted(&send_all);
    }
}

/// Neither generic nor inlined, so that its name is known and found.
#[inline(never)]
fn counted(stretch: &dyn Fn()) {
    stretch();
}
