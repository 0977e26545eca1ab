//! Jobs in training, as one population of the GPU or one model of the CPU; callers spread populations over
//! threads or Web Workers.

use std::collections::HashMap;

use super::{Job, Measurement, Metric, Values};
use crate::analysis::{AnalysisError, Evaluator};
use crate::config::{Population, PopulationError, ValidConfig};
use crate::engine::{Engine, EngineError};
use crate::model::{ParamTable, Snapshot};
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
    /// The models of a population train for the same number of steps, measured at the same steps.
    #[error("the jobs of a population must have the same steps")]
    Steps,
}

/// Jobs with models of one shape and the same steps, in training together.
#[derive(Debug)]
pub struct Trainer {
    /// At least one.
    jobs: Vec<(u32, Job)>,
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
        if jobs
            .iter()
            .any(|(_, job)| (job.steps, job.every) != (steps, first.every))
        {
            return Err(TrainerError::Steps);
        }
        let (engine, info) = open(&population, &Snapshot::initial(&population), request).await?;
        let evaluators = population.iter().map(Evaluator::new).collect();
        Ok(Trainer {
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

    /// Steps done, and to do.
    pub fn progress(&self) -> (u32, u32) {
        (self.step, self.steps)
    }

    /// Whether all is trained and measured.
    pub fn ended(&self) -> bool {
        let (step, steps) = self.progress();
        step >= steps && self.measuring.is_none()
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
            self.measuring = Some(Measuring {
                params,
                model: 0,
                measure: 0,
                values: Values::default(),
            });
        }
        Ok(None)
    }

    fn measure(&mut self, mut at: Measuring) -> Result<Option<Measurement>, TrainerError> {
        let (number, job) = &self.jobs[at.model];
        let len = at.params.len() / self.jobs.len();
        let params = &at.params[at.model * len..][..len];
        let mut finite = params.iter().all(|x| x.is_finite());
        if let Some(measure) = job.measures.get(at.measure).filter(|_| finite) {
            match measure.take(&self.evaluators[at.model], params, &mut at.values) {
                Ok(()) => at.measure += 1,
                Err(AnalysisError::NotFinite(_)) => finite = false,
                Err(error) => return Err(error.into()),
            }
        }
        if finite && at.measure < job.measures.len() {
            self.measuring = Some(at);
            return Ok(None);
        }
        let loss = self.losses.get(at.model).copied().filter(|_| finite);
        let mut values = std::mem::take(&mut at.values);
        values.insert(Metric::Loss, loss.map_or(f64::NAN, f64::from));
        let measurement = Measurement {
            job: *number,
            step: self.step,
            values,
        };
        if at.model + 1 < self.jobs.len() {
            self.measuring = Some(Measuring {
                model: at.model + 1,
                measure: 0,
                ..at
            });
        }
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
        .map(|job| (job.config.shape(), job.steps, job.every))
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
