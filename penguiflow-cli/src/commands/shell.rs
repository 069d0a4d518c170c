//! `penguiflow completions` and `penguiflow man`

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Args;

pub(super) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "penguiflow", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// One page: the commands follow the overview, each with its own options.
pub(super) fn manual() -> Result<String> {
    let mut command = Args::command();
    command.build();
    let mut page = Vec::new();
    let man = Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        page.extend(format!(".SH \"penguiflow {}\"\n", sub.get_name()).bytes());
        page.extend(section(sub)?.bytes());
    }
    Ok(String::from_utf8(page)?)
}

/// A command's description and options, with headings of the second order.
fn section(command: &clap::Command) -> Result<String> {
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render_description_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_options_section(&mut text)?;
    Ok(String::from_utf8(text)?.replace(".SH ", ".SS "))
}
