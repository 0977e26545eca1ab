// The states of a run's life, and what leads from one to another. There is no other way.

export const PHASES = ["empty", "loading", "ready", "training", "paused", "failed", "closed"] as const;

/**
 * `empty`: it has no model yet. `loading`: a model is on its way, or on its way back. `ready`: a model at rest, untrained or
 * done. `training`, and `paused` on the way to its target. `failed`: it has no engine. `closed`: nothing comes after it.
 */
export type Phase = (typeof PHASES)[number];

/** What happens to a run. `rest`: what it did has come to an end. */
export type Turn = "load" | "rest" | "pause" | "train" | "fail" | "close";

export const LIFE: Record<Phase, Partial<Record<Turn, Phase>>> = {
  empty: { load: "loading", close: "closed" },
  // A worker can die while a model is on its way, and another be asked for.
  loading: { load: "loading", rest: "ready", pause: "paused", fail: "failed", close: "closed" },
  ready: { load: "loading", train: "training", fail: "failed", close: "closed" },
  training: { load: "loading", rest: "ready", pause: "paused", fail: "failed", close: "closed" },
  paused: { load: "loading", train: "training", fail: "failed", close: "closed" },
  failed: { load: "loading", close: "closed" },
  closed: {},
};

/** Where a turn leads; an error where it cannot be, which is a fault of ours. */
export function next(phase: Phase, turn: Turn): Phase {
  const to = LIFE[phase][turn];
  if (!to) throw new Error(`a run that is ${phase} cannot ${turn}`);
  return to;
}

/** Whether the run has a model that nothing is being done to. */
export function atRest(phase: Phase): boolean {
  return phase === "ready" || phase === "paused";
}

/** Whether the run has a model that can be asked something. */
export function answers(phase: Phase): boolean {
  return atRest(phase) || phase === "training";
}
