//! The models that train together.

use std::ops::Deref;

use super::{Shape, ValidConfig};

/// Why some configs are no population.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PopulationError {
    /// There is nothing to train.
    #[error("a population must have at least one model")]
    Empty,
    /// The models differ in shape: the first setting in which they do.
    #[error("the models of a population must have one shape, but {0} differs")]
    Shapes(&'static str),
}

/// At least one config, all of one [`Shape`]: P models that train together. It is read like a slice of its
/// configs.
///
/// ```
/// use leftright::config::{Config, Population, PopulationError, ValidConfig};
///
/// let seeds = (0..4).map(|seed| Config { seed, ..Config::default() }.validate()).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(Population::new(seeds)?.len(), 4);
/// let wide = Config { d_model: 64, ..Config::default() }.validate()?;
/// assert_eq!(Population::new(vec![ValidConfig::default(), wide]), Err(PopulationError::Shapes("d_model")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Population(Vec<ValidConfig>);

impl Population {
    /// A population of these configs, in their order.
    ///
    /// # Errors
    /// Where there is no config, or not all have one shape.
    pub fn new(configs: Vec<ValidConfig>) -> Result<Population, PopulationError> {
        let shape = configs.first().ok_or(PopulationError::Empty)?.shape();
        match configs
            .iter()
            .find_map(|config| shape.difference(&config.shape()))
        {
            Some(field) => Err(PopulationError::Shapes(field)),
            None => Ok(Population(configs)),
        }
    }

    /// The config of the first model, which has the shape of all.
    pub fn first(&self) -> &ValidConfig {
        self.0.first().expect("a population has at least one model")
    }

    /// The shape of every model.
    pub fn shape(&self) -> Shape {
        self.first().shape()
    }
}

/// A population of one model.
impl From<ValidConfig> for Population {
    fn from(config: ValidConfig) -> Population {
        Population(vec![config])
    }
}

/// A population of one model.
impl From<&ValidConfig> for Population {
    fn from(config: &ValidConfig) -> Population {
        config.clone().into()
    }
}

impl Deref for Population {
    type Target = [ValidConfig];

    fn deref(&self) -> &[ValidConfig] {
        &self.0
    }
}
