//! The README and the handbook as the tests read them: blocks of code, links and headings.

use std::fs;
use std::path::{Path, PathBuf};

/// A page of Markdown.
pub struct Page {
    /// Its place in the repository: `docs/nodes.md`.
    pub path: String,
    text: String,
}

/// A link or an image.
#[derive(Debug, PartialEq)]
pub struct Link {
    /// What it leads to.
    pub target: String,
    /// The line that it is in, counted from 1.
    pub line: usize,
}

/// The folder of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Page {
    /// The page at a place in the repository.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(repository().join(path));
        let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
        Self::new(path, text)
    }

    fn new(path: &str, text: impl Into<String>) -> Self {
        let (path, text) = (path.to_owned(), text.into());
        Self { path, text }
    }

    /// The blocks of code in this language, as they are written.
    pub fn blocks(&self, language: &str) -> Vec<String> {
        let mut blocks: Vec<Vec<&str>> = Vec::new();
        let mut is_meant = false;
        for (_, line, is_code) in self.lines() {
            match line.strip_prefix("```") {
                Some(info) if !is_code && info == language => {
                    is_meant = true;
                    blocks.push(Vec::new());
                }
                Some(_) => is_meant = false,
                None if is_meant => blocks
                    .last_mut()
                    .into_iter()
                    .for_each(|block| block.push(line)),
                None => {}
            }
        }
        let text = |block: Vec<&str>| block.join("\n") + "\n";
        blocks.into_iter().map(text).collect()
    }

    /// The links and images of its prose.
    pub fn links(&self) -> Vec<Link> {
        let prose = self.lines().filter(|(_, _, is_code)| !is_code);
        let links = prose.flat_map(|(line, text, _)| {
            let ends = text.match_indices("](");
            ends.filter_map(move |(at, _)| {
                let (target, _) = text[at + 2..].split_once(')')?;
                let target = target.to_owned();
                Some(Link { target, line })
            })
        });
        links.collect()
    }

    /// The identifiers among the code in its prose.
    pub fn names(&self) -> Vec<String> {
        let prose = self.lines().filter(|(_, _, is_code)| !is_code);
        let spans = prose.flat_map(|(_, text, _)| text.split('`').skip(1).step_by(2));
        let is_name = |span: &&str| {
            let is_first = |first: char| first.is_alphabetic() || first == '_';
            let is_part = |one: char| one.is_alphanumeric() || one == '_';
            span.starts_with(is_first) && span.chars().all(is_part)
        };
        spans.filter(is_name).map(str::to_owned).collect()
    }

    /// What its headings are called in links, as forges and mdBook make it of their words.
    pub fn anchors(&self) -> Vec<String> {
        let prose = self.lines().filter(|(_, _, is_code)| !is_code);
        let headings = prose.filter_map(|(_, line, _)| line.strip_prefix('#'));
        headings
            .map(|text| anchor(text.trim_start_matches('#')))
            .collect()
    }

    /// Its lines with their numbers, and whether each is inside a block of code.
    fn lines(&self) -> impl Iterator<Item = (usize, &str, bool)> {
        let mut is_code = false;
        self.text.lines().zip(1..).map(move |(line, number)| {
            let is_fence = line.starts_with("```");
            let was_code = is_code;
            is_code ^= is_fence;
            (number, line, was_code)
        })
    }
}

fn anchor(heading: &str) -> String {
    let kept = |character: &char| character.is_alphanumeric() || " -_".contains(*character);
    let words: String = heading.trim().chars().filter(kept).collect();
    words.to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::{Link, Page};

    const TEXT: &str = "# A page\n[one](a.md#b) and ![two](c.svg)\n```rust\n# [no](link)\nfn f() {}\n\
                        ```\n```rust,ignore\nfn g() {}\n```\n## `await T`, or: not\n";

    #[test]
    fn a_block_is_all_that_stands_between_its_fences() {
        let page = Page::new("a.md", TEXT);
        assert_eq!(page.blocks("rust"), ["# [no](link)\nfn f() {}\n"]);
        assert_eq!(page.blocks("rust,ignore"), ["fn g() {}\n"]);
    }

    #[test]
    fn code_has_no_links_and_no_headings() {
        let page = Page::new("a.md", TEXT);
        let link = |target: &str| Link {
            target: target.to_owned(),
            line: 2,
        };
        assert_eq!(page.links(), [link("a.md#b"), link("c.svg")]);
        assert_eq!(page.anchors(), ["a-page", "await-t-or-not"]);
    }
}
