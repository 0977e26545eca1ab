//! The command line: train, evaluate, ablate, decompose, export, plot, sweep, reproduce. Thin; `--json` prints
//! one JSON object and nothing else. Here are the arguments and their dispatch; the printing of single answers
//! is in `report`.

mod bar;
mod estimate;
mod export;
mod file;
mod plot;
mod report;
mod reproduce;
mod rounded;
mod rows;
mod shell;
mod svg;
mod sweep;
mod table;
mod train;
mod work;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use leftright::analysis::{Ablation, AnalysisError, Evaluator, Scene, Tower};
use leftright::checkpoint::{self, CheckpointError};
use leftright::config::{ConfigError, ValidConfig};
use leftright::experiment::TrainerError;
use leftright::model::{Snapshot, UnknownTerm};
use leftright::sweep::SweepError;
use leftright::task::Split;
use leftright::training::{EngineRequest, RunError};

/// Trains a tiny CLIP on ten-pixel strips and cuts the one attention term that tells left from right.
#[derive(Parser)]
#[command(name = "leftright", version, long_version = shell::version())]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Print a command's answer as one JSON object and nothing else; completions, manual and --version stay as they
    /// are
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Train a model and write its checkpoint
    Train(train::TrainArgs),
    /// Train and measure a grid of settings, a row per model and measurement, in Parquet or CSV
    Sweep(sweep::SweepArgs),
    /// Run the paper's experiments and write REPRODUCTION.md with its figures, numbers and raw rows
    Reproduce(reproduce::ReproduceArgs),
    /// The accuracies of a checkpoint on every split
    Evaluate {
        /// A safetensors checkpoint
        file: PathBuf,
    },
    /// The accuracies of a checkpoint with terms scaled
    #[command(allow_negative_numbers = true)]
    Ablate(AblateArgs),
    /// The nine terms of a layer's CLS row on a strip, or of its EOT row on a caption
    Decompose {
        /// A safetensors checkpoint
        file: PathBuf,
        #[command(flatten)]
        scene: SceneArgs,
        /// The layer, from 1
        #[arg(long, default_value_t = 1)]
        layer: u32,
    },
    /// Write what a checkpoint computes of strips, as arrays for NumPy or as rows
    Export(export::ExportArgs),
    /// Draw one of the report's pictures of a checkpoint, as SVG
    Plot(plot::PlotArgs),
    /// Print what makes a shell complete this program's arguments
    Completions {
        /// Whose
        shell: clap_complete::Shell,
    },
    /// Write the manual, a page per command
    Manual {
        /// The folder for the pages; with --markdown, the file
        #[arg(long)]
        out: PathBuf,
        /// All of it as Markdown, in one file
        #[arg(long)]
        markdown: bool,
    },
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct SceneArgs {
    /// Pixels, 0 background: "0 0 16 0 0 0 0 17 0 0"
    #[arg(long)]
    strip: Option<String>,
    /// Labels in the order they are named: "16 17"
    #[arg(long)]
    caption: Option<String>,
}

#[derive(Args)]
struct AblateArgs {
    /// A safetensors checkpoint
    file: PathBuf,
    /// Of EE EP EB PE PP PB BE BP BB VP, with commas between
    #[arg(long, value_delimiter = ',', required = true)]
    terms: Vec<String>,
    /// 0 removes, 1 leaves, -1 reverses; from -1 to 2
    #[arg(long, default_value_t = 0.0)]
    strength: f64,
    /// Heads from 0, with commas between; all if not given
    #[arg(long, value_delimiter = ',')]
    heads: Option<Vec<u32>>,
    /// The layer whose terms are scaled, from 1
    #[arg(long, default_value_t = 1)]
    layer: u32,
    /// The tower whose terms are scaled
    #[arg(long, default_value = "vision", value_parser = named(Tower::ALL, Tower::name))]
    tower: Tower,
    /// One split; all if not given
    #[arg(long, value_parser = split())]
    split: Option<Split>,
}

/// One of the crate's enum, by its name.
fn named<T: Copy + Send + Sync + 'static>(
    all: impl IntoIterator<Item = T>,
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let all: Vec<T> = all.into_iter().collect();
    let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
    PossibleValuesParser::new(names).map(move |given| {
        let one = all.iter().find(|one| name(**one) == given);
        *one.expect("clap has checked the name")
    })
}

/// The splits by name.
fn split() -> impl TypedValueParser<Value = Split> {
    named(Split::ALL, Split::name)
}

/// The engines by name.
fn engine() -> impl TypedValueParser<Value = EngineRequest> {
    named(EngineRequest::ALL, EngineRequest::name)
}

/// Whatever ends a command early.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{path}: {error}")]
    File { path: PathBuf, error: std::io::Error },
    #[error("{path}: {error}")]
    Checkpoint { path: PathBuf, error: CheckpointError },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Trainer(#[from] TrainerError),
    #[error(transparent)]
    Sweep(#[from] SweepError),
    #[error("{0}")]
    Usage(String),
    #[error("stopped at step {step}; go on with: {how}")]
    Interrupted { step: u32, how: String },
    #[error("{0}")]
    Diverged(String),
    #[error("cannot write the answer: {0}")]
    Output(#[from] std::io::Error),
    #[error("cannot write the answer as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Failure {
    fn file(path: &Path, error: std::io::Error) -> Failure {
        Failure::File {
            path: path.to_owned(),
            error,
        }
    }
}

/// Has Mesa's Vulkan not ask Wayland which GPU the desktop shows: where there is no desktop it says on stderr
/// that `XDG_RUNTIME_DIR` is invalid, once for every question.
#[cfg(target_os = "linux")]
fn ask_no_desktop() {
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: no other thread runs yet that could read the environment.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    ask_no_desktop();
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader closed the pipe (`| head`): it has what it wanted.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        // As a shell has it of a program that Ctrl-C ends.
        Err(stopped @ Failure::Interrupted { .. }) => {
            report::note(&stopped.to_string());
            ExitCode::from(130)
        }
        Err(error) => {
            report::note(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Train(args) => train::train(&args, cli.json),
        Command::Sweep(args) => sweep::sweep(&args, cli.json),
        Command::Reproduce(args) => reproduce::reproduce(&args, cli.json),
        Command::Evaluate { file } => {
            let (config, snapshot) = open(&file)?;
            let accuracies = Evaluator::new(&config).accuracies(&snapshot.params, &[])?;
            report::accuracies(&accuracies, &Split::ALL, cli.json)
        }
        Command::Ablate(args) => {
            let (config, snapshot) = open(&args.file)?;
            let terms = args
                .terms
                .iter()
                .map(|term| term.parse())
                .collect::<Result<_, UnknownTerm>>()
                .map_err(AnalysisError::from)?;
            let ablation = Ablation {
                tower: args.tower,
                layer: args.layer,
                terms,
                strength: args.strength,
                heads: args.heads,
            };
            let splits = args.split.map_or(Split::ALL.to_vec(), |split| vec![split]);
            let accuracies = Evaluator::new(&config).accuracies(&snapshot.params, &[ablation])?;
            report::accuracies(&accuracies, &splits, cli.json)
        }
        Command::Decompose {
            file,
            scene: SceneArgs { strip, caption },
            layer,
        } => {
            let (config, snapshot) = open(&file)?;
            let strip = strip.map(|strip| numbers("strip", &strip).map(Scene::Strip));
            let caption = caption.map(|caption| numbers("caption", &caption).map(Scene::Caption));
            let scene = strip.or(caption).expect("clap requires one of the two")?;
            report::decomposition(
                &Evaluator::new(&config).decompose(&snapshot.params, &scene, layer, &[])?,
                cli.json,
            )
        }
        Command::Export(args) => export::export(&args, cli.json),
        Command::Plot(args) => plot::plot(&args, cli.json),
        Command::Completions { shell } => shell::completions(shell),
        Command::Manual { out, markdown } => shell::manual(&out, markdown),
    }
}

fn open(path: &Path) -> Result<(ValidConfig, Snapshot), Failure> {
    let bytes = file::read(path, "a checkpoint", checkpoint::MAX_BYTES)?;
    checkpoint::load(&bytes).map_err(|error| Failure::Checkpoint {
        path: path.to_owned(),
        error,
    })
}

fn numbers(what: &str, text: &str) -> Result<Vec<u32>, Failure> {
    let parse = |word: &str| {
        word.parse()
            .map_err(|_| Failure::Usage(format!("the {what} has \"{word}\", but must hold whole numbers")))
    };
    text.split([' ', ','])
        .filter(|word| !word.is_empty())
        .map(parse)
        .collect()
}
