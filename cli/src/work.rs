//! What a command would train: whether there is memory for it, said before the first step, and `--plan`.

use clap::Args;
use leftright::config::ValidConfig;
use leftright::experiment::{POPULATION, bytes_of_largest};
use leftright::training::EngineRequest;
use serde_json::json;

use super::{Failure, estimate, report};

#[derive(Args)]
pub struct WorkArgs {
    /// Say what would be trained, and how much memory that needs, and train nothing
    #[arg(long)]
    pub plan: bool,
    /// GiB of memory that the training may use; what is available if not given
    #[arg(long, value_name = "GIB")]
    memory: Option<f64>,
}

/// Models to train.
pub struct Work {
    /// How many.
    models: u64,
    /// Steps of all of them together: the fewest and the most that these can be.
    steps: [u64; 2],
    engine: EngineRequest,
    /// How many are in training at a time.
    at_once: u64,
    /// Bytes that so many of the largest of them need, roughly.
    bytes: u64,
}

const GIB: f64 = (1u32 << 30) as f64;

impl Work {
    /// Models of these configs, of so many steps in all: one on every thread or, on the GPU, a population.
    pub fn new(configs: &[ValidConfig], steps: [u64; 2], engine: EngineRequest) -> Work {
        let models = configs.len() as u64;
        let together = match engine {
            EngineRequest::Gpu => POPULATION,
            EngineRequest::Auto | EngineRequest::Cpu => rayon::current_num_threads(),
        };
        let at_once = models.min(together as u64);
        Work {
            models,
            steps,
            engine,
            at_once,
            bytes: at_once * bytes_of_largest(configs),
        }
    }

    /// Refuses what does not fit into the memory there is; under `--plan` says what it is. Whether to go on.
    pub fn begin(&self, args: &WorkArgs, json: bool) -> Result<bool, Failure> {
        self.check(args)?;
        if args.plan {
            self.tell(None, json)?;
        }
        Ok(!args.plan)
    }

    /// Refuses what does not fit into the memory there is.
    pub fn check(&self, args: &WorkArgs) -> Result<(), Failure> {
        let allowed = args.memory.map_or_else(available, |gib| (gib * GIB) as u64);
        if self.bytes > allowed {
            let threads = if self.at_once > 1 && self.engine != EngineRequest::Gpu {
                format!(", or set RAYON_NUM_THREADS below {}", self.at_once)
            } else {
                String::new()
            };
            return Err(Failure::Usage(format!(
                "the training would need {}, but may use {:.1} GiB; lower batch, d_model or layers{threads}",
                self.memory(),
                allowed as f64 / GIB,
            )));
        }
        Ok(())
    }

    /// Says what it is, and how many seconds it takes, at least and at most, where that is known.
    pub fn tell(&self, seconds: Option<[f64; 2]>, json: bool) -> Result<(), Failure> {
        let time = seconds.map_or_else(String::new, |seconds| format!("; {}", estimate::about(seconds)));
        let text = format!(
            "{} of {} steps in all; {}{time}",
            counted(self.models),
            estimate::range(self.steps.map(|steps| steps.to_string())),
            self.memory()
        );
        let mut value = json!({ "models": self.models, "steps": self.steps[1], "bytes": self.bytes });
        if let Some(seconds) = seconds {
            value["seconds"] = json!(seconds[1]);
        }
        report::line(json, &value, &text)
    }

    fn memory(&self) -> String {
        let gib = self.bytes as f64 / GIB;
        match self.at_once {
            0 | 1 => format!("about {gib:.1} GiB"),
            n => format!("about {gib:.1} GiB ({n} of its largest models at once)"),
        }
    }
}

fn available() -> u64 {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    system.available_memory()
}

/// A number of models in words.
pub fn counted(models: u64) -> String {
    format!("{models} {}", if models == 1 { "model" } else { "models" })
}
