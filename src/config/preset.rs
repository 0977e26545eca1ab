//! Named settings to start from.

use std::str::FromStr;

use super::{Config, ConfigError};

macro_rules! presets {
    ($($preset:ident $name:literal $what:literal { $($field:ident: $value:expr),* })*) => {
        /// Named settings to start from.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Preset {
            $(#[doc = $what] $preset,)*
        }

        impl Preset {
            /// Every preset, `paper` first.
            pub const ALL: &[Preset] = &[$(Preset::$preset),*];

            /// The preset's name, as the command line and the page write it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Preset::$preset => $name,)*
                }
            }

            /// What the preset is, in a few words.
            pub fn description(self) -> &'static str {
                match self {
                    $(Preset::$preset => $what,)*
                }
            }

            /// The preset's settings. They are within their bounds (a test holds it).
            pub fn config(self) -> Config {
                match self {
                    $(Preset::$preset => Config { $($field: $value,)* ..Config::default() },)*
                }
            }
        }
    };
}

presets! {
    Paper "paper" "the paper's simplified model on strips" {}
    LeftRight "left-right" "captions from the left and from the right, two text layers" { right: true, text_layers: 2 }
    LeftRightOneLayer "left-right-one-layer" "captions from the left and from the right, one text layer" { right: true }
    Grid "grid" "a 4 x 4 grid, left of" { grid: true, pixels: 16 }
    GridAbove "grid-above" "a 4 x 4 grid, left of and above" { grid: true, pixels: 16, above: true }
    Three "three" "three objects in order" { objects: 3 }
    LayerNorm "layer-norm" "with layer norm" { layer_norm: true }
    Mlp "mlp" "with an MLP" { mlp: true }
    LayerNormMlp "layer-norm-mlp" "with layer norm and an MLP" { layer_norm: true, mlp: true }
    Autoregressive "autoregressive" "one causal Transformer that writes the caption" { autoregressive: true }
    AutoregressiveMixed "autoregressive-mixed" "the same, and held labels meet others in training" {
        autoregressive: true, mixed: true
    }
    Small "small" "the paper's model at a quarter of its width" { d_model: 32, d_embed: 32 }
}

impl Preset {
    pub(super) fn names() -> String {
        Preset::ALL
            .iter()
            .map(|preset| preset.name())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl FromStr for Preset {
    type Err = ConfigError;

    fn from_str(name: &str) -> Result<Preset, ConfigError> {
        let preset = Preset::ALL.iter().copied().find(|preset| preset.name() == name);
        preset.ok_or_else(|| ConfigError::Preset(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_within_bounds_and_found_by_name() {
        for preset in Preset::ALL {
            assert!(preset.config().validate().is_ok(), "{preset:?}");
            assert_eq!(preset.name().parse::<Preset>(), Ok(*preset));
        }
        let error = Config::preset("papre").unwrap_err().to_string();
        assert!(
            error.starts_with("there is no preset \"papre\"; the presets are paper, left-right,"),
            "{error}"
        );
    }
}
