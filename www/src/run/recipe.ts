// A run as JSON: what it takes to train it again, from the page or with `leftright train --config`, and what came of it.
import type { Accuracies, Config, EngineKind } from "../engine/pkg/leftright.js";
import type { Run } from "./run";
import { version } from "../../../package.json";

export interface Recipe {
  /** The version that trained it. */
  leftright: string;
  config: Config;
  steps: number;
  /** Null where the page has not trained it. */
  engine: EngineKind | null;
  accuracies: Accuracies | null;
}

export function recipe({ current, step, shown, evaluation }: Run): string | null {
  if (!current) return null;
  const { config, engine } = current;
  const said: Recipe = { leftright: version, config, steps: shown ?? step, engine: engine?.kind ?? null, accuracies: evaluation?.accuracies ?? null };
  return `${JSON.stringify(said, null, 2)}\n`;
}
