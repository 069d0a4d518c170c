//! The commands, each of which makes the text that is printed.

mod backup;
mod change;
mod dead;
mod draw;
mod json_argument;
mod resume;
mod schedules;
mod shell;
mod show;
mod time_line;
mod top;
mod traces;
mod waiting;

use anyhow::Result;
use penguiflow_sqlite::admin::Request;

use crate::args::Command;

pub(crate) fn run(command: Command) -> Result<String> {
    match command {
        Command::Traces(args) => traces::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Waiting(args) => waiting::run(&args),
        Command::Resume(args) => resume::run(&args),
        Command::Dead(args) => dead::run(&args),
        Command::Retry(args) => {
            let input = args.input.as_deref().map(json_argument::read).transpose()?;
            change::run(&args.change, |_, _| Ok(Request::Retry { input }))
        }
        Command::Drop(args) => change::run(&args, |_, _| Ok(Request::Drop)),
        Command::Cancel(args) => change::run(&args, |_, _| Ok(Request::Cancel)),
        Command::Schedules(args) => schedules::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Top(args) => top::run(&args),
        Command::Draw(args) => draw::run(&args),
        Command::Completions { shell } => Ok(shell::completions(shell)),
        Command::Man => shell::manual(),
    }
}
