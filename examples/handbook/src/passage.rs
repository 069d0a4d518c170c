//! Splits a text into passages: a heading begins one, a blank line may, and one that grows
//! too long is cut between lines.

/// A passage that is at least this long, in bytes, ends at the next blank line.
const ENOUGH: usize = 300;
/// No passage is longer than this, in bytes.
const LONGEST: usize = 900;

/// A piece of a text file that can be read by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The file's path below its folder.
    pub file: String,
    /// The line that it begins on, counted from 1.
    pub line: usize,
    /// The headings above it, outermost first, such as `Nodes > Options`.
    pub heading: String,
    /// Its lines.
    pub text: String,
}

impl Passage {
    /// Where it begins, such as `README.md:12`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    /// Its first characters, on one line.
    pub fn excerpt(&self, characters: usize) -> String {
        let line = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(characters) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }
}

/// Splits the text of a file into passages, in order. Only Markdown has headings and fenced code.
pub fn split(file: &str, text: &str) -> Vec<Passage> {
    let mut splitter = Splitter {
        file,
        is_markdown: file.to_ascii_lowercase().ends_with(".md"),
        in_code: false,
        headings: Vec::new(),
        open: None,
        done: Vec::new(),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1..).zip(text.lines()) {
        splitter.take(number, line.trim_end());
    }
    splitter.close();
    splitter.done
}

struct Splitter<'a> {
    file: &'a str,
    is_markdown: bool,
    in_code: bool,
    /// The headings above the current line, with their levels.
    headings: Vec<(usize, &'a str)>,
    open: Option<Passage>,
    done: Vec<Passage>,
}

impl<'a> Splitter<'a> {
    fn take(&mut self, number: usize, line: &'a str) {
        if self.is_markdown && is_fence(line) {
            self.in_code = !self.in_code;
        } else if self.is_markdown
            && !self.in_code
            && let Some(heading) = heading(line)
        {
            return self.stand_under(heading);
        }
        if line.is_empty() {
            return self.blank();
        }
        for piece in pieces(line) {
            self.add(number, piece);
        }
    }

    fn stand_under(&mut self, (level, title): (usize, &'a str)) {
        self.close();
        self.headings.retain(|(outer, _)| *outer < level);
        self.headings.push((level, title));
    }

    fn blank(&mut self) {
        match &mut self.open {
            Some(passage) if passage.text.len() < ENOUGH || self.in_code => passage.text += "\n",
            _ => self.close(),
        }
    }

    fn add(&mut self, number: usize, line: &str) {
        let is_full = |open: &Passage| open.text.len() + 1 + line.len() > LONGEST;
        if self.open.as_ref().is_some_and(is_full) {
            self.close();
        }
        match &mut self.open {
            Some(passage) => passage.text += &format!("\n{line}"),
            None => self.open = Some(self.begin(number, line)),
        }
    }

    fn begin(&self, number: usize, line: &str) -> Passage {
        let titles: Vec<_> = self.headings.iter().map(|(_, title)| *title).collect();
        Passage {
            file: self.file.to_owned(),
            line: number,
            heading: titles.join(" > "),
            text: line.to_owned(),
        }
    }

    fn close(&mut self) {
        if let Some(mut passage) = self.open.take() {
            passage.text.truncate(passage.text.trim_end().len());
            self.done.push(passage);
        }
    }
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

/// The level and the title of a heading such as `## Nodes`.
fn heading(line: &str) -> Option<(usize, &str)> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    let is_heading = (1..=6).contains(&level) && title.starts_with([' ', '\t']);
    is_heading.then(|| (level, title.trim()))
}

/// A line, cut where it is longer than a passage may be: a `.txt` file often has a whole
/// paragraph on a line.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (piece, further) = rest.split_at(end_of_piece(rest));
        rest = further.trim_start();
        (!piece.is_empty()).then_some(piece)
    })
}

/// The last space that leaves a piece short enough, or else the last character.
fn end_of_piece(line: &str) -> usize {
    if line.len() <= LONGEST {
        return line.len();
    }
    let within = || line.char_indices().take_while(|(at, _)| *at <= LONGEST);
    let space = within()
        .filter(|(at, c)| *at > 0 && c.is_whitespace())
        .last();
    space.or(within().last()).map_or(line.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(passages: &[Passage]) -> Vec<(usize, &str, &str)> {
        let passages = passages.iter();
        passages
            .map(|passage| (passage.line, &*passage.heading, &*passage.text))
            .collect()
    }

    #[test]
    fn a_heading_begins_a_passage_and_is_kept_with_those_above_it() {
        let text = "\u{feff}intro\n\n# A\none\n### B\ntwo\n### C\n\nthree\n## D\nfour\n";
        assert_eq!(
            outline(&split("a.md", text)),
            [
                (1, "", "intro"),
                (4, "A", "one"),
                (6, "A > B", "two"),
                (9, "A > C", "three"),
                (11, "A > D", "four"),
            ]
        );
    }

    #[test]
    fn short_paragraphs_stay_together_and_long_ones_part() {
        let long = "word ".repeat(100);
        let text = format!("a\r\n\r\nb\r\n\r\n{long}\r\n\r\nc\r\n");
        let passages = split("a.md", &text);
        let together = format!("a\n\nb\n\n{}", long.trim_end());
        assert_eq!(
            outline(&passages),
            [(1, "", together.as_str()), (7, "", "c")]
        );
    }

    #[test]
    fn a_comment_in_code_is_no_heading() {
        let text = "```sh\n# build\n\ncargo build\n```\n";
        assert_eq!(outline(&split("a.md", text)), [(1, "", text.trim_end())]);
    }

    #[test]
    fn a_plain_text_has_no_headings() {
        assert_eq!(outline(&split("a.txt", "# one")), [(1, "", "# one")]);
        assert_eq!(outline(&split("a.md", "#hashtag")), [(1, "", "#hashtag")]);
    }

    #[test]
    fn no_passage_is_longer_than_the_longest() {
        let lines = "word word word\n".repeat(200);
        let words = "é ".repeat(2_000);
        let unbroken = "é".repeat(2_000);
        for text in [lines, words, unbroken] {
            let passages = split("a.txt", &text);
            assert!(passages.len() > 1);
            assert!(passages.iter().all(|passage| passage.text.len() <= LONGEST));
            let kept: String = passages.iter().map(|passage| &*passage.text).collect();
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            assert_eq!(letters(&kept), letters(&text));
        }
    }

    #[test]
    fn an_excerpt_is_one_line_cut_between_characters() {
        let passage = &split("a.md", "één\n\n  twee")[0];
        assert_eq!(passage.excerpt(8), "één twee");
        assert_eq!(passage.excerpt(2), "éé…");
    }

    #[test]
    fn a_text_of_blank_lines_has_no_passage() {
        assert_eq!(split("a.md", ""), []);
        assert_eq!(split("a.md", "\n  \n# only a heading\n\n"), []);
    }
}
