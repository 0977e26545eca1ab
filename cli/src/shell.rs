//! What a shell and its user want of a program: its version, completions, and the manual.

use std::fs;
use std::io::Write;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_markdown::MarkdownOptions;

use crate::{Cli, Failure, file};

/// The version, with the commit and the features that it was built with.
pub const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit: ",
    env!("LEFTRIGHT_COMMIT"),
    "\nengines: CPU, GPU (wgpu)\nbuilt for: ",
    env!("LEFTRIGHT_TARGET"),
);

/// Prints the script.
pub fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "leftright", &mut script);
    Ok(std::io::stdout().write_all(&script)?)
}

/// Writes `leftright.1` and a page for every command; as Markdown, one file of them all.
pub fn manual(out: &Path, markdown: bool) -> Result<(), Failure> {
    let failed = |error| Failure::file(out, error);
    if markdown {
        let options = MarkdownOptions::new()
            .title("Commands".to_owned())
            .show_footer(false);
        // The settings have a page of their own.
        let command = Cli::command().mut_subcommands(|command| match command.get_name() {
            "train" => command.mut_arg("settings", |set| set.long_help(None)),
            _ => command,
        });
        let text = clap_markdown::help_markdown_command_custom(&command, &options);
        return file::write(out, text.as_bytes());
    }
    fs::create_dir_all(out).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), out).map_err(failed)
}
