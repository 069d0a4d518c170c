//! The life of a started flow: random calls, one after the other, with the ledger checked
//! after each. How it ends is in `ending`.

use std::time::Duration;

use penguiflow::{Ledger, Message, TraceId, TryEmitError};
use penguiflow_generated_tests::generator::{Plan, Rng};
use penguiflow_generated_tests::{
    CaseReport, ExpectedOutcomes, Fetched, Hops, Load, Log, Settings, Started, Subject, Timing,
    random_case,
};
use tokio::time::timeout;

use crate::account::{Account, Expires};
use crate::calls::Call;
use crate::tasks::{self, Driver};

pub(crate) struct Episode<'a> {
    pub(crate) plan: &'a Plan,
    settings: Settings,
    pub(crate) rng: Rng,
    pub(crate) report: &'a mut CaseReport,
    pub(crate) running: Box<dyn Started>,
    pub(crate) log: Log,
    pub(crate) account: Account<'a>,
    /// As it was after the last call.
    pub(crate) ledger: Ledger,
    pub(crate) tasks_before: usize,
    _attendant: Driver,
}

/// A message to be emitted, with what the account will note of it.
type Drawn = (Message<Load>, ExpectedOutcomes, Expires);

impl<'a> Episode<'a> {
    pub(crate) fn start(
        plan: &'a Plan,
        subject: &dyn Subject,
        mut rng: Rng,
        report: &'a mut CaseReport,
    ) -> Self {
        let settings = Settings {
            capacity: rng.pick(&[1, 2, 3, 8, 64]),
            backlog: rng.pick(&[1, 2, 5, 1024]),
            hops: rng.within(1, 8) as u32,
            // A trace that goes on may wait for room that later ones hold.
            ordered: rng.chance(50) && !plan.awaits(),
        };
        report.note(format!("start with {settings:?}"));
        let (log, tasks_before) = (Log::default(), tasks::alive());
        let running = subject.start(settings, log.clone());
        let driver = Driver::of(&*running, Load::given());
        Self {
            plan,
            settings,
            rng,
            report,
            ledger: running.ledger(),
            running,
            account: Account::new(plan, log.clone(), settings.ordered),
            log,
            tasks_before: tasks_before + driver.tasks(),
            _attendant: driver,
        }
    }

    /// Makes random calls.
    pub(crate) async fn live(&mut self) {
        for _ in 0..self.rng.within(5, 40) {
            let call = Call::random(&mut self.rng);
            self.report.note(format!("{call:?} at {:?}", self.ledger));
            self.call(call).await;
            self.check_ledger();
            self.check_backlog();
        }
    }

    async fn call(&mut self, call: Call) {
        match call {
            Call::TryEmit => self.try_emit(),
            Call::Emit { within } => self.emit(within).await,
            Call::TryFetch => {
                let fetched = self.running.try_fetch();
                self.take(fetched);
            }
            Call::Fetch { within } => {
                let fetched = timeout(within, self.running.fetch()).await;
                self.take(fetched.ok().flatten());
            }
            Call::EmitAndFetch { within } => self.emit_and_fetch(within).await,
            Call::Cancel => self.cancel().await,
            Call::CancelUnknown => assert!(!self.running.cancel(TraceId::random())),
            Call::Yield => tokio::task::yield_now().await,
            Call::Sleep(time) => tokio::time::sleep(time).await,
            Call::Advance(time) => self.advance(time).await,
        }
    }

    /// The equation, at every moment; and no count but that in flight ever falls.
    pub(crate) fn check_ledger(&mut self) {
        let (before, now) = (self.ledger, self.running.ledger());
        self.ledger = now;
        let sum = now.completed + now.failed + now.cancelled + now.filtered + now.in_flight;
        assert_eq!(now.emitted, sum, "{now:?}");
        assert_eq!(now.emitted, self.account.emitted(), "{now:?}");
        // What is parked takes no room.
        let has_room = now.in_flight <= self.settings.capacity as u64;
        assert!(has_room || self.plan.awaits(), "{now:?}");
        let has_fallen = counts(&before)
            .iter()
            .zip(counts(&now))
            .any(|(before, now)| *before > now);
        assert!(!has_fallen, "{before:?}, then {now:?}");
    }

    /// The backlog bounds the results that are kept: in an ordered flow, as many again may
    /// be there for a time, since what they waited for has come.
    fn check_backlog(&self) {
        let kept = self.ledger.completed + self.ledger.failed - self.account.answered();
        let most = self.settings.backlog as u64 * if self.settings.ordered { 2 } else { 1 };
        assert!(kept <= most, "{kept} results are kept");
    }

    pub(crate) fn draw(&mut self) -> Drawn {
        let own_hops = self.rng.chance(20).then(|| self.rng.within(0, 9) as u32);
        let hops = own_hops.map_or(Hops::Flow(self.settings.hops), Hops::Message);
        let (load, expected) = random_case(&mut self.rng, self.plan, hops, Timing::Any);
        let mut message = self.account.numbered(Message::new(load));
        if let Some(hops) = own_hops {
            message = message.hops(hops);
        }
        if let Some(trace_id) = self.rng.chance(5).then(|| self.known_id()).flatten() {
            message = message.trace_id(trace_id);
        }
        let (message, expires) = match self.rng.below(10) {
            // A task would wait for its deadline even when it is over.
            _ if self.plan.awaits() => (message, Expires::Never),
            0 => (message.deadline_in(Duration::ZERO), Expires::Before),
            1 | 2 => {
                let time = Duration::from_millis(self.rng.within(1, 120) as u64);
                (message.deadline_in(time), Expires::Later)
            }
            3 => (
                message.deadline_in(Duration::from_secs(86_400)),
                Expires::Never,
            ),
            _ => (message, Expires::Never),
        };
        (message, expected, expires)
    }

    fn known_id(&mut self) -> Option<TraceId> {
        let emitted = self.account.emitted() as usize;
        (emitted > 0)
            .then(|| self.rng.below(emitted))
            .and_then(|number| self.account.trace_id(number))
    }

    pub(crate) fn try_emit(&mut self) {
        let (message, expected, expires) = self.draw();
        let kept = message.clone();
        match self.running.try_emit(message) {
            Ok(trace_id) => {
                assert_eq!(trace_id, kept.trace_id);
                self.account.sent(trace_id, expected, expires);
            }
            Err(TryEmitError::Full(message)) => assert_eq!(message, kept, "it comes back whole"),
            Err(error) => panic!("{error}"),
        }
    }

    /// A wait that is dropped has taken nothing: the ledger would show it.
    async fn emit(&mut self, within: Duration) {
        let (message, expected, expires) = self.draw();
        if let Ok(emitted) = timeout(within, self.running.emit(message)).await {
            let trace_id = emitted.expect("the flow is open");
            self.account.sent(trace_id, expected, expires);
        }
    }

    async fn emit_and_fetch(&mut self, within: Duration) {
        let (message, expected, expires) = self.draw();
        let emit = timeout(within, self.running.emit(message));
        let fetch = timeout(within, self.running.fetch());
        let (emitted, fetched) = tokio::join!(emit, fetch);
        if let Ok(emitted) = emitted {
            let trace_id = emitted.expect("the flow is open");
            self.account.sent(trace_id, expected, expires);
        }
        self.take(fetched.ok().flatten());
    }

    /// A leap in time makes a task that was done before its timeout late, where somebody
    /// else's timer is seen first: with nodes in tasks of their own, leaps are small.
    async fn advance(&mut self, time: Duration) {
        let mut actors = self.plan.actors().into_iter();
        let most = match actors.any(|(_, kind)| kind.traits().spawned) {
            true => Duration::from_millis(2),
            false => Duration::MAX,
        };
        tokio::time::advance(time.min(most)).await;
    }

    fn take(&mut self, fetched: Fetched) {
        if let Some(answer) = fetched {
            self.account.fetched(answer);
        }
    }

    /// Cancelling is at once in the books, and the trace's nodes stop without time passing.
    async fn cancel(&mut self) {
        let Some(trace_id) = self.known_id() else {
            return;
        };
        let before = self.running.ledger();
        let found = self.running.cancel(trace_id);
        let after = self.running.ledger();
        let ended = before.in_flight - after.in_flight;
        assert_eq!(found, ended > 0, "{before:?}, then {after:?}");
        assert_eq!(
            after.cancelled - before.cancelled,
            ended,
            "{before:?}, then {after:?}"
        );
        assert!(!self.running.cancel(trace_id), "nothing is left to cancel");
        self.account.cancelled(Some(trace_id));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(self.log.inside(trace_id), 0, "its nodes go on");
    }
}

/// All that never falls.
fn counts(ledger: &Ledger) -> [u64; 4] {
    let Ledger {
        completed,
        failed,
        cancelled,
        filtered,
        ..
    } = *ledger;
    [completed, failed, cancelled, filtered]
}
