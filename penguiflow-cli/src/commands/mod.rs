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

use crate::args::{Args, Change, Command, Place};
use crate::text;

pub(crate) fn run(args: &Args) -> Result<String> {
    let place = || args.place();
    match &args.command {
        Command::Traces(args) => traces::run(&place()?, args),
        Command::Show(args) => show::run(&place()?, args),
        Command::Waiting(args) => waiting::run(&place()?, args),
        Command::Resume(args) => resume::run(&place()?, args),
        Command::Dead(args) => dead::run(&place()?, args),
        Command::Retry(args) => {
            let input = args.input.as_deref().map(json_argument::read).transpose()?;
            ask(&place()?, &args.change, Request::Retry { input })
        }
        Command::Drop(args) => ask(&place()?, args, Request::Drop),
        Command::Cancel(args) => ask(&place()?, args, Request::Cancel),
        Command::Schedules(output) => schedules::run(&place()?, output),
        Command::Backup(args) => backup::run(&place()?, args),
        Command::Top(args) => top::run(&place()?, args),
        Command::Draw(args) => draw::run(args),
        Command::Completions { shell } => Ok(shell::completions(*shell)),
        Command::Man => shell::manual(),
    }
}

fn ask(place: &Place, args: &Change, request: Request) -> Result<String> {
    let asked = change::run(place, &args.target, |_, _| Ok(request))?;
    match args.output.json {
        true => text::json(&asked),
        false => Ok(asked.sentence),
    }
}
