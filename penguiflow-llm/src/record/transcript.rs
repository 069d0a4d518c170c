//! Exchanges as text, for golden files.

use std::path::Path;
use std::{env, fmt, fs};

use super::exchange::Exchange;
use crate::delta::{Delta, Finish};

/// The environment variable that has files written, as crates for snapshots have it.
const UPDATE: &str = "UPDATE_EXPECT";

/// What was asked and answered, as text: for each exchange the messages that are new, and the answer. How an
/// answer was cut into pieces and the tokens that it took are not in it.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_llm::prelude::*;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ModelError> {
/// let model = FakeModel::answers(["four", "nine"]);
/// let ctx = Ctx::for_test().build();
/// let chat = Chat::system("You calculate.").user("2 * 2");
/// let answer = model.complete(&ctx, &chat).await?;
/// model.complete(&ctx, chat.assistant(answer).user("3 * 3")).await?;
/// assert_eq!(
///     model.transcript().to_string(),
///     "# 1\nsystem: You calculate.\nuser: 2 * 2\nanswer: four\n\n# 2\nuser: 3 * 3\nanswer: nine\n"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Transcript {
    exchanges: Vec<Exchange>,
}

impl Transcript {
    /// The text of these exchanges.
    pub fn of(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        Self {
            exchanges: exchanges.into_iter().collect(),
        }
    }

    /// Compares the text with a file. A relative path counts from the folder of the package, where `cargo
    /// test` runs tests. With `UPDATE_EXPECT=1` in the environment, the file is written instead.
    ///
    /// # Panics
    ///
    /// If the file has another text, or cannot be read or written. The message has both texts.
    #[track_caller]
    pub fn assert_golden(&self, path: impl AsRef<Path>) {
        let (path, text) = (path.as_ref(), self.to_string());
        if env::var_os(UPDATE).is_some_and(|update| update == "1") {
            let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
            if let Err(error) = folder.and_then(|()| fs::write(path, text)) {
                panic!("{}: {error}", path.display());
            }
            return;
        }
        let help = format!("run the test with {UPDATE}=1 to write it");
        let golden = match fs::read_to_string(path) {
            Ok(golden) => golden.replace("\r\n", "\n"),
            Err(error) => panic!("{}: {error}; {help}", path.display()),
        };
        assert!(
            golden == text,
            "the transcript is not as in {}; {help}\n--- expected\n{golden}--- is\n{text}",
            path.display(),
        );
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut known = Vec::new();
        for (at, exchange) in self.exchanges.iter().enumerate() {
            let gap = if at == 0 { "" } else { "\n" };
            let shape = exchange
                .request
                .schema
                .as_ref()
                .map(|schema| format!(": {}", schema.name));
            writeln!(f, "{gap}# {}{}", at + 1, shape.unwrap_or_default())?;
            let messages = &exchange.request.chat.messages;
            let is_known = messages.starts_with(&known);
            // Between the known messages and the new ones is the answer, which was shown.
            let mut new = messages[if is_known { known.len() } else { 0 }..]
                .iter()
                .peekable();
            if is_known && at > 0 {
                let answer = self.exchanges[at - 1].text();
                new.next_if(|message| message.content == answer);
            }
            for message in new {
                write_line(f, &message.role.to_string(), &message.content)?;
            }
            write_answer(f, exchange)?;
            known = messages.clone();
        }
        Ok(())
    }
}

fn write_answer(f: &mut fmt::Formatter<'_>, exchange: &Exchange) -> fmt::Result {
    let refusal: String = exchange.deltas.iter().filter_map(refusal).collect();
    let text = exchange.text();
    if !text.is_empty() {
        write_line(f, "answer", &text)?;
    }
    if !refusal.is_empty() {
        write_line(f, "refusal", &refusal)?;
    }
    let finish = exchange.deltas.iter().rev().find_map(|delta| match delta {
        Delta::Finish(finish) => Some(finish),
        _ => None,
    });
    match (&exchange.error, finish) {
        (Some(error), _) => write_line(f, "error", &error.to_string()),
        (None, Some(Finish::Stop)) => Ok(()),
        (None, Some(Finish::Length)) => writeln!(f, "cut by its length"),
        (None, Some(finish)) => writeln!(f, "ended by {finish:?}"),
        (None, None) => writeln!(f, "dropped before its end"),
    }
}

fn refusal(delta: &Delta) -> Option<&str> {
    match delta {
        Delta::Refusal(text) => Some(text),
        _ => None,
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, role: &str, text: &str) -> fmt::Result {
    writeln!(f, "{role}: {}", text.replace('\n', "\n  "))
}
