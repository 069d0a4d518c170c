//! A client for servers that speak OpenAI's chat completions.

mod body;
mod completion;
mod incoming;
mod key;
mod refusal;
mod retry_after;
mod sse;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, Url, redirect};
use serde_json::{Map, Value};
use tokio::time::timeout;

use self::incoming::Incoming;
use self::key::Key;
use self::refusal::{Said, error_of};
use self::retry_after::retry_after;
use crate::delta::{Delta, DeltaStream, Finish};
use crate::error::{ModelError, chain};
use crate::model::Model;
use crate::request::Request;
use crate::schema::Dialect;

/// The address of OpenAI's own server.
const OPENAI: &str = "https://api.openai.com/v1";

/// The longest silence of a server, unless it is set.
const IDLE: Duration = Duration::from_secs(60);

/// The longest that it may take to connect.
const CONNECT: Duration = Duration::from_secs(10);

/// The most that is read of a response that is no stream.
const LARGEST: usize = 16 << 20;

/// A model on a server that speaks OpenAI's chat completions: OpenAI's own, Ollama, vLLM, llama.cpp, and many
/// others. It streams, and asks for the tokens that an answer took. Clones share their connections.
///
/// ```
/// use penguiflow_llm::{Dialect, OpenAi};
/// use std::time::Duration;
///
/// let local = OpenAi::ollama("llama3.2");
/// let other = OpenAi::at("https://models.example.org/v1", "qwen3")
///     .key("a secret")
///     .dialect(Dialect::JsonObject)
///     .parameter("reasoning_effort", "low")
///     .idle(Duration::from_secs(20));
/// assert!(!format!("{other:?}").contains("secret"));
/// ```
#[derive(Clone)]
pub struct OpenAi {
    settings: Arc<Settings>,
    /// The client and the address, or why there is none.
    connection: Result<(Client, Url), ModelError>,
}

#[derive(Clone)]
struct Settings {
    model: String,
    dialect: Dialect,
    key: Option<Key>,
    headers: HeaderMap,
    parameters: Map<String, Value>,
    idle: Duration,
    /// What is wrong with the settings.
    fault: Option<ModelError>,
}

impl OpenAi {
    /// A model of OpenAI. It needs a [`key`](Self::key).
    pub fn new(model: impl Into<String>) -> Self {
        Self::at(OPENAI, model).dialect(Dialect::OpenAi)
    }

    /// A model of OpenAI with the key of the environment variable `OPENAI_API_KEY`; or of the server that
    /// `OPENAI_BASE_URL` has the address of, in the dialect [`Grammar`](Dialect::Grammar). `OPENAI_MODEL`, where it
    /// is set, takes precedence over the name that is given here.
    ///
    /// # Errors
    ///
    /// [`ModelError::Setup`], if neither is set.
    pub fn from_env(model: impl Into<String>) -> Result<Self, ModelError> {
        let var = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let key = var("OPENAI_API_KEY");
        let model = var("OPENAI_MODEL").unwrap_or_else(|| model.into());
        let client = match (var("OPENAI_BASE_URL"), &key) {
            (Some(url), _) if url.trim_end_matches('/') != OPENAI => Self::at(&url, model),
            (_, Some(_)) => Self::new(model),
            (_, None) => {
                return Err(setup(
                    "the environment variable `OPENAI_API_KEY` is not set",
                ));
            }
        };
        Ok(match key {
            Some(key) => client.key(key),
            None => client,
        })
    }

    /// A model of Ollama on this machine.
    pub fn ollama(model: impl Into<String>) -> Self {
        Self::at("http://localhost:11434/v1", model)
    }

    /// A model of the server at this address, which ends before `/chat/completions`: such as
    /// `http://localhost:8000/v1`. The dialect is [`Grammar`](Dialect::Grammar), unless it is set.
    ///
    /// An address that cannot be read is an error of the first question.
    pub fn at(url: &str, model: impl Into<String>) -> Self {
        let settings = Settings {
            model: model.into(),
            dialect: Dialect::Grammar,
            key: None,
            headers: HeaderMap::new(),
            parameters: Map::new(),
            idle: IDLE,
            fault: None,
        };
        Self {
            settings: Arc::new(settings),
            connection: connection(url),
        }
    }

    /// Sets how the server is told the shape of an answer.
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Self {
        self.with(|settings| settings.dialect = dialect)
    }

    /// Sets the key, which is sent as `Authorization: Bearer …` and shown nowhere.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        self.with(|settings| settings.key = Some(Key::new(key)))
    }

    /// Sends this header with each request, such as `api-key`. It is shown nowhere.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(
            |settings| match (name.parse::<HeaderName>(), sensitive(value)) {
                (Ok(name), Some(value)) => {
                    settings.headers.insert(name, value);
                }
                _ => settings.fault = Some(setup(&format!("the header `{name}` cannot be sent"))),
            },
        )
    }

    /// Adds a parameter to the JSON of each request, such as `reasoning_effort`.
    #[must_use]
    pub fn parameter(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.with(|settings| {
            settings.parameters.insert(name.into(), value.into());
        })
    }

    /// Sets the longest that the server may send nothing: 60 seconds unless set. It is an error that is
    /// retried. How long an answer may take is the node's `timeout`.
    #[must_use]
    pub fn idle(self, longest: Duration) -> Self {
        self.with(|settings| settings.idle = longest)
    }

    fn with(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(Arc::make_mut(&mut self.settings));
        self
    }

    async fn deltas(self, request: Request) -> Result<DeltaStream, ModelError> {
        let Settings { idle, .. } = *self.settings;
        let response = match timeout(idle, self.send(&request)).await {
            Ok(response) => response?,
            Err(_) => return Err(ModelError::Silent { after: idle }),
        };
        if !response.status().is_success() {
            return Err(self.refused(response).await);
        }
        if has_type(&response, "text/html") {
            return Err(ModelError::Rejected {
                status: response.status().as_u16(),
                said: "it answers with a web page; is the address that of a model?".to_owned(),
            });
        }
        if has_type(&response, "application/json") {
            let text = whole(response, idle).await?;
            return Ok(Box::pin(stream::iter(
                whole_answer(&text)?.into_iter().map(Ok),
            )));
        }
        let incoming = Incoming::new(response, idle);
        Ok(Box::pin(stream::unfold(incoming, Incoming::next)))
    }

    async fn send(&self, request: &Request) -> Result<Response, ModelError> {
        let (client, url) = self.connection.clone()?;
        let Settings {
            model,
            dialect,
            key,
            headers,
            parameters,
            fault,
            ..
        } = &*self.settings;
        if let Some(fault) = fault {
            return Err(fault.clone());
        }
        let body = body::body(request, model, *dialect, parameters)
            .map_err(|error| setup(&format!("a request cannot be written: {error}")))?;
        let mut post = client.post(url).headers(headers.clone()).body(body);
        post = post.header(CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            let bearer = sensitive(&format!("Bearer {}", key.expose()));
            let bearer = bearer.ok_or_else(|| setup("the key has characters that no key has"))?;
            post = post.header("authorization", bearer);
        }
        post.send().await.map_err(|error| ModelError::Connection {
            said: chain(&error.without_url()),
        })
    }

    async fn refused(&self, response: Response) -> ModelError {
        let status = response.status().as_u16();
        let wait = retry_after(response.headers());
        // The status is known, whatever comes of the text.
        let body = whole(response, self.settings.idle)
            .await
            .unwrap_or_default();
        error_of(status, wait, Said::in_body(&body))
    }
}

impl Settings {
    /// The text without the key and the values of headers, which a server may repeat.
    fn hide(&self, text: String) -> String {
        let text = match &self.key {
            Some(key) => key.hidden_in(text),
            None => text,
        };
        let values = self
            .headers
            .values()
            .filter_map(|value| value.to_str().ok());
        values.fold(text, |text, value| Key::new(value).hidden_in(text))
    }
}

impl Model for OpenAi {
    fn name(&self) -> &str {
        &self.settings.model
    }

    fn stream(&self, request: Request) -> DeltaStream {
        let settings = Arc::clone(&self.settings);
        let hide = move |error| hidden(error, &settings);
        let deltas = stream::once(self.clone().deltas(request)).try_flatten();
        Box::pin(deltas.map(move |delta| delta.map_err(&hide)))
    }
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.connection.as_ref().map(|(_, url)| shown(url));
        f.debug_struct("OpenAi")
            .field("model", &self.settings.model)
            .field("url", &url.unwrap_or_default())
            .field("dialect", &self.settings.dialect)
            .finish_non_exhaustive()
    }
}

/// The error without the key, which a server may repeat within a stream.
fn hidden(error: ModelError, settings: &Settings) -> ModelError {
    error.with_texts(|text| settings.hide(text))
}

fn connection(url: &str) -> Result<(Client, Url), ModelError> {
    let said = "the address cannot be read: it is like `http://localhost:8000/v1`";
    let mut url: Url = url.parse().map_err(|_| setup(said))?;
    match url.scheme() {
        "http" => {}
        "https" if cfg!(feature = "rustls") => {}
        "https" => return Err(setup("`https://` needs the feature `rustls`")),
        _ => return Err(setup(said)),
    }
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["chat", "completions"]);
    }
    // A key must not follow a redirect to another server.
    let client = Client::builder().redirect(redirect::Policy::none());
    let client = client.connect_timeout(CONNECT).build();
    let client = client.map_err(|error| setup(&chain(&error.without_url())))?;
    Ok((client, url))
}

/// The address without what may be secret in it.
fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn setup(said: &str) -> ModelError {
    ModelError::Setup {
        said: said.to_owned(),
    }
}

fn has_type(response: &Response, name: &str) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(name.as_bytes()))
}

/// The text of a response that is no stream.
async fn whole(mut response: Response, idle: Duration) -> Result<String, ModelError> {
    let mut bytes = Vec::new();
    loop {
        let more = timeout(idle, response.chunk()).await;
        let more = more.map_err(|_| ModelError::Silent { after: idle })?;
        let more = more.map_err(|error| ModelError::Broken {
            said: format!("the connection was lost: {}", chain(&error.without_url())),
        })?;
        match more {
            Some(more) if bytes.len() + more.len() <= LARGEST => bytes.extend_from_slice(&more),
            _ => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }
}

/// The deltas of an answer that came at once, from a server that does not stream.
fn whole_answer(text: &str) -> Result<Vec<Delta>, ModelError> {
    let mut deltas = completion::deltas(text)?;
    if !deltas.iter().any(|delta| matches!(delta, Delta::Finish(_))) && !deltas.is_empty() {
        deltas.push(Delta::Finish(Finish::Stop));
    }
    Ok(deltas)
}
