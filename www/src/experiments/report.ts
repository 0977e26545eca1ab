// What the reproduction's report found, for the figures to show beside what their own models say.
import { experiments } from "../../../measurements/summary.json";
import type { Summary } from "../engine/pkg/leftright.js";

/** An experiment in the report. */
export interface Reported extends Pick<Summary, "verdict" | "conditions"> {
  name: string;
  /** Models that were trained for it. */
  models: number;
}

const REPORT = Object.values(experiments) as unknown as Reported[];

/** What the report says of the experiment of this name; nothing where the report is older than the experiment. */
export function reported(name: string): Reported | undefined {
  return REPORT.find((experiment) => experiment.name === name);
}
