//! What a shell and its user want of a program: its version, completions, and the manual.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::LazyLock;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_markdown::MarkdownOptions;
use leftright::training::EngineKind;

use crate::{Cli, Failure, file};

/// The key under which a file says of which commit the program was that wrote it.
pub const COMMIT: &str = "commit";

/// That key and the commit, where the program was built in its repository.
pub fn commit() -> Option<(String, String)> {
    option_env!("LEFTRIGHT_COMMIT").map(|commit| (COMMIT.to_owned(), commit.to_owned()))
}

/// The version, with the commit and the engines that it was built with.
pub fn version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let engines: Vec<&str> = EngineKind::BUILT.iter().map(|engine| engine.name()).collect();
        format!(
            "{}\n{COMMIT}: {}\nengines: {}\nbuilt for: {}",
            env!("CARGO_PKG_VERSION"),
            option_env!("LEFTRIGHT_COMMIT").unwrap_or("none, built outside its repository"),
            engines.join(", "),
            env!("LEFTRIGHT_TARGET"),
        )
    });
    &TEXT
}

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
