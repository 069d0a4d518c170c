//! The nodes: one splits the question, one scores each document, and one picks the best.

use std::fmt;
use std::path::{Path, PathBuf};

use handbook::{OpenError, Passage, terms};
use penguiflow::prelude::*;

/// How many documents are read and scored at a time.
const AT_ONCE: usize = 8;

/// What is to be found, and where.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) query: String,
    pub(crate) documents: Vec<Document>,
}

/// A text, or a file that holds one.
#[derive(Debug)]
pub(crate) enum Document {
    Text(&'static str, &'static str),
    File(PathBuf),
}

/// The words to look for, as an index sees them, and where.
#[derive(Debug)]
pub(crate) struct Search {
    terms: Vec<String>,
    documents: Vec<Document>,
}

/// How well a document fits.
#[derive(Debug)]
pub(crate) struct Scored {
    name: String,
    /// The share of the words that it contains, from 0 to 1.
    score: f64,
}

#[node]
pub(crate) async fn seed(request: Request) -> Result<Search, &'static str> {
    let terms = terms(&request.query);
    let documents = request.documents;
    match terms.is_empty() {
        true => Err("the query has no word that can be looked for"),
        false => Ok(Search { terms, documents }),
    }
}

/// Scores every document, in their order.
#[node(timeout = "30s")]
pub(crate) async fn score(search: Search) -> Result<Vec<Scored>, OpenError> {
    let worker = |document| fit(&search.terms, document);
    map_concurrent(&search.documents, worker, AT_ONCE).await
}

#[node]
pub(crate) async fn summary(scored: Vec<Scored>) -> Result<String, &'static str> {
    let top = best(scored).ok_or("there is no document to score")?;
    Ok(format!("top doc: {top}"))
}

/// The worker: a file is read first, and then is as good as its best passage.
async fn fit(terms: &[String], document: &Document) -> Result<Scored, OpenError> {
    match document {
        Document::Text(name, text) => Ok(Scored::of(terms, (*name).to_owned(), text)),
        Document::File(path) => {
            let passages = read(path).await?.into_iter();
            let scored = passages.map(|passage| Scored::of(terms, passage.place(), &passage.text));
            Ok(best(scored).unwrap_or_else(|| Scored::of(terms, path.display().to_string(), "")))
        }
    }
}

async fn read(path: &Path) -> Result<Vec<Passage>, OpenError> {
    let text = tokio::fs::read_to_string(path).await;
    let text = text.map_err(|source| OpenError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Ok(handbook::split(&path.display().to_string(), &text))
}

impl Scored {
    fn of(wanted: &[String], name: String, text: &str) -> Self {
        let there = terms(text);
        let found = wanted.iter().filter(|term| there.contains(term)).count();
        let score = found as f64 / wanted.len() as f64;
        Self { name, score }
    }
}

/// The best, and of equal ones the first.
fn best(scored: impl IntoIterator<Item = Scored>) -> Option<Scored> {
    let better = |best: Scored, next: Scored| match next.score > best.score {
        true => next,
        false => best,
    };
    scored.into_iter().reduce(better)
}

impl From<(&'static str, &'static str)> for Document {
    fn from((name, text): (&'static str, &'static str)) -> Self {
        Self::Text(name, text)
    }
}

impl fmt::Display for Scored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} score={:.2}", self.name, self.score)
    }
}
