//! One invocation: its journal, which is read from the server and written to it. What it waits for
//! completes in the journal's order, whichever machine replays it.

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::BodyDataStream;
use hyper::body::Incoming;
use restate_sdk_shared_core::{
    AwaitResponse, CoreVM, Error, NonEmptyValue, NotificationHandle, PayloadOptions, RetryPolicy,
    RunExitResult, TerminalFailure, UnresolvedFuture, VM, Value, Version,
};
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, JoinSet};

/// How long the server may take to close an invocation that has written its last message.
const CLOSE: Duration = Duration::from_secs(60);

pub(crate) struct Session {
    vm: CoreVM,
    input: BodyDataStream<Incoming>,
    output: UnboundedSender<Bytes>,
    runs: JoinSet<(NotificationHandle, Bytes)>,
}

/// What an invocation was called with.
pub(crate) struct Input {
    pub(crate) key: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Input {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

/// What an invocation goes on with.
pub(crate) enum Progress {
    /// This has completed.
    Done(NotificationHandle, Value),
    /// This is to run here: its result is in no journal.
    Execute(NotificationHandle),
    /// This has run here. What it came to is to be proposed to the journal.
    Ran(NotificationHandle, Bytes),
    /// Somebody has cancelled the invocation.
    Cancelled,
}

/// Why an invocation is left: it is suspended, has failed, or its server is gone. It begins again there,
/// or on another machine.
#[derive(Debug)]
pub(crate) struct Left;

/// For `?`: the state machine has written what the server has to know of it.
impl From<Error> for Left {
    fn from(_: Error) -> Self {
        Self
    }
}

impl Session {
    pub(super) fn new(vm: CoreVM, input: Incoming, output: UnboundedSender<Bytes>) -> Self {
        Self {
            vm,
            input: BodyDataStream::new(input),
            output,
            runs: JoinSet::new(),
        }
    }

    /// What the invocation was called with. Called once, first.
    pub(crate) async fn input(&mut self) -> Result<Input, Left> {
        while !self.vm.is_ready_to_execute()? {
            self.receive().await;
        }
        let input = self.vm.sys_input()?;
        let headers = input.headers.into_iter();
        Ok(Input {
            key: input.key,
            headers: headers
                .map(|header| (header.key.into_owned(), header.value.into_owned()))
                .collect(),
            body: input.input,
        })
    }

    /// Whether what comes next is in the journal.
    pub(crate) fn is_replaying(&self) -> bool {
        self.vm.state().is_replaying()
    }

    /// What is to run once, and is journalled.
    pub(crate) fn run(&mut self, name: &str) -> Result<NotificationHandle, Left> {
        Ok(self.vm.sys_run(name.to_owned())?.handle)
    }

    /// Runs it here, as a task of its own.
    pub(crate) fn execute(
        &mut self,
        handle: NotificationHandle,
        run: impl Future<Output = Bytes> + Send + 'static,
    ) -> AbortHandle {
        self.runs.spawn(async move { (handle, run.await) })
    }

    /// A timer of the server's.
    pub(crate) fn sleep_until(&mut self, at: SystemTime) -> Result<NotificationHandle, Left> {
        let at = at.duration_since(SystemTime::UNIX_EPOCH);
        let at = at.unwrap_or_default();
        Ok(self.vm.sys_sleep(String::new(), at, None)?)
    }

    /// The value of a promise, whenever somebody completes it.
    pub(crate) fn promise(&mut self, name: String) -> Result<NotificationHandle, Left> {
        Ok(self.vm.sys_get_promise(name)?)
    }

    /// Completes a promise; a failure is the answer if it is complete.
    pub(crate) fn complete(
        &mut self,
        name: String,
        value: NonEmptyValue,
    ) -> Result<NotificationHandle, Left> {
        Ok(self.vm.sys_complete_promise(name, value, unstable())?)
    }

    /// A signal of this name that somebody sends to this invocation: the next one that no other handle
    /// stands for.
    pub(crate) fn signal(&mut self, name: &str) -> Result<NotificationHandle, Left> {
        Ok(self.vm.create_signal_handle(name.to_owned())?)
    }

    /// Sends a signal to another invocation.
    pub(crate) fn send_signal(
        &mut self,
        invocation: String,
        name: &str,
        value: NonEmptyValue,
    ) -> Result<(), Left> {
        Ok(self
            .vm
            .sys_complete_signal(invocation, name.to_owned(), value)?)
    }

    pub(crate) fn state(&mut self, name: &str) -> Result<NotificationHandle, Left> {
        let options = PayloadOptions::default();
        Ok(self.vm.sys_state_get(name.to_owned(), None, options)?)
    }

    pub(crate) fn set_state(&mut self, name: &str, value: Vec<u8>) -> Result<(), Left> {
        let value = Bytes::from(value);
        Ok(self
            .vm
            .sys_state_set(name.to_owned(), value, None, unstable())?)
    }

    pub(crate) fn clear_state(&mut self, name: &str) -> Result<(), Left> {
        Ok(self.vm.sys_state_clear(name.to_owned(), None)?)
    }

    /// Waits until one of them completes, by the journal the first.
    pub(crate) async fn first(&mut self, of: &[NotificationHandle]) -> Result<Progress, Left> {
        loop {
            let singles = of.iter().copied().map(UnresolvedFuture::Single);
            let first = UnresolvedFuture::FirstCompleted(singles.collect());
            match self.vm.do_await(first)? {
                AwaitResponse::AnyCompleted => {
                    for handle in of {
                        if let Some(value) = self.take(*handle)? {
                            return Ok(Progress::Done(*handle, value));
                        }
                    }
                }
                AwaitResponse::ExecuteRun(handle) => return Ok(Progress::Execute(handle)),
                AwaitResponse::CancelSignalReceived => return Ok(Progress::Cancelled),
                AwaitResponse::WaitingExternalProgress { waiting_input, .. } => {
                    if let Some((handle, value)) = self.wait(waiting_input).await? {
                        return Ok(Progress::Ran(handle, value));
                    }
                }
                // None is asked for.
                AwaitResponse::EphemeralNotificationReady(_) => return Err(Left),
            }
        }
    }

    /// Waits for one thing, in a handler where nothing runs.
    pub(crate) async fn value(&mut self, of: NotificationHandle) -> Result<Option<Value>, Left> {
        match self.first(&[of]).await? {
            Progress::Done(_, value) => Ok(Some(value)),
            Progress::Execute(_) | Progress::Ran(..) => Err(Left),
            Progress::Cancelled => Ok(None),
        }
    }

    fn take(&mut self, handle: NotificationHandle) -> Result<Option<Value>, Left> {
        match self.vm.is_completed(handle) {
            true => Ok(self.vm.take_notification(handle)?),
            false => Ok(None),
        }
    }

    /// Waits for a message of the server's, or for something that runs here, and returns what that came to.
    async fn wait(&mut self, for_input: bool) -> Result<Option<(NotificationHandle, Bytes)>, Left> {
        // All that is over by now goes to the server at once.
        while let Some(run) = self.runs.try_join_next() {
            if let Ok(run) = run {
                return Ok(Some(run));
            }
        }
        self.flush()?;
        tokio::select! {
            // One that was stopped, since its step was dropped, came to nothing.
            Some(run) = self.runs.join_next() => return Ok(run.ok()),
            bytes = self.input.next(), if for_input => self.received(bytes),
            else => return Err(Left),
        }
        Ok(None)
    }

    /// Proposes to the journal what something came to that has run here. What is proposed first is first in the
    /// journal.
    pub(crate) fn propose(&mut self, handle: NotificationHandle, value: Bytes) -> Result<(), Left> {
        let value = RunExitResult::Success(value);
        Ok(self
            .vm
            .propose_run_completion(handle, value, RetryPolicy::default())?)
    }

    async fn receive(&mut self) {
        let bytes = self.input.next().await;
        self.received(bytes);
    }

    fn received(&mut self, bytes: Option<Result<Bytes, hyper::Error>>) {
        match bytes {
            Some(Ok(bytes)) => self.vm.notify_input(bytes),
            Some(Err(error)) => {
                let error = Error::new(500_u16, format!("the server's messages end: {error}"));
                self.vm.notify_error(error, None);
            }
            None => self.vm.notify_input_closed(),
        }
    }

    fn flush(&mut self) -> Result<(), Left> {
        let bytes = self.vm.take_output();
        match bytes.is_empty() || self.output.send(bytes).is_ok() {
            true => Ok(()),
            false => Err(Left),
        }
    }

    /// Ends the invocation with this.
    pub(crate) fn finish(&mut self, value: NonEmptyValue) -> Result<(), Left> {
        self.vm.sys_write_output(value, unstable())?;
        Ok(self.vm.sys_end()?)
    }

    /// Lets the invocation wait for a deployment that can go on with it. It shows why.
    pub(crate) fn pause(&mut self, why: String) {
        // In an older version a pause is an error of its own, which the server would show in place of this one.
        let pauses = self.vm.get_response_head().version >= Version::V7;
        let error = Error::new(500_u16, why).with_should_pause(pauses);
        self.vm.notify_error(error, None);
    }

    /// Writes what there is still to write, and waits until the server has closed its side: before, some
    /// proxies take the end for a failure.
    pub(crate) async fn close(mut self) {
        self.runs.abort_all();
        if self.flush().is_ok() {
            let rest = async { while let Some(Ok(_)) = self.input.next().await {} };
            let _ = tokio::time::timeout(CLOSE, rest).await;
        }
    }
}

/// What replay does not compare: it is derived from what replay has compared, and wall times in it may
/// be read from two clocks.
fn unstable() -> PayloadOptions {
    PayloadOptions::unstable_serialization()
}

/// A failure as the server shows it.
pub(crate) fn failure(code: u16, message: impl Into<String>) -> NonEmptyValue {
    NonEmptyValue::Failure(TerminalFailure {
        code,
        message: message.into(),
        metadata: Vec::new(),
    })
}
