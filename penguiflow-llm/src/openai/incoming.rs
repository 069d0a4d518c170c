//! A response on its way: its bytes become deltas, and a silence that is too long an error.

use std::collections::VecDeque;
use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;

use super::completion::deltas;
use super::sse::Events;
use crate::delta::{Delta, Finish};
use crate::error::{ModelError, chain};

/// How long to wait, after the answer's end, for the tokens that it took.
const USAGE: Duration = Duration::from_secs(2);

/// How long to wait, after the last event, for the end of the response. Read to its end, its connection can
/// be used again.
const GRACE: Duration = Duration::from_millis(250);

/// A response that is read.
pub(super) struct Incoming {
    response: Response,
    events: Events,
    /// What was read and not given yet.
    ready: VecDeque<Result<Delta, ModelError>>,
    /// The longest silence.
    idle: Duration,
    /// Whether the answer has ended.
    has_finished: bool,
    /// Whether the last event has come.
    is_done: bool,
    /// Whether nothing more is read.
    is_over: bool,
}

impl Incoming {
    pub(super) fn new(response: Response, idle: Duration) -> Self {
        Self {
            response,
            events: Events::default(),
            ready: VecDeque::new(),
            idle,
            has_finished: false,
            is_done: false,
            is_over: false,
        }
    }

    /// The next delta, and what is left.
    pub(super) async fn next(mut self) -> Option<(Result<Delta, ModelError>, Self)> {
        while self.ready.is_empty() && !self.is_over {
            self.read().await;
        }
        let delta = self.ready.pop_front()?;
        if delta.is_err() {
            self.is_over = true;
            self.ready.clear();
        }
        Some((delta, self))
    }

    async fn read(&mut self) {
        let patience = match (self.has_finished, self.is_done) {
            (_, true) => GRACE.min(self.idle),
            (true, false) => USAGE.min(self.idle),
            (false, false) => self.idle,
        };
        let mut events = Vec::new();
        match timeout(patience, self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                let pushed = self.events.push(&bytes, &mut events);
                self.take(events);
                if pushed.is_err() {
                    self.end(broken("an event has no end"));
                }
            }
            Ok(Ok(None)) => {
                let is_within = self.events.is_within();
                self.events.finish(&mut events);
                self.take(events);
                self.end(broken(match is_within {
                    true => "the response ended within an event",
                    false => "the response ended before the answer's end",
                }));
            }
            Ok(Err(error)) => {
                let said = chain(&error.without_url());
                self.end(broken(&format!("the connection was lost: {said}")));
            }
            Err(_) => self.end(ModelError::Silent { after: self.idle }),
        }
    }

    /// Nothing more is read. What ended it is an error, unless the answer had ended.
    fn end(&mut self, error: ModelError) {
        self.is_over = true;
        if !self.has_finished {
            self.ready.push_back(Err(error));
        }
    }

    fn take(&mut self, events: Vec<String>) {
        for event in events {
            match event.trim() {
                "" => {}
                "[DONE]" => {
                    self.is_done = true;
                    if !self.has_finished {
                        self.give(Delta::Finish(Finish::Stop));
                    }
                }
                json => match deltas(json) {
                    Ok(deltas) => deltas.into_iter().for_each(|delta| self.give(delta)),
                    Err(error) => self.end(error),
                },
            }
        }
    }

    fn give(&mut self, delta: Delta) {
        self.has_finished |= matches!(delta, Delta::Finish(_));
        self.ready.push_back(Ok(delta));
    }
}

fn broken(said: &str) -> ModelError {
    ModelError::Broken {
        said: said.to_owned(),
    }
}
