// A run as JSON: what it takes to train it again, from the page or with `leftright train --config`, and what came of it.
import type { Accuracies, Config, EngineKind } from "../engine/pkg/leftright.js";
import type { Run } from "../run";
import { version } from "../../../package.json";

export interface Recipe {
  /** The version that trained it. */
  leftright: string;
  config: Config;
  steps: number;
  engine: EngineKind;
  accuracies: Accuracies | null;
}

export function recipe({ current, step, evaluation }: Run): string | null {
  if (!current) return null;
  const said: Recipe = { leftright: version, config: current.config, steps: step, engine: current.engine.kind, accuracies: evaluation?.accuracies ?? null };
  return `${JSON.stringify(said, null, 2)}\n`;
}
