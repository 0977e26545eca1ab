//! Named settings to start from.

use super::Config;
use super::bundle::bundles;

bundles! {
    /// Named settings to start from.
    Preset "presets" |_| {
        Paper "paper" "the paper's simplified model on strips" {}
        LeftRight "left-right" "captions from the left and from the right, two text layers" {
            right: true, text_layers: 2
        }
        LeftRightOneLayer "left-right-one-layer" "captions from the left and from the right, one text layer" {
            right: true
        }
        Grid "grid" "a 4 x 4 grid, left of" { grid: true, pixels: 16 }
        GridAbove "grid-above" "a 4 x 4 grid, left of and above" { grid: true, pixels: 16, above: true }
        Three "three" "three objects in order" { objects: 3 }
        LayerNorm "layer-norm" "with layer norm" { layer_norm: true }
        Mlp "mlp" "with an MLP" { mlp: true }
        LayerNormMlp "layer-norm-mlp" "with layer norm and an MLP" { layer_norm: true, mlp: true }
        Autoregressive "autoregressive" "one causal Transformer that writes the caption" {
            autoregressive: true
        }
        AutoregressiveMixed "autoregressive-mixed" "the same, and held labels meet others in training" {
            autoregressive: true, mixed: true
        }
        Small "small" "the paper's model at a quarter of its width" { d_model: 32, d_embed: 32 }
    }
}

impl Preset {
    /// The preset's settings. They are within their bounds (a test holds it).
    pub fn config(self) -> Config {
        self.bundle(Config::default().d_model.into())
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
        let says = |name: &str| Config::preset(name).unwrap_err().to_string();
        assert_eq!(says("papr"), "there is no preset \"papr\"; did you mean paper?");
        let far = says("zzz");
        assert!(
            far.starts_with("there is no preset \"zzz\"; the presets are paper, left-right,"),
            "{far}"
        );
    }
}
