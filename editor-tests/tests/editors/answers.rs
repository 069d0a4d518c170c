//! What rust-analyzer answers, as text.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use expect_test::Expect;
use penguiflow_editor_tests::{Editor, TYPED};
use serde_json::{Value, json};

/// One for all tests: it takes its time to begin.
static EDITOR: LazyLock<Option<Mutex<Editor>>> = LazyLock::new(|| {
    let editor = Editor::open(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let editor = editor.expect("rust-analyzer starts, and reads the fixture");
    editor.map(Mutex::new)
});

/// The names that completions are looked through for; all else is the language's.
const NAMES: &[&str] = &[
    "timeout", "hops", "retries", "retry_if", "by_hand", "Approval", "Query", "Question", "Reply",
    "Search", "Sql", "Support", "Talk", "Topic", "chat", "columns", "list", "local", "of", "query",
    "send", "site", "sql", "triage", "web",
];

/// Checks completion, hover, definition and renaming at the cursor.
pub(crate) fn shown(text: &str, expected: Expect) {
    with_editor(|editor| {
        let mut typed = Typed::new(editor, text);
        let answers = [
            typed.completion(),
            typed.hover(),
            typed.definition(),
            typed.renaming(),
        ];
        expected.assert_eq(&answers.concat());
    });
}

/// Checks what is shown of the word at the cursor.
pub(crate) fn explained(text: &str, expected: Expect) {
    with_editor(|editor| expected.assert_eq(&Typed::new(editor, text).hover()));
}

/// Checks which names are offered at the cursor of each text.
pub(crate) fn completions(texts: &[String], expected: Expect) {
    with_editor(|editor| {
        let lines = texts.iter().map(|text| {
            let offered = Typed::new(editor, text).completion();
            let line = text
                .lines()
                .find(|line| line.contains("$0"))
                .unwrap_or_default();
            format!("{}\n    {offered}", line.trim())
        });
        expected.assert_eq(&lines.collect::<String>());
    });
}

/// Checks which words of each text are said to be wrong. What is said of them is the compiler's
/// to show.
pub(crate) fn faults(texts: &[String], expected: Expect) {
    with_editor(|editor| {
        let faults = texts.iter().map(|text| Typed::new(editor, text).faults());
        expected.assert_eq(&faults.collect::<String>());
    });
}

fn with_editor(check: impl FnOnce(&mut Editor)) {
    match &*EDITOR {
        Some(editor) => check(&mut editor.lock().unwrap_or_else(PoisonError::into_inner)),
        None => skipped("no rust-analyzer here, or no sources of the standard library"),
    }
}

/// Reports that a test checks nothing here, past what the harness keeps of a test's output.
fn skipped(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
}

/// A text that was typed into the file, with the cursor in it.
struct Typed<'a> {
    editor: &'a mut Editor,
    text: String,
    /// The text before the cursor.
    word: String,
    place: Value,
}

impl<'a> Typed<'a> {
    fn new(editor: &'a mut Editor, text: &str) -> Self {
        let text = format!("use crate::nodes::*;\nuse penguiflow::prelude::*;\n\n{text}");
        let before = text.split("$0").next().unwrap_or_default();
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let word = before.rsplit(|letter| !is_word(letter)).next();
        Self {
            place: editor.write(&text).expect("the server takes what is typed"),
            word: word.unwrap_or_default().to_owned(),
            text: text.replace("$0", ""),
            editor,
        }
    }

    fn ask(&mut self, what: &str, with: Value) -> Value {
        let mut params = self.place.clone();
        for (key, value) in with.as_object().into_iter().flatten() {
            params[key] = value.clone();
        }
        let answer = self.editor.ask(&format!("textDocument/{what}"), params);
        answer.expect("the server answers")
    }

    /// What is offered of the fixture's names that begins with the word before the cursor.
    fn completion(&mut self) -> String {
        let answer = self.ask("completion", json!({}));
        let items = list(&answer["items"]);
        let labels = items.iter().map(|item| string(&item["label"]));
        let mut labels: Vec<_> = labels
            .map(|label| label.split('(').next().unwrap_or(label))
            .filter(|label| NAMES.contains(&label.rsplit("::").next().unwrap_or(label)))
            .filter(|label| label.starts_with(&self.word))
            .collect();
        labels.sort_unstable();
        labels.dedup();
        format!("offers {}\n", labels.join(" "))
    }

    fn hover(&mut self) -> String {
        let answer = self.ask("hover", json!({}));
        let text = string(&answer["contents"]["value"]);
        let is_said = |line: &&str| {
            let layout = ["```", "---", "size = "];
            !line.is_empty() && !layout.iter().any(|begun| line.starts_with(begun))
        };
        let lines: Vec<_> = text.lines().filter(is_said).collect();
        format!("shows {}\n", lines.join("\n      "))
    }

    fn definition(&mut self) -> String {
        let answer = self.ask("definition", json!({}));
        let lines = list(&answer).iter().map(|target| {
            let (uri, start) = (string(&target["uri"]), &target["range"]["start"]);
            let text = self.read(uri);
            let line = text.lines().nth(number(&start["line"])).unwrap_or_default();
            let (before, after) = line.split_at(number(&start["character"]).min(line.len()));
            format!(
                "leads to {}: {}\n",
                file_name(uri),
                format!("{before}»{after}").trim()
            )
        });
        lines.collect()
    }

    /// The lines that renaming changes, as they are then.
    fn renaming(&mut self) -> String {
        let answer = self.ask("rename", json!({ "newName": "renamed" }));
        let mut lines = BTreeMap::new();
        for change in list(&answer["documentChanges"]) {
            let uri = string(&change["textDocument"]["uri"]);
            let text = self.read(uri);
            for edit in list(&change["edits"]).iter().rev() {
                let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
                let place = number(&start["line"]);
                let line = lines
                    .entry((file_name(uri).to_owned(), place))
                    .or_insert_with(|| text.lines().nth(place).unwrap_or_default().to_owned());
                let range = number(&start["character"])..number(&end["character"]);
                line.replace_range(range, string(&edit["newText"]));
            }
        }
        let lines = lines
            .iter()
            .map(|((file, _), line)| format!("renames {file}: {}\n", line.trim()));
        lines.collect()
    }

    fn faults(&mut self) -> String {
        let answer = self.ask("diagnostic", json!({}));
        let places = list(&answer["items"]).iter().map(|fault| {
            let (start, end) = (&fault["range"]["start"], &fault["range"]["end"]);
            let line = self.text.lines().nth(number(&start["line"]));
            let range = number(&start["character"])..number(&end["character"]);
            let at = line.and_then(|line| line.get(range)).unwrap_or_default();
            format!(" at `{at}`")
        });
        match places.collect::<String>() {
            none if none.is_empty() => "nothing wrong\n".to_owned(),
            places => format!("wrong{places}\n"),
        }
    }

    fn read(&self, uri: &str) -> String {
        if uri.ends_with(TYPED) {
            return self.text.clone();
        }
        let path = uri.trim_start_matches("file://");
        fs::read_to_string(path).expect("what is led to is there")
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> usize {
    value
        .as_u64()
        .and_then(|number| number.try_into().ok())
        .unwrap_or_default()
}

fn file_name(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap_or(uri)
}
