// Every figure of an experiment. Its element is `lr-NAME`, and NAME is the experiment's name in the crate.

/** Experiments from 1 to this one test claims of the paper; the others are ours. */
export const OF_THE_PAPER = 12;

interface Entry {
  name: string;
  /** `models`: it trains models of its own. `run`: it asks its questions of the reader's model. */
  of: "models" | "run";
  heading: string;
  /** Its pictures are of one kind, and the reader chooses which is shown. */
  oneAtATime?: true;
}

export const EXPERIMENTS = [
  { name: "diversity", of: "models", heading: "What teaches it left from right: more labels, or more layouts?", oneAtATime: true },
  { name: "slope", of: "models", heading: "No slope, no ability?" },
  { name: "text", of: "run", heading: "The text side has its own way of knowing who comes first" },
  { name: "alignment", of: "run", heading: "Is object 16 the same thing to both encoders?" },
  { name: "captions", of: "models", heading: "“Left of” and “right of” together need a second text layer" },
  { name: "grid", of: "models", heading: "On a grid, the slope becomes a ramp across the columns" },
  { name: "three", of: "models", heading: "Three objects in a row, six ways to order them" },
  { name: "norm-mlp", of: "models", heading: "Closer to a real CLIP: layer norm and an MLP" },
  { name: "autoregressive", of: "models", heading: "A model that writes the caption, word by word" },
  { name: "reversal", of: "run", heading: "Turn a term round, and the model says the opposite" },
  { name: "phase", of: "models", heading: "Which term breaks the symmetry is decided before the first step" },
  { name: "birth", of: "models", heading: "Which comes first, the slope or the ability?" },
] as const satisfies readonly Entry[];

export type ExperimentName = (typeof EXPERIMENTS)[number]["name"];
