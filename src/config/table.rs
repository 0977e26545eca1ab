//! The settings: what a run is made of, each in one row.

/// The table of settings, given to the macro that a caller names: group, name, type, of a number the least and
/// the greatest value, the value in preset `paper`, help.
macro_rules! settings {
    ($with:ident) => {
        $with! {
            Task seed: u32 [0, u32::MAX] = 0, "Seed of every random draw of the run";
            Task pixels: u32 [3, 16] = 10, "Pixels of a strip, or cells of a grid";
            Task grid: bool = false, "The pixels form a square grid: 4, 9 or 16 of them";
            Task above: bool = false, "Captions also say what is above what (grid only)";
            Task right: bool = false, "Each scene is captioned at random from the left or from the right";
            Task objects: u32 [2, 3] = 2, "Objects of a scene that is not single; captions order them all";
            Task labels: u32 [4, 64] = 20, "Object identities";
            Task pair_labels: u32 [2, 62] = 15, "N_pair: labels 1 to N_pair form the training pairs";
            Task held_labels: u32 [2, 62] = 5, "The last labels, which never appear together in training, nor (unless mixed) in any training pair";
            Task mixed: bool = false, "Held labels meet pair labels in training; only with each other are they never seen";
            Task single_layouts: u32 [1, 15] = 8, "n_1: training positions per label shown alone";
            Task pair_layouts: u32 [1, 559] = 20, "n_2: training layouts per ordered pair (or triple)";
            Model d_model: u32 [8, 256] = 128, "Width of a token";
            Model heads: u32 [1, 16] = 4, "Attention heads";
            Model d_embed: u32 [4, 256] = 128, "Width of the shared embedding";
            Model vision_layers: u32 [1, 4] = 1, "Layers of the vision tower";
            Model text_layers: u32 [1, 4] = 1, "Layers of the text tower, or of the one autoregressive Transformer";
            Model layer_norm: bool = false, "Layer norm before attention, before the MLP and at the end";
            Model mlp: bool = false, "An MLP, four times as wide, after each attention";
            Model autoregressive: bool = false, "One causal Transformer reads the strip and writes the caption";
            Optimiser batch: u32 [2, 1024] = 128, "Captions in a batch, drawn without replacement";
            Optimiser lr: f64 [0.0, 1.0] = 1e-3, "Learning rate";
            Optimiser beta1: f64 [0.0, 0.9999] = 0.9, "AdamW's decay of the first moment";
            Optimiser beta2: f64 [0.0, 0.9999] = 0.98, "AdamW's decay of the second moment";
            Optimiser eps: f64 [1e-12, 1.0] = 1e-8, "AdamW's epsilon";
            Optimiser weight_decay: f64 [0.0, 10.0] = 0.0, "AdamW's weight decay";
            Optimiser warmup: u32 [1, 100_000] = 10, "Steps over which the learning rate rises";
            Optimiser schedule: Schedule = Schedule::Constant, "What the learning rate does then: it stays, or falls along half a cosine";
            Optimiser schedule_steps: u32 [1, 1_000_000] = 1000, "The rate of a cosine is 0 from this step on";
            Optimiser max_scale: f64 [1.0, 1000.0] = 100.0, "Largest logit scale";
            Start token_std: f64 [0.0, 16.0] = 0.1, "Standard deviation of token embeddings";
            Start cls_std: f64 [0.0, 16.0] = 1.0, "Standard deviation of the CLS token (of SOT, in an autoregressive run)";
            Start position_std: f64 [0.0, 10.0] = 0.02, "Standard deviation of position embeddings";
            Start text_position_scale: f64 [0.0, 1000.0] = 1.0, "The text tower's position embeddings have this times position_std";
            Start linear: Distribution = Distribution::Normal, "What weights and biases of linear maps are drawn from";
            Start linear_std: f64 [0.0, 10.0] = 1.0, "Standard deviation of the weights of a linear map, in units of inputs^-0.5";
            Start bias_std: f64 [0.0, 10.0] = 0.0, "Standard deviation of its biases, in units of inputs^-0.5 too";
        }
    };
}
pub(crate) use settings;
