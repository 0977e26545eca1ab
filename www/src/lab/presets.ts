// The crate's presets (src/config.rs), which its module does not tell; tests/recipes/keep.spec.ts holds the two together.
import type { Config } from "../engine/pkg/leftright.js";

/** What differs from preset `paper`. */
export const PRESETS: Record<string, Partial<Config>> = {
  paper: {},
  "left-right": { right: true, text_layers: 2 },
  "left-right-one-layer": { right: true },
  grid: { grid: true, pixels: 16 },
  "grid-above": { grid: true, pixels: 16, above: true },
  three: { objects: 3 },
  "layer-norm": { layer_norm: true },
  mlp: { mlp: true },
  "layer-norm-mlp": { layer_norm: true, mlp: true },
  autoregressive: { autoregressive: true },
  "autoregressive-mixed": { autoregressive: true, mixed: true },
  small: { d_model: 32, d_embed: 32 },
};
