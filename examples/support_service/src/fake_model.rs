//! Two models on an HTTP server on this machine. Words in the question make the large one fail, and
//! nothing else does.

use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::stream::{self, BoxStream, StreamExt};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::sleep;

/// The time of a word, about that of a language model.
const PACE: Duration = Duration::from_millis(10);
/// The time of a word of a slow one.
const SLOW_PACE: Duration = Duration::from_millis(250);
/// How many words come before an answer breaks off or stops.
const FIRST_WORDS: usize = 3;
/// How many seconds a busy one wants to be left alone for.
const BUSY: u64 = 1;

/// The server.
#[derive(Clone)]
pub(crate) struct FakeModel {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<HashSet<String>>>,
    held: Arc<watch::Sender<Held>>,
}

/// The requests that wait until they are released.
#[derive(Default)]
struct Held {
    requests: usize,
    are_released: bool,
}

/// How a word in the question has the large model behave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trick {
    Answer,
    /// `#slow`
    Slow,
    /// `#busy`: 429 in the first attempt.
    Busy,
    /// `#down`: 500.
    Down,
    /// `#outage`: 429 in each attempt, of the small model as well.
    Outage,
    /// `#refuse`: 400.
    Refuse,
    /// `#break`: the answer breaks off in the first attempt.
    Break,
    /// `#silent`: the answer stops after some words.
    Silent,
    /// `#hold`: nothing, until it is released.
    Hold,
}

/// The parts of a request that are read here.
#[derive(Deserialize)]
struct Completion {
    model: String,
    messages: Vec<ChatMessage>,
}

#[derive(Deserialize)]
struct ChatMessage {
    role: String,
    content: String,
}

/// The events of an answer.
type Words = BoxStream<'static, Result<Event, axum::Error>>;

impl FakeModel {
    /// Starts it on a free port.
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let model = Self {
            address: listener.local_addr()?,
            asked: Arc::default(),
            held: Arc::default(),
        };
        let router = Router::new().route("/v1/chat/completions", post(complete));
        tokio::spawn(axum::serve(listener, router.with_state(model.clone())).into_future());
        Ok(model)
    }

    /// Waits until as many requests are held.
    #[cfg(test)]
    pub(crate) async fn has_held(&self, requests: usize) {
        let mut held = self.held.subscribe();
        let held = held.wait_for(|held| held.requests >= requests).await;
        drop(held.expect("the server has the sender"));
    }

    /// How many requests have been held.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.held.borrow().requests
    }

    /// Answers the requests that are held, and holds no further ones.
    #[cfg(test)]
    pub(crate) fn release(&self) {
        self.held.send_modify(|held| held.are_released = true);
    }

    async fn hold(&self) {
        self.held.send_modify(|held| held.requests += 1);
        let mut held = self.held.subscribe();
        let _ = held.wait_for(|held| held.are_released).await;
    }

    /// Whether nothing was asked with this key before.
    fn is_first(&self, headers: &HeaderMap) -> bool {
        let key = headers.get("idempotency-key");
        let key = key.and_then(|key| key.to_str().ok()).unwrap_or_default();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(key.to_owned())
    }
}

async fn complete(
    State(model): State<FakeModel>,
    headers: HeaderMap,
    Json(asked): Json<Completion>,
) -> Response {
    let is_first = model.is_first(&headers);
    match asked.trick() {
        Trick::Outage => return busy(),
        Trick::Busy if is_first => return busy(),
        Trick::Down => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Trick::Refuse => return StatusCode::BAD_REQUEST.into_response(),
        Trick::Hold => model.hold().await,
        _ => {}
    }
    Sse::new(asked.stream(is_first)).into_response()
}

fn busy() -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, BUSY)]).into_response()
}

impl Completion {
    fn trick(&self) -> Trick {
        let mut words = self.content("user").split_whitespace();
        let trick = words.find_map(Trick::named).unwrap_or(Trick::Answer);
        match self.model == "large" || trick == Trick::Outage {
            true => trick,
            false => Trick::Answer,
        }
    }

    fn content(&self, role: &str) -> &str {
        let message = self.messages.iter().find(|message| message.role == role);
        message.map_or("", |message| &message.content)
    }

    fn stream(&self, is_first: bool) -> Words {
        let trick = self.trick();
        let pace = match trick {
            Trick::Slow => SLOW_PACE,
            _ => PACE,
        };
        let words = self.words().into_iter();
        let words = stream::iter(words).then(move |event| async move {
            sleep(pace).await;
            event
        });
        match trick {
            Trick::Break if is_first => words.take(FIRST_WORDS).boxed(),
            Trick::Silent => words.take(FIRST_WORDS).chain(stream::pending()).boxed(),
            _ => words.boxed(),
        }
    }

    /// The events of the whole answer: words, the bill, and the end.
    fn words(&self) -> Vec<Result<Event, axum::Error>> {
        let answer = self.answer();
        let words = answer.split_inclusive(' ');
        let piece = |word| json!({ "choices": [{ "delta": { "content": word } }] });
        let mut events: Vec<_> = words.map(piece).collect();
        let contents = self.messages.iter().map(|message| &message.content);
        let tokens = contents.map(|text| tokens(text)).sum::<usize>() + tokens(&answer);
        events.push(json!({ "choices": [], "usage": { "total_tokens": tokens } }));
        let events = events
            .into_iter()
            .map(|data| Event::default().json_data(data));
        events
            .chain([Ok(Event::default().data("[DONE]"))])
            .collect()
    }

    /// Repeats the question, and a line of the passages.
    fn answer(&self) -> String {
        let question = self.content("user");
        let is_prose = |line: &&str| line.starts_with(char::is_uppercase);
        let passage = self.content("system").lines().skip(1).find(is_prose);
        let passage = passage.unwrap_or_default();
        format!("You asked: {question} The handbook says: {passage}")
    }
}

impl Trick {
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "#slow" => Self::Slow,
            "#busy" => Self::Busy,
            "#down" => Self::Down,
            "#outage" => Self::Outage,
            "#refuse" => Self::Refuse,
            "#break" => Self::Break,
            "#silent" => Self::Silent,
            "#hold" => Self::Hold,
            _ => return None,
        })
    }
}

/// A word is a token here.
fn tokens(text: &str) -> usize {
    text.split_whitespace().count()
}
