//! The flow: what the question is about, passages that a playbook finds, and an answer by a model.

use axum::http::HeaderMap;
use handbook::{Index, terms};
use penguiflow::prelude::*;
use penguiflow_otel::{CtxExt, gen_ai};

use crate::client::Client;

/// How many passages the model is given.
const PASSAGES: usize = 2;

/// What the nodes work with.
#[derive(Clone, FromRef)]
pub(crate) struct App {
    pub(crate) index: Index,
    pub(crate) model: Client,
}

#[node]
async fn triage(question: String) -> Vec<String> {
    terms(&question)
}

/// The first attempt finds the index away: an example must have something to show.
#[node(retries = 2, backoff = "20ms..20ms", timeout = "5s")]
async fn find(
    words: Vec<String>,
    State(index): State<Index>,
    ctx: Ctx,
) -> Result<Vec<String>, String> {
    if ctx.attempt() == 0 {
        return Err("the index is being renewed".to_owned());
    }
    let hits = index.search(&words.join(" "), 2 * PASSAGES);
    Ok(hits.iter().map(|hit| hit.passage.place()).collect())
}

#[node]
async fn best(mut places: Vec<String>) -> Option<Vec<String>> {
    places.truncate(PASSAGES);
    (!places.is_empty()).then_some(places)
}

/// The model is another service: it gets the trace with the request.
#[node(timeout = "5s")]
async fn answer(
    places: Vec<String>,
    State(model): State<Client>,
    ctx: Ctx,
) -> Result<String, String> {
    let mut headers = HeaderMap::new();
    ctx.inject(&mut headers);
    let prompt = places.join("\n");
    let written = model.post("/model", headers, prompt.clone()).await;
    let written = written.map_err(|error| error.to_string())?;
    let (taken, given) = (words(&prompt), words(&written));
    gen_ai::chat("observability", "parrot", taken, given);
    ctx.spend_tokens(u64::from(taken + given));
    Ok(written)
}

/// The tokens of a model that counts words.
fn words(text: &str) -> u32 {
    u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX)
}

flow! {
    /// Finds passages that fit the words of a question.
    pub(crate) struct Search(Vec<String>) -> Vec<String>;

    find -> best;
}

flow! {
    /// Answers a question from the handbook.
    pub(crate) struct Support(String) -> String;

    triage -> Search -> answer;
}

/// The flow as the service starts it.
pub(crate) fn flow(app: App) -> Flow<Support, App> {
    Support::flow().with_state(app)
}
