// Every figure of an experiment. Its element is `lr-NAME`, and NAME is the experiment's name in the crate.

/** Experiments from 1 to this one test claims of the paper; the others are ours. */
export const OF_THE_PAPER = 12;

interface Entry {
  name: string;
  /** `models`: it trains models of its own. `run`: it asks its questions of the reader's model. */
  of: "models" | "run";
  /** Its pictures are of one kind, and the reader chooses which is shown. */
  oneAtATime?: true;
}

export const EXPERIMENTS = [
  { name: "diversity", of: "models", oneAtATime: true },
  { name: "slope", of: "models" },
  { name: "text", of: "run" },
  { name: "alignment", of: "run" },
  { name: "captions", of: "models" },
  { name: "grid", of: "models" },
  { name: "three", of: "models" },
  { name: "norm-mlp", of: "models" },
  { name: "autoregressive", of: "models" },
  { name: "reversal", of: "run" },
  { name: "phase", of: "models" },
  { name: "birth", of: "models" },
] as const satisfies readonly Entry[];

export type ExperimentName = (typeof EXPERIMENTS)[number]["name"];
/** Whose claim a figure tells; the one of surgery is written by hand (`lr-surgery`). */
export type Claimed = ExperimentName | "surgery";
