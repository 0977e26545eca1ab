//! The parts of a long training: models whose measurements are kept together, in a file that appears whole
//! when all of them are measured. What is killed loses the parts it was at and doubles nothing, and shards,
//! which need not know of each other, train every part once.

use std::ops::Range;
use std::str::FromStr;

use rayon::prelude::*;

use super::train;
use crate::experiment::{Job, Measurement, POPULATION, TrainerError};
use crate::training::EngineRequest;

/// Some models, by their numbers, and the place of their part among the others.
#[derive(Clone, Debug)]
pub struct Part {
    /// From 0.
    pub place: usize,
    /// By their numbers.
    pub models: Range<u32>,
}

/// One of N independent shares of the parts.
#[derive(Clone, Copy, Debug)]
pub struct Shard {
    /// From 0.
    place: usize,
    /// How many there are.
    pub count: usize,
}

impl Shard {
    /// Whether the part in a place is its.
    pub fn has(self, part: usize) -> bool {
        part % self.count == self.place
    }
}

/// `2/8`: the second of eight.
impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Shard, &'static str> {
        let parse = |(k, n): (&str, &str)| Some((k.parse::<usize>().ok()?, n.parse().ok()?));
        match text.split_once('/').and_then(parse) {
            Some((k, count)) if (1..=count).contains(&k) => Ok(Shard { place: k - 1, count }),
            _ => Err("write K/N with K from 1 to N, such as 2/8"),
        }
    }
}

impl Part {
    /// So many models by part: few enough parts to read quickly, small enough to lose little.
    pub fn all(models: usize) -> Vec<Part> {
        let models = models as u32;
        let size = (models / 64).clamp(1, 32);
        let starts = (0..models).step_by(size as usize);
        let part = |(place, first)| Part {
            place,
            models: first..models.min(first + size),
        };
        starts.enumerate().map(part).collect()
    }

    /// How many models some parts have.
    pub fn count(parts: &[Part]) -> u64 {
        parts.iter().map(|part| part.models.len() as u64).sum()
    }

    /// Trains parts: on the CPU over all threads, on the GPU as many at a time as make a population. `job` gives
    /// what is done with a model, `keep` takes what was measured of a part, `tick` is told of steps done; the
    /// error of either ends the training.
    ///
    /// # Errors
    /// As [`train`], and those of `keep`.
    pub fn train<E: From<TrainerError> + Send>(
        parts: &[Part],
        engine: EngineRequest,
        job: impl Fn(u32) -> Job + Sync,
        keep: impl Fn(&Part, &[Measurement]) -> Result<(), E> + Sync,
        tick: &(dyn Fn(u64) -> Result<(), E> + Sync),
    ) -> Result<(), E> {
        let together = |parts: &[Part]| -> Result<(), E> {
            let models = parts.iter().flat_map(|part| part.models.clone());
            let measurements = train(models.map(|model| (model, job(model))).collect(), engine, tick)?;
            for part in parts {
                let [from, to] = [part.models.start, part.models.end]
                    .map(|model| measurements.partition_point(|measurement| measurement.job < model));
                keep(part, &measurements[from..to])?;
            }
            Ok(())
        };
        match engine {
            EngineRequest::Gpu => {
                let size = parts.first().map_or(1, |part| part.models.len());
                parts.chunks((POPULATION / size).max(1)).try_for_each(together)
            }
            _ => parts.par_chunks(1).try_for_each(together),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every model is in one part, in order, and every part is one shard's.
    #[test]
    fn shards_share_the_parts_out_and_parts_the_models() {
        for models in [0, 1, 8, 63, 64, 840, 100_000] {
            let parts = Part::all(models);
            let all: Vec<u32> = parts.iter().flat_map(|part| part.models.clone()).collect();
            assert_eq!(all, (0..models as u32).collect::<Vec<_>>());
            assert!(parts.iter().enumerate().all(|(place, part)| part.place == place));
            let shards = ["1/3", "2/3", "3/3"].map(|text| text.parse::<Shard>().unwrap());
            for part in &parts {
                assert_eq!(shards.iter().filter(|shard| shard.has(part.place)).count(), 1);
            }
        }
        for wrong in ["0/3", "4/3", "1", "1/0", "a/b", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
