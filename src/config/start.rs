//! Named starts: what a model's parameters are drawn from, as a bundle of the settings of [`Group::Start`].

use super::bundle::bundles;
use super::field::choice;
use super::{Config, Group};

choice! {
    /// What the initial weights and biases of the linear maps are drawn from.
    Distribution {
        /// A normal distribution.
        Normal = "normal",
        /// A uniform distribution of the same standard deviation.
        Uniform = "uniform",
    }
}

/// The standard deviation of a uniform draw from -1 to 1: that of `torch.nn.Linear`'s weights and biases, in
/// units of inputs^-0.5.
const TORCH: f64 = 0.577_350_269_189_625_7;

// Of OpenAI's CLIP no setting says that the map which ends a block has 1 / (2 layers) of the variance, that
// the MLP's first map has half of it, and that the vision tower's maps start as PyTorch's. In
// Sea-Snell/grokking a token's embedding is d^0.5 times a parameter of N(0, 1), and so learns d^0.5 times as
// fast as it does here.
bundles! {
    /// Named initial scales. A run knows them as its settings only.
    Start "starts" |width| {
        Paper "paper" "those of preset paper: a loud CLS, faint positions" {}
        PyTorch "pytorch" "PyTorch's: linear maps and biases uniform within d^-0.5, embeddings N(0, 1)" {
            token_std: 1.0, cls_std: 1.0, position_std: 1.0,
            linear: Distribution::Uniform, linear_std: TORCH, bias_std: TORCH
        }
        PyTorchLinear "pytorch-linear" "PyTorch's linear maps and biases, the embeddings of preset paper" {
            linear: Distribution::Uniform, linear_std: TORCH, bias_std: TORCH
        }
        Clip "clip" "OpenAI CLIP's: tokens 0.02, CLS and its tower's positions d^-0.5, the text's 0.01" {
            token_std: 0.02, cls_std: width.powf(-0.5), position_std: width.powf(-0.5),
            text_position_scale: 0.01 * width.sqrt()
        }
        // measurements/search/README.md
        Nearest "nearest" "the nearest to the paper's figures that our search found: a loud CLS, loud biases" {
            token_std: 0.03, cls_std: 3.0, position_std: 0.03,
            linear: Distribution::Uniform, bias_std: 1.5
        }
        Grokking "grokking" "PyTorch's defaults, but tokens d^0.5 times as large, as in Sea-Snell/grokking" {
            token_std: width.sqrt(), cls_std: width.sqrt(), position_std: 1.0,
            linear: Distribution::Uniform, linear_std: TORCH, bias_std: TORCH
        }
    }
}

impl Start {
    /// A config with this start in place of its own.
    pub fn of(self, config: &Config) -> Config {
        config.with_group(Group::Start, &self.bundle(config.d_model.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Preset;

    #[test]
    fn starts_change_their_group_alone_and_are_within_bounds_and_found_by_name() {
        for start in Start::ALL {
            assert_eq!(start.name().parse::<Start>(), Ok(*start));
            for d_model in [8, 128, 256] {
                let config = Config {
                    d_model,
                    heads: 2,
                    lr: 0.5,
                    cls_std: 9.0,
                    ..Preset::Grid.config()
                };
                let started = start.of(&config);
                let differ = config
                    .fields()
                    .into_iter()
                    .zip(config.values().zip(started.values()));
                let differ: Vec<Group> = differ
                    .filter(|(_, (a, b))| a != b)
                    .map(|(field, _)| field.group)
                    .collect();
                assert!(!differ.is_empty() && differ.iter().all(|group| *group == Group::Start));
                assert!(started.validate().is_ok(), "{start:?} at {d_model}");
            }
        }
        assert_eq!(
            Start::Paper.of(&Start::Clip.of(&Config::default())),
            Config::default()
        );
        let says = |name: &str| name.parse::<Start>().unwrap_err().to_string();
        assert_eq!(
            says("pytroch"),
            "there is no start \"pytroch\"; did you mean pytorch?"
        );
        let far = says("zzz");
        assert!(
            far.starts_with("there is no start \"zzz\"; the starts are paper, pytorch,"),
            "{far}"
        );
    }
}
