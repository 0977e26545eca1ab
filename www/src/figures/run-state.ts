import { count, pace } from "../format";
import type { Run } from "../run";

/** What a run is doing, in a sentence. */
export function runState({ phase, step, target, msPerStep, trained, asOpened, shipped }: Run): string {
  if (phase === "failed") return "The engine has stopped.";
  if (phase === "loading") return "Preparing the model…";
  if (phase === "training") return `Training: step ${count(step)} of ${count(target)}${msPerStep === null ? "" : `, ${pace(msPerStep)}`}`;
  if (!trained) return "Untrained. Press Train.";
  if (shipped) return `This model came with the page, trained for ${count(step)} steps. Press Train for one of your own.`;
  if (asOpened !== null) return `Opened from ${asOpened}.`;
  return step < target ? `Paused at step ${count(step)}.` : `Trained for ${count(step)} steps.`;
}

/** What its first button does, and the word for that. */
export function trainLabel({ phase, shipped, step, target }: Run): string {
  if (phase === "training") return "Pause";
  if (shipped) return "Train";
  return step >= target ? "Train more" : step > 0 ? "Go on" : "Train";
}
