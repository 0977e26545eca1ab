//! `leftright reproduce`: the experiments, their verdicts, figures and raw rows, in one folder. The models
//! are trained in parts, as a sweep's are; report and summary are made of the files of whole experiments, so
//! that a run in one go and one in many write the same.

mod dictionary;
mod first_page;
mod folder;
mod markdown;
mod plan;
mod summary;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use leftright::config::ValidConfig;
use leftright::experiment::{
    Experiment, Group, Job, Measurement, POPULATION, Scale, Summary, Verdict, groups,
};
use leftright::sweep::{Part, Shard, resolve};
use leftright::training::EngineRequest;
use serde_json::json;

use super::bar::Progress;
use super::estimate::{self, Estimate};
use super::work::{Work, WorkArgs, counted};
use super::{Failure, file, report, svg};
use folder::Folder;
use plan::Plan;

#[derive(Args)]
pub struct ReproduceArgs {
    /// Fewer seeds and settings: minutes on two cores
    #[arg(long)]
    quick: bool,
    /// Only these experiments, by number, with commas between
    #[arg(long, value_delimiter = ',')]
    only: Vec<u32>,
    /// The folder that gets REPRODUCTION.md, figures/ and measurements/
    #[arg(long, required_unless_present = "plan")]
    out: Option<PathBuf>,
    /// One of N independent shares of the models, from 1: K/N; the last to end writes the report
    #[arg(long, value_name = "K/N", default_value = "1/1")]
    shard: Shard,
    /// Go on where an earlier run of the same version and scale stopped
    #[arg(long)]
    resume: bool,
    /// Which engine trains
    #[arg(long, default_value = "auto", value_parser = super::engine())]
    engine: EngineRequest,
    #[command(flatten)]
    work: WorkArgs,
}

/// One experiment as it came out.
pub struct Outcome {
    /// Which.
    pub experiment: &'static Experiment,
    /// The name of its files.
    pub name: String,
    /// Models trained.
    pub models: usize,
    /// Steps of all of them together.
    pub steps: u64,
    /// What was found.
    pub summary: Summary,
    /// The numbers of models that differ only in their seed.
    pub groups: Vec<Group>,
}

impl Outcome {
    /// An experiment's, where all of its measurements are there.
    fn of(plan: &Plan, folder: &Folder) -> Result<Option<Outcome>, Failure> {
        let Some(measurements) = folder.measurements(plan)? else {
            return Ok(None);
        };
        Ok(Some(Outcome {
            experiment: plan.experiment,
            name: plan.name(),
            models: plan.jobs.len(),
            steps: trained(&measurements),
            summary: plan.experiment.summarise(&plan.jobs, &measurements),
            groups: groups(&plan.jobs, &measurements),
        }))
    }

    /// The files of its figures, relative to the folder.
    pub fn figures(&self) -> impl Iterator<Item = String> {
        (1..=self.summary.charts.len()).map(|i| format!("figures/{}-{i}.svg", self.name))
    }
}

/// Steps of some jobs together: the fewest and the most.
fn steps<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> [u64; 2] {
    jobs.into_iter().fold([0, 0], |[least, most], job| {
        let [fewest, steps] = job.length().map(u64::from);
        [least + fewest, most + steps]
    })
}

/// Steps that models were trained for, which is until their last measurement.
fn trained(measurements: &[Measurement]) -> u64 {
    let last: BTreeMap<u32, u32> = measurements.iter().map(|m| (m.job, m.step)).collect();
    last.into_values().map(u64::from).sum()
}

/// Refuses a number that no experiment has.
fn check(only: &[u32]) -> Result<(), Failure> {
    let all = Experiment::ALL;
    match only.iter().find(|id| !all.iter().any(|e| e.id == **id)) {
        Some(id) => Err(Failure::Usage(format!(
            "there is no experiment {id}; they are numbered 1 to {}",
            all.len()
        ))),
        None => Ok(()),
    }
}

/// What this run has to train: its share of the parts that are not there.
struct Left<'a>(Vec<(&'a Plan, Vec<Part>)>);

impl<'a> Left<'a> {
    /// An experiment's parts have the same places among those of all experiments whichever are asked for, so
    /// that shards that were asked for different ones train none twice.
    fn new(plans: &'a [Plan], args: &ReproduceArgs, folder: Option<&Folder>) -> Result<Left<'a>, Failure> {
        let (mut first, mut left) = (0, Vec::new());
        for plan in plans {
            if args.asks(plan) {
                let mut missing = folder.map_or(Ok(plan.parts()), |folder| folder.missing(plan))?;
                missing.retain(|part| args.shard.has(first + part.place));
                left.push((plan, missing));
            }
            first += plan.parts().len();
        }
        Ok(Left(left))
    }

    fn jobs(&self) -> impl Iterator<Item = &'a Job> {
        self.0
            .iter()
            .flat_map(|(plan, parts)| parts.iter().flat_map(|part| plan.of(part)))
    }

    fn models(&self) -> u64 {
        self.0.iter().map(|(_, parts)| Part::count(parts)).sum()
    }

    /// Seconds that all of it takes, one experiment after the other: at least and at most.
    fn seconds(&self, engine: EngineRequest) -> Result<[f64; 2], Failure> {
        let estimate = Estimate::new(self.jobs(), engine)?;
        let one = |(plan, parts): &(&Plan, Vec<Part>)| {
            estimate.seconds(parts.iter().flat_map(|part| plan.of(part)))
        };
        let sum = |[a, b]: [f64; 2], [c, d]: [f64; 2]| [a + c, b + d];
        Ok(self.0.iter().map(one).fold([0.0; 2], sum))
    }
}

impl ReproduceArgs {
    fn asks(&self, plan: &Plan) -> bool {
        self.only.is_empty() || self.only.contains(&plan.experiment.id)
    }
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
    check(&args.only)?;
    let scale = if args.quick { Scale::Quick } else { Scale::Full };
    let engine = resolve(args.engine, &vec![ValidConfig::default(); POPULATION]);
    let plans = Experiment::ALL
        .into_iter()
        .map(|experiment| Plan::new(experiment, scale, engine))
        .collect::<Result<Vec<_>, _>>()?;
    let folder = args.out.clone().map(|out| Folder { out });
    let left = Left::new(&plans, args, folder.as_ref())?;
    let configs: Vec<_> = left.jobs().map(|job| job.config.clone()).collect();
    let work = Work::new(&configs, steps(left.jobs()), engine);
    work.check(&args.work)?;
    if !json && left.models() > 0 {
        report::note("timing a few steps of each kind of model");
    }
    if args.work.plan {
        return work.tell(Some(left.seconds(engine)?), json);
    }
    let folder = folder.ok_or_else(|| Failure::Usage("give --out".to_owned()))?;
    if !args.resume && args.shard.count == 1 && folder.begun(&plans)? {
        return Err(Failure::Usage(format!(
            "{} holds measurements already; --resume goes on with them",
            folder.out.display()
        )));
    }
    folder.make()?;
    if !json && left.models() > 0 {
        let time = estimate::about(left.seconds(engine)?);
        report::note(&format!("{}, {time} {}", counted(left.models()), on(engine)));
    }
    for (plan, parts) in &left.0 {
        let start = Instant::now();
        if !parts.is_empty() {
            train(plan, parts, &folder, engine, json)?;
        }
        if let (Some(outcome), false) = (Outcome::of(plan, &folder)?, json) {
            let how = match parts.is_empty() {
                true => "there before".to_owned(),
                false => format!("{:.0} s", start.elapsed().as_secs_f64()),
            };
            let verdict = word(outcome.summary.verdict);
            let Experiment { id, title, .. } = plan.experiment;
            report::note(&format!("{id:>2}. {title}: {verdict} ({how})"));
        }
    }
    conclude(args, &plans, scale, &folder, left.models(), json)
}

fn on(engine: EngineRequest) -> String {
    match (engine, rayon::current_num_threads()) {
        (EngineRequest::Gpu, _) => "on the GPU".to_owned(),
        (_, 1) => "on one thread".to_owned(),
        (_, threads) => format!("on {threads} threads"),
    }
}

/// Trains some parts of an experiment.
fn train(
    plan: &Plan,
    parts: &[Part],
    folder: &Folder,
    engine: EngineRequest,
    quiet: bool,
) -> Result<(), Failure> {
    let [_, all] = steps(parts.iter().flat_map(|part| plan.of(part)));
    let title = format!("{}. {}: ", plan.experiment.id, plan.experiment.title);
    let progress = Progress::of_models(title, Part::count(parts), all, quiet);
    let trained: Result<(), Failure> = Part::train(
        parts,
        engine,
        |model| plan.jobs[model as usize].clone(),
        |part, measurements| {
            folder.keep(plan, part, measurements)?;
            progress.add_models(part.models.len() as u64);
            Ok(())
        },
        &|steps| {
            progress.add(steps);
            Ok(())
        },
    );
    progress.end();
    trained
}

/// Writes the report of every experiment that the folder holds, if those that were asked for are whole.
fn conclude(
    args: &ReproduceArgs,
    plans: &[Plan],
    scale: Scale,
    folder: &Folder,
    trained: u64,
    json: bool,
) -> Result<(), Failure> {
    let (mut outcomes, mut awaited) = (Vec::new(), Vec::new());
    for plan in plans {
        match Outcome::of(plan, folder)? {
            Some(outcome) => outcomes.push(outcome),
            None if args.asks(plan) => awaited.push(plan.experiment.id),
            None => {}
        }
    }
    let text = if awaited.is_empty() {
        write(&outcomes, plans, scale, folder)?;
        format!("wrote {}", folder.out.join("REPRODUCTION.md").display())
    } else {
        let ids: Vec<String> = awaited.iter().map(u32::to_string).collect();
        format!(
            "{} trained; the report waits for other shards' parts of experiments {}",
            counted(trained),
            ids.join(", ")
        )
    };
    let found = |o: &Outcome| json!({ "id": o.experiment.id, "name": o.experiment.name, "verdict": o.summary.verdict, "conditions": o.summary.conditions, "finding": o.summary.finding });
    report::line(
        json,
        &json!({
            "trained": trained,
            "awaited": awaited,
            "experiments": outcomes.iter().map(found).collect::<Vec<_>>(),
        }),
        &text,
    )
}

/// Writes everything that is made of the measurements.
fn write(outcomes: &[Outcome], plans: &[Plan], scale: Scale, folder: &Folder) -> Result<(), Failure> {
    folder.tidy();
    let put = |name: &str, text: &str| file::write(&folder.out.join(name), text.as_bytes());
    for outcome in outcomes {
        for (figure, chart) in outcome.figures().zip(&outcome.summary.charts) {
            put(&figure, &svg::draw(chart))?;
        }
        put(
            &format!("figures/{}.json", outcome.name),
            &summary::charts(outcome),
        )?;
    }
    put("measurements/README.md", &dictionary::dictionary(plans))?;
    put("measurements/summary.json", &summary::summary(outcomes, scale))?;
    put("REPRODUCTION.md", &markdown::report(outcomes, scale))
}
