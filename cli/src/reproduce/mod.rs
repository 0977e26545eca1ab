//! `leftright reproduce`: the experiments, their verdicts, figures and raw rows, in one folder.

mod markdown;
mod rows;
mod svg;

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use leftright::experiment::{Experiment, Scale, Summary, Verdict};
use serde_json::json;

use super::{EngineArg, Failure, file, jobs, report};

#[derive(Args)]
pub struct ReproduceArgs {
    /// Fewer seeds and settings: ten minutes on two cores
    #[arg(long)]
    quick: bool,
    /// Only these experiments, by number, with commas between
    #[arg(long, value_delimiter = ',')]
    only: Vec<u32>,
    /// The folder that gets REPRODUCTION.md, figures/ and measurements/
    #[arg(long)]
    out: PathBuf,
    /// Which engine trains
    #[arg(long, value_enum, default_value = "auto")]
    engine: EngineArg,
}

/// One experiment as it came out.
pub struct Outcome {
    /// Which.
    pub experiment: &'static Experiment,
    /// Models trained.
    pub models: usize,
    /// Seconds it took.
    pub seconds: f64,
    /// What was found.
    pub summary: Summary,
    /// Its figures, relative to the folder.
    pub figures: Vec<String>,
}

fn chosen(only: &[u32]) -> Result<Vec<&'static Experiment>, Failure> {
    let all = Experiment::ALL;
    if let Some(id) = only.iter().find(|id| !all.iter().any(|e| e.id == **id)) {
        return Err(Failure::Usage(format!(
            "there is no experiment {id}; they are numbered 1 to {}",
            all.len()
        )));
    }
    Ok(all
        .into_iter()
        .filter(|e| only.is_empty() || only.contains(&e.id))
        .collect())
}

fn run(
    experiment: &'static Experiment,
    args: &ReproduceArgs,
    scale: Scale,
    quiet: bool,
) -> Result<Outcome, Failure> {
    let engine = jobs::resolve(args.engine.into());
    let jobs = (experiment.jobs)(scale);
    let bar = jobs::bar(
        jobs.iter().map(|job| u64::from(job.steps)).sum(),
        quiet,
        jobs::MANY,
    );
    bar.set_message(format!(
        "{}. {} ({} models)",
        experiment.id,
        experiment.title,
        jobs.len()
    ));
    let start = Instant::now();
    let measurements = jobs::train((0..).zip(jobs.iter().cloned()).collect(), engine, &|steps| {
        bar.inc(steps)
    })?;
    bar.finish_and_clear();
    let name = format!("{:02}-{}", experiment.id, experiment.name);
    file::write(
        &args.out.join(format!("measurements/{name}.csv")),
        &rows::csv(&jobs, &measurements)?,
    )?;
    let summary = experiment.summarise(&jobs, &measurements);
    let mut figures = Vec::new();
    for (i, chart) in summary.charts.iter().enumerate() {
        let figure = format!("figures/{name}-{}.svg", i + 1);
        file::write(&args.out.join(&figure), svg::draw(chart).as_bytes())?;
        figures.push(figure);
    }
    Ok(Outcome {
        experiment,
        models: jobs.len(),
        seconds: start.elapsed().as_secs_f64(),
        summary,
        figures,
    })
}

/// A verdict in words.
pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reproduced => "reproduced",
        Verdict::Partly => "partly",
        Verdict::Not => "not reproduced",
        Verdict::Open => "open",
    }
}

pub fn reproduce(args: &ReproduceArgs, json: bool) -> Result<(), Failure> {
    let experiments = chosen(&args.only)?;
    for folder in ["figures", "measurements"] {
        let path = args.out.join(folder);
        std::fs::create_dir_all(&path).map_err(|error| Failure::File { path, error })?;
    }
    let scale = if args.quick { Scale::Quick } else { Scale::Full };
    let mut outcomes = Vec::new();
    for experiment in experiments {
        let outcome = run(experiment, args, scale, json)?;
        if !json {
            let verdict = word(outcome.summary.verdict);
            report::note(&format!(
                "{:>2}. {}: {verdict} ({:.0} s)",
                experiment.id, experiment.title, outcome.seconds
            ));
        }
        outcomes.push(outcome);
        // After each, so that what is done is there whatever happens to the rest.
        file::write(
            &args.out.join("REPRODUCTION.md"),
            markdown::report(&outcomes, scale).as_bytes(),
        )?;
    }
    let found = |o: &Outcome| json!({ "id": o.experiment.id, "name": o.experiment.name, "verdict": o.summary.verdict, "conditions": o.summary.conditions, "finding": o.summary.finding });
    let written = format!("wrote {}", args.out.join("REPRODUCTION.md").display());
    report::line(
        json,
        &json!(outcomes.iter().map(found).collect::<Vec<_>>()),
        &written,
    )
}
