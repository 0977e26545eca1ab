//! Jobs in training, as one population of the GPU or one model of the CPU; callers spread populations over
//! threads or Web Workers.

use std::collections::HashMap;

use super::{Job, Measure, Measurement, Metric, Values};
use crate::analysis::{AnalysisError, Evaluator};
use crate::config::{Population, PopulationError, ValidConfig};
use crate::engine::{Engine, EngineError};
use crate::model::{ParamTable, Snapshot};
use crate::task::Split;
use crate::training::{EngineInfo, EngineRequest, open};

/// Why jobs cannot be trained together, or not on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainerError {
    /// There is no job, or their models differ in shape.
    #[error(transparent)]
    Population(#[from] PopulationError),
    /// No engine, or it was lost.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A measurement was refused.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The models of a population train for the same number of steps, measured at the same steps, and end by
    /// the same rule.
    #[error("the jobs of a population must have the same steps")]
    Steps,
}

/// Jobs with models of one shape and the same steps, in training together. Those that train until a plateau are
/// measured to their own ends, and trained until the last is at its.
#[derive(Debug)]
pub struct Trainer {
    /// At least one.
    jobs: Vec<(u32, Job)>,
    /// What was measured of each model that is looked at for a plateau.
    runs: Vec<Vec<Measurement>>,
    /// Whether each is at its end, and measured there.
    ended: Vec<bool>,
    steps: u32,
    engine: Engine,
    info: EngineInfo,
    evaluators: Vec<Evaluator>,
    step: u32,
    losses: Vec<f32>,
    measuring: Option<Measuring>,
}

/// Measurements under way.
#[derive(Debug)]
struct Measuring {
    /// Every model's parameters `[P, len]`.
    params: Vec<f32>,
    /// The model that is next.
    model: usize,
    /// Which of its measures is next.
    measure: usize,
    /// What was measured of it.
    values: Values,
    /// Whether it trains until a plateau and is at its end.
    last: bool,
}

impl Measuring {
    fn new(params: Vec<f32>, model: usize) -> Measuring {
        Measuring {
            params,
            model,
            measure: 0,
            values: Values::default(),
            last: false,
        }
    }
}

impl Trainer {
    /// The engine of numbered jobs; a job's measurements carry its number.
    ///
    /// # Errors
    /// Where the jobs are not a population of the same steps, or no engine starts.
    pub async fn open(jobs: Vec<(u32, Job)>, request: EngineRequest) -> Result<Trainer, TrainerError> {
        let population = Population::new(jobs.iter().map(|(_, job)| job.config.clone()).collect())?;
        let (_, first) = jobs.first().expect("a population has at least one model");
        let steps = first.steps;
        if jobs.iter().any(|(_, job)| job.course() != first.course()) {
            return Err(TrainerError::Steps);
        }
        let (engine, info) = open(&population, &Snapshot::initial(&population), request).await?;
        let evaluators = population.iter().map(Evaluator::new).collect();
        Ok(Trainer {
            runs: vec![Vec::new(); jobs.len()],
            ended: vec![false; jobs.len()],
            jobs,
            steps,
            engine,
            info,
            evaluators,
            step: 0,
            losses: Vec::new(),
            measuring: None,
        })
    }

    /// The engine and why.
    pub fn info(&self) -> &EngineInfo {
        &self.info
    }

    /// Steps done, and to do at most.
    pub fn progress(&self) -> (u32, u32) {
        (self.step, self.steps)
    }

    /// Whether all is trained and measured.
    pub fn ended(&self) -> bool {
        self.measuring.is_none() && self.ended.iter().all(|ended| *ended)
    }

    /// Trains at most `steps` steps, never past a measurement; or, where one is due, takes one measure of one
    /// model, and gives the model's measurement with its last. A model that has diverged, be it only in what
    /// a measure computes of its weights, has NaN for its loss and no number that is measured after that.
    ///
    /// # Errors
    /// Where the engine is lost or a measurement is refused.
    pub async fn advance(&mut self, steps: u32) -> Result<Option<Measurement>, TrainerError> {
        if let Some(measuring) = self.measuring.take() {
            return self.measure(measuring);
        }
        let next = self.jobs[0].1.next_measurement(self.step);
        let count = steps.min(next - self.step);
        let losses = self.engine.train(count).await?;
        self.losses = losses[losses.len().saturating_sub(self.jobs.len())..].to_vec();
        self.step += count;
        if self.step == next {
            let params = self.engine.snapshot().await?.params;
            self.measuring = self.left(0).map(|model| Measuring::new(params, model));
        }
        Ok(None)
    }

    /// The first model from a place on that is not at its end.
    fn left(&self, from: usize) -> Option<usize> {
        (from..self.jobs.len()).find(|model| !self.ended[*model])
    }

    /// The measure that is due.
    fn due(&self, at: &Measuring) -> Option<Measure> {
        let job = &self.jobs[at.model].1;
        if !job.plateau {
            return job.measures.get(at.measure).cloned();
        }
        match at.measure.checked_sub(1) {
            None => Some(Measure::Accuracies(vec![Split::Seen, Split::Unseen])),
            Some(place) => job.measures.get(place).filter(|_| at.last).cloned(),
        }
    }

    /// Whether a model that trains until a plateau ends here, as the accuracies say.
    fn ends(&self, at: &Measuring) -> bool {
        let here = self.measurement(at, true);
        let run: Vec<&Measurement> = self.runs[at.model].iter().chain([&here]).collect();
        self.jobs[at.model].1.ended(&run)
    }

    fn measurement(&self, at: &Measuring, finite: bool) -> Measurement {
        let loss = self.losses.get(at.model).copied().filter(|_| finite);
        let mut values = at.values.clone();
        values.insert(Metric::Loss, loss.map_or(f64::NAN, f64::from));
        Measurement {
            job: self.jobs[at.model].0,
            step: self.step,
            values,
        }
    }

    fn measure(&mut self, mut at: Measuring) -> Result<Option<Measurement>, TrainerError> {
        let len = at.params.len() / self.jobs.len();
        let params = &at.params[at.model * len..][..len];
        let mut finite = params.iter().all(|x| x.is_finite());
        if let Some(measure) = self.due(&at).filter(|_| finite) {
            match measure.take(&self.evaluators[at.model], params, &mut at.values) {
                Ok(()) => at.measure += 1,
                Err(AnalysisError::NotFinite(_)) => finite = false,
                Err(error) => return Err(error.into()),
            }
            if finite && self.jobs[at.model].1.plateau && at.measure == 1 {
                at.last = self.ends(&at);
            }
        }
        if finite && self.due(&at).is_some() {
            self.measuring = Some(at);
            return Ok(None);
        }
        let measurement = self.measurement(&at, finite);
        let job = &self.jobs[at.model].1;
        if job.plateau {
            self.runs[at.model].push(measurement.clone());
        }
        let run: Vec<&Measurement> = match self.runs[at.model][..] {
            [] => vec![&measurement],
            ref run => run.iter().collect(),
        };
        self.ended[at.model] = job.ended(&run);
        self.measuring = self
            .left(at.model + 1)
            .map(|model| Measuring::new(at.params, model));
        Ok(Some(measurement))
    }
}

/// Models that train together on a GPU, at most.
pub const POPULATION: usize = 32;

/// The places of jobs in the populations that they can be trained as: of one shape and the same steps, at
/// most `most` models, each in the order it came.
pub fn populations(jobs: &[Job], most: usize) -> Vec<Vec<u32>> {
    let kinds: Vec<_> = jobs
        .iter()
        .map(|job| (job.config.shape(), job.course()))
        .collect();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (number, kind) in (0..).zip(&kinds) {
        match groups
            .iter_mut()
            .find(|group| group.len() < most && kinds[group[0] as usize] == *kind)
        {
            Some(group) => group.push(number),
            None => groups.push(vec![number]),
        }
    }
    groups
}

/// Bytes that training and measuring one model needs at most, roughly, for the largest of some: parameters,
/// moments and gradients; the activations of a batch; scores of a chunk of scenes.
pub fn bytes_of_largest<'a>(configs: impl IntoIterator<Item = &'a ValidConfig>) -> u64 {
    // A sweep has up to a million models and, as a rule, few shapes; a table takes longer to make than to
    // look up.
    let mut tables = HashMap::new();
    let bytes = |config: &ValidConfig| {
        let params = *tables
            .entry(config.shape())
            .or_insert_with(|| 4 * ParamTable::new(config).len as u64 * 5);
        let (d, layers) = (
            u64::from(config.d_model),
            u64::from(config.vision_layers + config.text_layers),
        );
        let tokens = u64::from(config.batch) * u64::from(config.pixels + 10);
        let width = if config.mlp { 24 } else { 12 };
        let captions = u64::from(config.captions()) + u64::from(config.labels).pow(config.objects);
        params
            + 4 * (2 * tokens * d * layers * width
                + captions * (d + u64::from(config.d_embed)) * 4
                + 256 * captions)
    };
    configs.into_iter().map(bytes).max().unwrap_or(0)
}
