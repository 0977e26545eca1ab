// A run at a step, with all that it takes to go on and to be drawn as it was: what Back, a crash, a reload and a session's file
// bring back.
import type { Evaluation } from "../engine/pkg/leftright.js";
import type { Settings } from "./settings";
import type { Views } from "./views";

/** As what a run is kept in this browser: every new model is another run. */
export interface KeptAs {
  id: string;
  /** What the reader calls it; null for one that is kept by itself. */
  name: string | null;
}

/** As what no other run is kept; `crypto.randomUUID` is not everywhere. */
export function anew(name: string | null = null): KeptAs {
  return { id: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`, name };
}

/** Models of earlier steps as checkpoints, by step. */
export type Snapshots = Map<number, Uint8Array>;

export interface SavedRun {
  keptAs: KeptAs;
  settings: Settings;
  step: number;
  target: number;
  /** losses[i] belongs to step `firstStep` + i. */
  losses: number[];
  firstStep: number;
  evaluations: Evaluation[];
  /** The name of the file that the model came from, if it came from one. */
  file: string | null;
  /** Whether it is the model that came with the page. */
  bundled: boolean;
  views: Views;
  /** The checkpoint to go on from; null for a model without a step, which its settings make anew. */
  state: Uint8Array | null;
  snapshots: Snapshots;
}

/** Bytes of earlier models that a run keeps; beyond them every other one is let go. */
const SNAPSHOT_BYTES = 48 << 20;

/** Lets go of every other snapshot where they are too large together; the first and the last stay. */
export function thinned(snapshots: Snapshots): Snapshots {
  const size = [...snapshots.values()].reduce((bytes, { length }) => bytes + length, 0);
  if (size <= SNAPSHOT_BYTES) return snapshots;
  const inner = [...snapshots.keys()].slice(1, -1);
  const dropped = new Set(inner.filter((_, i) => i % 2 === 0));
  return new Map([...snapshots].filter(([step]) => !dropped.has(step)));
}

/** Bytes that it takes to keep a run. */
export function sizeOf({ state, snapshots, losses }: SavedRun): number {
  return (state?.length ?? 0) + [...snapshots.values()].reduce((bytes, { length }) => bytes + length, 0) + 8 * losses.length;
}
