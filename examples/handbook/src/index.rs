//! The index: which passages answer a question best, by BM25.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use bm25::{DefaultTokenizer, Document, Language, SearchEngine, SearchEngineBuilder, Tokenizer};

use crate::error::OpenError;
use crate::folder;
use crate::passage::{self, Passage};

/// The passages of a folder, ready to be searched. Clones share them.
#[derive(Clone)]
pub struct Index(Arc<Content>);

struct Content {
    files: usize,
    passages: Vec<Passage>,
    engine: SearchEngine<usize>,
}

/// A passage that shares words with a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The passage.
    pub passage: Passage,
    /// How well it fits; higher is better.
    pub score: f32,
}

impl Index {
    /// Reads the `.md` and `.txt` files of a folder, and of the folders in it, and indexes
    /// them as English. Hidden folders and build output are passed over.
    ///
    /// # Errors
    ///
    /// If the folder, or a text file in it, cannot be read, or if there is no text.
    pub fn of(folder: impl AsRef<Path>) -> Result<Self, OpenError> {
        let folder = folder.as_ref();
        let files = folder::read(folder)?;
        let split = |file: &folder::TextFile| passage::split(&file.name, &file.text);
        let passages: Vec<_> = files.iter().flat_map(split).collect();
        if passages.is_empty() {
            return Err(OpenError::NoText(folder.to_owned()));
        }
        Ok(Self(Arc::new(Content {
            files: files.len(),
            engine: engine(&passages),
            passages,
        })))
    }

    /// The number of files.
    pub fn files(&self) -> usize {
        self.0.files
    }

    /// The number of passages.
    pub fn passages(&self) -> usize {
        self.0.passages.len()
    }

    /// The passage that begins at a place such as `README.md:12`.
    pub fn passage(&self, place: &str) -> Option<Passage> {
        let is_there = |passage: &&Passage| passage.place() == place;
        self.0.passages.iter().find(is_there).cloned()
    }

    /// The passages that share words with the question, at most `limit`, best first. Equal
    /// ones come in the order of their files.
    pub fn search(&self, question: &str, limit: usize) -> Vec<Hit> {
        let mut found = self.0.engine.search(&plain(question), None);
        found.sort_by(|a, b| {
            let by_score = b.score.total_cmp(&a.score);
            by_score.then(a.document.id.cmp(&b.document.id))
        });
        let hit = |result: bm25::SearchResult<usize>| Hit {
            passage: self.0.passages[result.document.id].clone(),
            score: result.score,
        };
        found.into_iter().take(limit).map(hit).collect()
    }
}

fn engine(passages: &[Passage]) -> SearchEngine<usize> {
    let document = |(id, passage): (usize, &Passage)| {
        let contents = format!("{}\n{}", passage.heading, passage.text);
        Document::new(id, plain(&contents))
    };
    let documents = passages.iter().enumerate().map(document);
    SearchEngineBuilder::with_documents(Language::English, documents).build()
}

/// The words of a text as the index sees them: in order, lower case, without their endings,
/// and without those that every text has.
pub fn terms(text: &str) -> Vec<String> {
    static ENGLISH: LazyLock<DefaultTokenizer> = LazyLock::new(DefaultTokenizer::default);
    ENGLISH.tokenize(&plain(text))
}

/// Parts words at all punctuation: a question about `run` is about `flow.run(…)` too.
fn plain(text: &str) -> String {
    text.replace(|c: char| c.is_ascii_punctuation(), " ")
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("files", &self.files())
            .field("passages", &self.passages())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;
    use std::fs;
    use tempfile::tempdir;

    type Done = Result<(), Box<dyn Error>>;

    fn index(text: &str) -> Result<Index, Box<dyn Error>> {
        let folder = tempdir()?;
        fs::write(folder.path().join("guide.md"), text)?;
        Ok(Index::of(folder.path())?)
    }

    fn lines(hits: &[Hit]) -> Vec<usize> {
        hits.iter().map(|hit| hit.passage.line).collect()
    }

    #[test]
    fn the_best_passage_comes_first_with_its_place() -> Done {
        let index =
            index("# Birds\nPenguins swim.\n# Retries\nA retry waits.\n# Fish\nFish swim.")?;
        let hits = index.search("how are retries configured?", 5);
        assert_eq!(lines(&hits), [4]);
        assert_eq!(hits[0].passage.place(), "guide.md:4");
        assert_eq!(index.passage("guide.md:4"), Some(hits[0].passage.clone()));
        assert_eq!(index.passage("guide.md:3"), None);
        assert_eq!(hits[0].passage.heading, "Retries");
        assert!(hits[0].score > 0.0);
        Ok(())
    }

    #[test]
    fn equal_passages_come_in_their_order_and_no_more_than_asked_for() -> Done {
        let index = index(&"# Same\nwords\n".repeat(20))?;
        assert_eq!(lines(&index.search("words", 3)), [2, 4, 6]);
        Ok(())
    }

    #[test]
    fn a_heading_and_words_in_code_are_found() -> Done {
        let index = index("# Deadlines\nSee above.\n# Other\nCall `flow.run_all(x)`.")?;
        assert_eq!(lines(&index.search("deadline", 5)), [2]);
        assert_eq!(lines(&index.search("run", 5)), [4]);
        Ok(())
    }

    #[test]
    fn words_that_are_nowhere_find_nothing() -> Done {
        let index = index("Penguins swim.")?;
        assert_eq!(index.search("volcano", 5), []);
        assert_eq!(index.search("how is it?", 5), []);
        assert_eq!(index.search("", 5), []);
        Ok(())
    }

    #[test]
    fn terms_are_words_without_endings() {
        assert_eq!(terms("How are retries configured?"), ["retri", "configur"]);
    }

    #[test]
    fn a_folder_without_words_holds_no_text() -> Done {
        let empty = tempdir()?;
        let error = Index::of(empty.path()).expect_err("the folder is empty");
        assert!(matches!(error, OpenError::NoText(_)), "{error:?}");
        fs::write(empty.path().join("blank.md"), "\n\n")?;
        let error = Index::of(empty.path()).expect_err("the file is blank");
        assert!(matches!(error, OpenError::NoText(_)), "{error:?}");
        Ok(())
    }
}
