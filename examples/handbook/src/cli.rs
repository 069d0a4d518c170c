//! What the command lines of the examples share: arguments, printing and exit codes.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::{Arg, Parser};

/// What the user wants to know.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// The words of the command line.
    pub question: String,
    /// The folder to search: the project's own documentation unless `--folder` is given.
    pub folder: PathBuf,
}

/// Why the command line cannot be understood.
#[derive(Debug, thiserror::Error)]
enum UsageError {
    #[error(transparent)]
    Argument(#[from] lexopt::Error),
    #[error("the question is empty")]
    EmptyQuestion,
    #[error("`--folder` is given twice")]
    TwoFolders,
}

/// Reads the program's own command line. Without a question on it, the one given here is
/// asked.
///
/// # Errors
///
/// The code to exit with, if there is nothing to ask: the help or the fault of the command line was
/// printed.
pub fn read(usage: &str, question: &str) -> Result<Request, ExitCode> {
    read_with(usage, question, |_| false)
}

/// As [`read`], for a program with flags of its own: `flag` takes the name of each flag that is not
/// known here, and returns whether it is valid.
///
/// # Errors
///
/// As [`read`].
pub fn read_with(
    usage: &str,
    question: &str,
    flag: impl FnMut(&str) -> bool,
) -> Result<Request, ExitCode> {
    match parse(env::args_os().skip(1), question, flag) {
        Ok(Some(request)) => Ok(request),
        Ok(None) => {
            say(usage);
            Err(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{usage}");
            Err(ExitCode::from(2))
        }
    }
}

/// Prints a line. A reader that is gone, as after `| head`, is not an error.
pub fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// The code to exit with. Prints the error that a program ended in.
pub fn exit_code<E: Display>(ended: Result<(), E>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The tasks on the program's own command line, or else these; `-` stands for the lines of
/// standard input. `None` asks for help.
///
/// # Errors
///
/// If an argument is not a task, or standard input cannot be read.
pub fn tasks(default: &[&str]) -> Result<Option<Vec<String>>, Box<dyn Error>> {
    let mut tasks: Option<Vec<String>> = None;
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Value(dash) if dash == "-" => {
                let lines = io::stdin().lines().collect::<Result<Vec<_>, _>>()?;
                tasks.get_or_insert_default().extend(lines);
            }
            Arg::Value(task) => {
                let task = task.into_string().map_err(lexopt::Error::from)?;
                tasks.get_or_insert_default().push(task);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let default = || default.iter().copied().map(str::to_owned).collect();
    Ok(Some(tasks.unwrap_or_else(default)))
}

/// `None` asks for help.
fn parse(
    arguments: impl IntoIterator<Item = OsString, IntoIter: 'static>,
    default: &str,
    mut flag: impl FnMut(&str) -> bool,
) -> Result<Option<Request>, UsageError> {
    let mut parser = Parser::from_args(arguments);
    let mut words: Vec<String> = Vec::new();
    let mut folder = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("folder") if folder.is_some() => return Err(UsageError::TwoFolders),
            Arg::Long(name) if flag(name) => {}
            Arg::Long("folder") => folder = Some(parser.value()?.into()),
            Arg::Value(word) => words.push(word.into_string().map_err(lexopt::Error::from)?),
            other => return Err(other.unexpected().into()),
        }
    }
    let question = match words.is_empty() {
        true => default.to_owned(),
        false => words.join(" "),
    };
    if question.trim().is_empty() {
        return Err(UsageError::EmptyQuestion);
    }
    let folder = folder.unwrap_or_else(documentation);
    Ok(Some(Request { question, folder }))
}

/// The folder that this workspace was built from.
pub fn documentation() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&'static str]) -> Result<Option<Request>, String> {
        let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
        parse(arguments, "a default?", |name| name == "flag").map_err(|error| error.to_string())
    }

    fn request(question: &str, folder: impl Into<PathBuf>) -> Result<Option<Request>, String> {
        Ok(Some(Request {
            question: question.to_owned(),
            folder: folder.into(),
        }))
    }

    #[test]
    fn a_question_may_be_one_argument_or_several() {
        assert_eq!(parsed(&["why me?"]), request("why me?", documentation()));
        assert_eq!(parsed(&["why", "me?"]), request("why me?", documentation()));
        assert_eq!(parsed(&[]), request("a default?", documentation()));
        assert_eq!(
            parsed(&["--", "--why?"]),
            request("--why?", documentation())
        );
    }

    #[test]
    fn the_folder_may_stand_anywhere() {
        assert_eq!(parsed(&["--folder", "x", "why?"]), request("why?", "x"));
        assert_eq!(parsed(&["why?", "--folder=x"]), request("why?", "x"));
    }

    #[test]
    fn a_flag_of_the_programs_own_may_stand_anywhere() {
        assert_eq!(
            parsed(&["--flag", "why?"]),
            request("why?", documentation())
        );
        assert_eq!(
            parsed(&["--flag=x", "why?"]),
            Err("unexpected argument for option '--flag': \"x\"".to_owned())
        );
    }

    #[test]
    fn help_is_asked_for_by_two_names() {
        assert_eq!(parsed(&["--help"]), Ok(None));
        assert_eq!(parsed(&["why?", "-h"]), Ok(None));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |arguments| parsed(arguments).expect_err("the arguments are wrong");
        assert_eq!(error(&["--fodler", "x"]), "invalid option '--fodler'");
        assert_eq!(
            error(&["--folder"]),
            "missing argument for option '--folder'"
        );
        assert_eq!(
            error(&["--folder=a", "--folder=b"]),
            "`--folder` is given twice"
        );
        assert_eq!(error(&[" "]), "the question is empty");
    }
}
