//! The ways in which a started flow ends, and what must be true then.

use std::time::Duration;

use penguiflow::{ErrorKind, TryEmitError};

use crate::episode::Episode;
use crate::tasks;

impl Episode<'_> {
    pub(crate) async fn end(mut self) {
        let way = self.rng.below(8);
        self.report
            .note(format!("ending {way} at {:?}", self.ledger));
        match way {
            0 => {
                self.running.stop().await;
            }
            1 => self.stop_while_fetching().await,
            2 | 3 => {
                let limit = Duration::from_millis(self.rng.within(0, 100) as u64);
                self.account.cancelled(None);
                self.running.stop_within(limit).await;
            }
            4 => {
                self.account.cancelled(None);
                self.running.abort().await;
            }
            5 => {
                self.account.cancelled(None);
                drop(self.running.abort());
                assert_eq!(self.running.ledger().in_flight, 0);
                tasks::go_at_once(self.tasks_before, &self.log).await;
            }
            6 => return self.keep_the_rookery().await,
            _ => return self.keep_the_sea().await,
        }
        self.check_end().await;
    }

    /// Whatever a runtime drops when it shuts down was cancelled, also what is emitted then.
    pub(crate) fn end_without_runtime(mut self) {
        self.report.note(format!("no runtime at {:?}", self.ledger));
        self.try_emit();
        self.account.cancelled(None);
        if self.plan.awaits() {
            // A trace that is parked is in no runtime.
            drop(self.running.abort());
        }
        self.check_ledger();
        while let Some(answer) = self.running.try_fetch() {
            self.account.fetched(answer);
        }
        self.account.close(Some(self.ledger));
    }

    async fn stop_while_fetching(&mut self) {
        let Self {
            running, account, ..
        } = self;
        let fetch = async {
            while let Some(answer) = running.fetch().await {
                account.fetched(answer);
            }
        };
        tokio::join!(running.stop(), fetch);
    }

    /// Nothing in flight, nothing taken in any more, nothing lost, and no task left.
    async fn check_end(mut self) {
        tasks::check_gone(self.tasks_before, &self.log);
        self.check_ledger();
        assert_eq!(self.ledger.in_flight, 0, "{:?}", self.ledger);
        let (message, ..) = self.draw();
        let refused = self
            .running
            .emit(message.clone())
            .await
            .expect_err("it is closed");
        assert_eq!(refused.kind(), ErrorKind::Closed);
        let refused = self.running.try_emit(message);
        assert!(
            matches!(refused, Err(TryEmitError::Closed(_))),
            "{refused:?}"
        );
        while let Some(answer) = self.running.fetch().await {
            self.account.fetched(answer);
        }
        self.check_ledger();
        self.check_limits();
        self.account.close(Some(self.ledger));
    }

    fn check_limits(&self) {
        for (label, kind) in self.plan.actors() {
            let peak = self.log.peak(label);
            let limit = kind.traits().limit.unwrap_or(usize::MAX);
            assert!(peak <= limit, "node {label} ran {peak} times at once");
        }
    }

    /// Without an OpenSea the flow drains, and its Rookery ends.
    async fn keep_the_rookery(mut self) {
        let (sea, rookery) = self.running.split();
        drop((self.running, sea));
        while let Some(answer) = rookery.fetch().await {
            self.account.fetched(answer);
        }
        tasks::go_at_once(self.tasks_before, &self.log).await;
        self.account.close(None);
    }

    /// Without a Rookery nobody holds up a trace; without both, all is cancelled.
    async fn keep_the_sea(mut self) {
        let messages: Vec<_> = (0..4).map(|_| self.draw().0).collect();
        let (sea, rookery) = self.running.split();
        drop((self.running, rookery));
        for message in messages {
            sea.emit(message).await.expect("the sea is open");
        }
        drop(sea);
        tasks::go_at_once(self.tasks_before, &self.log).await;
    }
}
