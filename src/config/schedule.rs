//! The learning rate of a step. Both engines ask for it here; the shader is given the number, because WGSL
//! promises a cosine to three digits only.

use std::f64::consts::PI;

use super::ValidConfig;
use super::field::choice;

choice! {
    /// What the learning rate does behind the warm-up.
    Schedule {
        /// It stays.
        Constant = "constant",
        /// It falls along half a cosine, to 0 at step `schedule_steps`; from there on it is 0.
        Cosine = "cosine",
    }
}

impl ValidConfig {
    /// The learning rate of a step, the first of which is 1.
    pub fn learning_rate(&self, step: u32) -> f64 {
        let part = |of: u32| (f64::from(step) / f64::from(of)).min(1.0);
        let factor = match self.schedule {
            Schedule::Constant => 1.0,
            Schedule::Cosine => (1.0 + (PI * part(self.schedule_steps)).cos()) / 2.0,
        };
        self.lr * part(self.warmup) * factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    /// A rate of 0.5 after a warm-up of 20 steps, over 200.
    fn rate(schedule: Schedule) -> impl Fn(u32) -> f64 {
        let config = Config {
            lr: 0.5,
            warmup: 20,
            schedule,
            schedule_steps: 200,
            ..Config::default()
        };
        let config = config.validate().unwrap();
        move |step| config.learning_rate(step)
    }

    #[test]
    fn a_cosine_falls_to_nothing_at_its_horizon_and_a_constant_stays() {
        let (constant, cosine) = (rate(Schedule::Constant), rate(Schedule::Cosine));
        let cos = |part: f64| (1.0 + (PI * part).cos()) / 2.0;
        for (step, warm, falling) in [
            (0, 0.0, 1.0),
            (1, 0.05, cos(1.0 / 200.0)),
            (20, 1.0, cos(0.1)),
            (100, 1.0, 0.5),
            (199, 1.0, cos(199.0 / 200.0)),
            (200, 1.0, 0.0),
            (201, 1.0, 0.0),
            (u32::MAX, 1.0, 0.0),
        ] {
            assert_eq!(constant(step), 0.5 * warm, "step {step}");
            assert!((cosine(step) - 0.5 * warm * falling).abs() < 1e-16, "step {step}");
        }
        assert!((21..=200).all(|step| cosine(step) < cosine(step - 1)));
    }
}
