//! What a run is: task, model and optimiser, in one flat table whose keys are the ones of the checkpoint
//! header, the command line's `--set` and the page's address. Every limit is checked here and nowhere else.

use serde::{Deserialize, Serialize};

/// A config that cannot be run: which field, what it was, what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A value outside its bounds, alone or given the other fields.
    #[error("{field} is {value}, but must be {allowed}")]
    Bounds {
        /// The field's name.
        field: &'static str,
        /// The value given.
        value: String,
        /// What is allowed, as the end of a sentence.
        allowed: String,
    },
    /// A key that no field has.
    #[error("there is no setting \"{0}\"; the settings are {names}", names = Config::names())]
    Unknown(String),
    /// A preset that does not exist.
    #[error("there is no preset \"{name}\"; the presets are {names}")]
    Preset {
        /// The name given.
        name: String,
        /// The names there are.
        names: String,
    },
    /// A value that does not parse.
    #[error("{field} is \"{value}\", but must be {allowed}")]
    Parse {
        /// The field's name.
        field: &'static str,
        /// The text given.
        value: String,
        /// The kind of value the field takes.
        allowed: &'static str,
    },
}

/// Which part of the run a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// The synthetic world.
    Task,
    /// The two towers.
    Model,
    /// AdamW, the batch and the initial scales.
    Optimiser,
}

/// The kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A whole number.
    Integer,
    /// A real number.
    Number,
    /// true or false, shown as 1 or 0 in bounds.
    Flag,
}

/// One row of the table of settings: what a form, a help text or an error needs to know of a field.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ConfigField {
    /// The key, everywhere.
    pub name: &'static str,
    /// The part of the run.
    pub group: Group,
    /// The kind of value.
    pub kind: Kind,
    /// The least value allowed.
    pub min: f64,
    /// The greatest value allowed.
    pub max: f64,
    /// The value in preset `paper`.
    pub default: f64,
    /// One line of help.
    pub help: &'static str,
}

/// How a field's value is read from text and compared with its bounds.
trait Value: Copy + std::fmt::Display {
    const KIND: Kind;
    const ALLOWED: &'static str;
    fn number(self) -> f64;
    fn parse(text: &str) -> Option<Self>;
}

macro_rules! value {
    ($type:ty, $kind:ident, $allowed:literal, $number:expr) => {
        impl Value for $type {
            const KIND: Kind = Kind::$kind;
            const ALLOWED: &'static str = $allowed;
            fn number(self) -> f64 {
                $number(self)
            }
            fn parse(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }
        }
    };
}
value!(u32, Integer, "a whole number", f64::from);
value!(f64, Number, "a number", |x| x);
value!(bool, Flag, "true or false", |x| f64::from(u8::from(x)));

macro_rules! typescript {
    (bool) => {
        "boolean"
    };
    ($number:ident) => {
        "number"
    };
}

macro_rules! config {
    ($($group:ident $name:ident: $type:ident = $default:expr, $min:expr, $max:expr, $help:literal;)*) => {
        /// A run. `Config::default()` is preset `paper`.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Config {
            $(#[doc = $help] pub $name: $type,)*
        }

        impl Default for Config {
            fn default() -> Self {
                Config { $($name: $default,)* }
            }
        }

        impl Config {
            /// The TypeScript type of a whole config; a derived one would have every field optional.
            pub const TYPESCRIPT: &str = concat!(
                "/** A run. */\nexport interface Config {\n",
                $("  /** ", $help, " */\n  ", stringify!($name), ": ", typescript!($type), ";\n",)*
                "}\n",
            );

            /// The table of settings: names, bounds (given this config's other fields), defaults, help.
            pub fn fields(&self) -> Vec<ConfigField> {
                let mut fields = vec![$(ConfigField {
                    name: stringify!($name), group: Group::$group, kind: <$type as Value>::KIND,
                    min: f64::from($min), max: f64::from($max), default: Value::number($default as $type), help: $help,
                },)*];
                for (name, _, most, _) in self.dependent() {
                    fields.iter_mut().filter(|f| f.name == name).for_each(|f| f.max = f.max.min(f64::from(most)));
                }
                fields
            }

            /// Sets one field from text. The whole is checked by [`Config::check`].
            pub fn set(&mut self, name: &str, text: &str) -> Result<(), ConfigError> {
                match name {
                    $(stringify!($name) => self.$name = Value::parse(text).ok_or_else(|| ConfigError::Parse {
                        field: stringify!($name), value: text.to_owned(), allowed: <$type as Value>::ALLOWED,
                    })?,)*
                    _ => return Err(ConfigError::Unknown(name.to_owned())),
                }
                Ok(())
            }

            /// A field's value as text, empty where there is no such field.
            pub fn text(&self, name: &str) -> String {
                match name {
                    $(stringify!($name) => self.$name.to_string(),)*
                    _ => String::new(),
                }
            }

            /// Every value as bits, so that configs can be looked up.
            pub fn bits(&self) -> [u64; [$(stringify!($name)),*].len()] {
                [$(Value::number(self.$name).to_bits()),*]
            }

            fn check_bounds(&self) -> Result<(), ConfigError> {
                $(
                    let (x, min, max) = (Value::number(self.$name), f64::from($min), f64::from($max));
                    // Written so that NaN is refused too.
                    if !(x >= min && x <= max) {
                        let allowed = format!("between {min} and {max}");
                        return Err(ConfigError::Bounds { field: stringify!($name), value: self.$name.to_string(), allowed });
                    }
                )*
                Ok(())
            }
        }
    };
}

config! {
    Task seed: u32 = 0, 0, u32::MAX, "Seed of every random draw of the run";
    Task pixels: u32 = 10, 3, 16, "Pixels of a strip, or cells of a grid";
    Task grid: bool = false, 0, 1, "The pixels form a square grid: 4, 9 or 16 of them";
    Task above: bool = false, 0, 1, "Captions also say what is above what (grid only)";
    Task right: bool = false, 0, 1, "Each scene is captioned at random from the left or from the right";
    Task objects: u32 = 2, 2, 3, "Objects of a scene that is not single; captions order them all";
    Task labels: u32 = 20, 4, 64, "Object identities";
    Task pair_labels: u32 = 15, 2, 62, "N_pair: labels 1 to N_pair form the training pairs";
    Task held_labels: u32 = 5, 2, 62, "The last labels, which never appear together in training, nor (unless mixed) in any training pair";
    Task mixed: bool = false, 0, 1, "Held labels meet pair labels in training; only with each other are they never seen";
    Task single_layouts: u32 = 8, 1, 15, "n_1: training positions per label shown alone";
    Task pair_layouts: u32 = 20, 1, 559, "n_2: training layouts per ordered pair (or triple)";
    Model d_model: u32 = 128, 8, 256, "Width of a token";
    Model heads: u32 = 4, 1, 16, "Attention heads";
    Model d_embed: u32 = 128, 4, 256, "Width of the shared embedding";
    Model vision_layers: u32 = 1, 1, 4, "Layers of the vision tower";
    Model text_layers: u32 = 1, 1, 4, "Layers of the text tower, or of the one autoregressive Transformer";
    Model layer_norm: bool = false, 0, 1, "Layer norm before attention, before the MLP and at the end";
    Model mlp: bool = false, 0, 1, "An MLP, four times as wide, after each attention";
    Model autoregressive: bool = false, 0, 1, "One causal Transformer reads the strip and writes the caption";
    Optimiser batch: u32 = 128, 2, 1024, "Captions in a batch, drawn without replacement";
    Optimiser lr: f64 = 1e-3, 0.0, 1.0, "Learning rate";
    Optimiser beta1: f64 = 0.9, 0.0, 0.9999, "AdamW's decay of the first moment";
    Optimiser beta2: f64 = 0.98, 0.0, 0.9999, "AdamW's decay of the second moment";
    Optimiser eps: f64 = 1e-8, 1e-12, 1.0, "AdamW's epsilon";
    Optimiser weight_decay: f64 = 0.0, 0.0, 10.0, "AdamW's weight decay";
    Optimiser warmup: u32 = 10, 1, 100_000, "Steps over which the learning rate rises";
    Optimiser max_scale: f64 = 100.0, 1.0, 1000.0, "Largest logit scale";
    Optimiser token_std: f64 = 0.1, 0.0, 10.0, "Initial standard deviation of token embeddings";
    Optimiser cls_std: f64 = 1.0, 0.0, 10.0, "Initial standard deviation of the CLS token";
    Optimiser position_std: f64 = 0.02, 0.0, 10.0, "Initial standard deviation of position embeddings";
}

fn bounds(field: &'static str, value: u32, allowed: String) -> ConfigError {
    ConfigError::Bounds { field, value: value.to_string(), allowed }
}

/// A preset: its name, the settings that differ from `paper`, what it is.
type Preset = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const PRESETS: [Preset; 12] = [
    ("paper", &[], "the paper's simplified model on strips"),
    ("left-right", &[("right", "true"), ("text_layers", "2")], "captions from the left and from the right, two text layers"),
    ("left-right-one-layer", &[("right", "true")], "captions from the left and from the right, one text layer"),
    ("grid", &GRID, "a 4 x 4 grid, left of"),
    ("grid-above", &[GRID[0], GRID[1], ("above", "true")], "a 4 x 4 grid, left of and above"),
    ("three", &[("objects", "3")], "three objects in order"),
    ("layer-norm", &[("layer_norm", "true")], "with layer norm"),
    ("mlp", &[("mlp", "true")], "with an MLP"),
    ("layer-norm-mlp", &[("layer_norm", "true"), ("mlp", "true")], "with layer norm and an MLP"),
    ("autoregressive", &[("autoregressive", "true")], "one causal Transformer that writes the caption"),
    ("autoregressive-mixed", &[("autoregressive", "true"), ("mixed", "true")], "the same, and held labels meet others in training"),
    ("small", &[("d_model", "32"), ("d_embed", "32")], "the paper's model at a quarter of its width"),
];
const GRID: [(&str, &str); 2] = [("grid", "true"), ("pixels", "16")];

impl Config {
    /// Every limit: each field's bounds, then those that depend on another field.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_bounds()?;
        for (name, given, allowed) in [
            ("above", self.above && !self.grid, "false where grid is false"),
            ("objects", self.objects == 3 && (self.grid || self.right), "2 where grid or right is true"),
            (
                "vision_layers",
                self.autoregressive && self.vision_layers > 1,
                "1 where autoregressive is true: text_layers counts its layers",
            ),
        ] {
            if given {
                return Err(ConfigError::Bounds { field: name, value: self.text(name), allowed: allowed.to_owned() });
            }
        }
        if self.grid && self.pixels.isqrt().pow(2) != self.pixels {
            return Err(bounds("pixels", self.pixels, "4, 9 or 16 where grid is true".to_owned()));
        }
        for (field, value) in [("pair_labels", self.pair_labels), ("held_labels", self.held_labels)] {
            if value < self.objects {
                return Err(bounds(field, value, format!("at least {}, the objects of a scene", self.objects)));
            }
        }
        for (field, value, most, why) in self.dependent() {
            if value > most {
                return Err(bounds(field, value, format!("at most {most}, {why}")));
            }
        }
        if !self.d_model.is_multiple_of(4 * self.heads) {
            return Err(bounds("d_model", self.d_model, format!("a multiple of {}, four times the number of heads", 4 * self.heads)));
        }
        if !self.d_embed.is_multiple_of(4) {
            return Err(bounds("d_embed", self.d_embed, "a multiple of 4".to_owned()));
        }
        Ok(())
    }

    /// Fields whose greatest value depends on others: name, value, greatest value, why.
    fn dependent(&self) -> [(&'static str, u32, u32, &'static str); 5] {
        let layouts = crate::task::layout_count(self);
        let labels = if self.objects == 3 { 24 } else { self.labels };
        [
            ("labels", self.labels, labels, "so that every strip can be compared with every caption"),
            ("held_labels", self.held_labels, self.labels.saturating_sub(self.objects), "so that labels are left for training pairs"),
            ("pair_labels", self.pair_labels, self.labels.saturating_sub(self.held_labels), "the labels that are not held out"),
            ("single_layouts", self.single_layouts, self.pixels.saturating_sub(1), "so that a position is left to test"),
            ("pair_layouts", self.pair_layouts, layouts.saturating_sub(1), "so that a layout is left to test"),
        ]
    }

    /// A named preset, unless there is none of this name.
    pub fn preset(name: &str) -> Result<Config, ConfigError> {
        let (_, settings, _) = PRESETS.iter().find(|(preset, ..)| *preset == name).ok_or_else(|| {
            let names = PRESETS.map(|(preset, ..)| preset).join(", ");
            ConfigError::Preset { name: name.to_owned(), names }
        })?;
        let mut config = Config::default();
        settings.iter().try_for_each(|(key, value)| config.set(key, value))?;
        Ok(config)
    }

    /// The presets' names, and what each is.
    pub fn presets() -> impl Iterator<Item = (&'static str, &'static str)> {
        PRESETS.iter().map(|(name, _, what)| (*name, *what))
    }

    /// What gives a model its shape: two configs whose shapes are equal can train in one population.
    pub fn shape(&self) -> Config {
        let Config { pixels, grid, above, right, objects, labels, d_model, heads, d_embed, .. } = *self;
        let Config { vision_layers, text_layers, layer_norm, mlp, autoregressive, .. } = *self;
        let task = Config { pixels, grid, above, right, objects, labels, ..Config::default() };
        let batch = self.batch_size() as u32;
        Config { d_model, heads, d_embed, batch, vision_layers, text_layers, layer_norm, mlp, autoregressive, ..task }
    }

    fn names() -> String {
        Config::default().fields().iter().map(|f| f.name).collect::<Vec<_>>().join(", ")
    }

    /// Width of one head.
    pub fn d_head(&self) -> usize {
        (self.d_model / self.heads) as usize
    }

    /// Captions the run draws from: one per label, one per ordered pair (or triple) of pair labels.
    pub fn captions(&self) -> u32 {
        let ordered = |n: u32| n * (n - 1) * if self.objects == 3 { n - 2 } else { 1 };
        let met = if self.mixed { 2 * self.pair_labels * self.held_labels } else { 0 };
        self.labels + ordered(self.pair_labels) + met
    }

    /// Captions in one batch: `batch`, or all of them where there are fewer.
    pub fn batch_size(&self) -> usize {
        self.batch.min(self.captions()) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_is_in_bounds() {
        assert_eq!(Config::default().check(), Ok(()));
    }

    #[test]
    fn an_error_names_field_value_and_bounds() {
        for (field, value, says) in [
            ("pair_labels", "16", "pair_labels is 16, but must be at most 15, the labels that are not held out"),
            ("pair_labels", "1", "pair_labels is 1, but must be between 2 and 62"),
            ("d_model", "120", "d_model is 120, but must be a multiple of 16, four times the number of heads"),
            ("lr", "NaN", "lr is NaN, but must be between 0 and 1"),
            ("held_labels", "19", "held_labels is 19, but must be at most 18, so that labels are left for training pairs"),
            ("pair_layouts", "45", "pair_layouts is 45, but must be at most 44, so that a layout is left to test"),
            ("single_layouts", "10", "single_layouts is 10, but must be at most 9, so that a position is left to test"),
            ("text_layers", "5", "text_layers is 5, but must be between 1 and 4"),
            ("grid", "true", "pixels is 10, but must be 4, 9 or 16 where grid is true"),
            ("above", "true", "above is true, but must be false where grid is false"),
        ] {
            let mut config = Config::default();
            config.set(field, value).unwrap();
            assert_eq!(config.check().unwrap_err().to_string(), says);
        }
    }

    #[test]
    fn three_objects_have_fewer_labels() {
        let of = |labels| Config { objects: 3, labels, ..Config::default() };
        assert_eq!(of(24).check(), Ok(()));
        let says = "labels is 25, but must be at most 24, so that every strip can be compared with every caption";
        assert_eq!(of(25).check().unwrap_err().to_string(), says);
    }

    #[test]
    fn text_that_is_no_value_is_refused() {
        let mut config = Config::default();
        assert_eq!(config.set("batch", "many").unwrap_err().to_string(), "batch is \"many\", but must be a whole number");
        assert!(config.set("depth", "3").unwrap_err().to_string().starts_with("there is no setting \"depth\""));
        assert_eq!(config, Config::default());
    }
}
