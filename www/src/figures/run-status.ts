import { atRest } from "../run/life";
import type { Run } from "../run/run";
import { count, duration, pace } from "../util/format";

/** What a run is doing, in a sentence or two; `pressed`: whether there are buttons to speak of. */
export function runState({ phase, step, shown, target, msPerStep, begun, asOpened, bundled, timeLeft }: Run, pressed: boolean): string {
  if (phase === "failed") return "The engine has stopped.";
  if (phase === "training") {
    const left = timeLeft.get();
    return `Training: step ${count(step)} of ${count(target)}${msPerStep === null ? "" : `, ${pace(msPerStep)}`}${left === null ? "" : `, ${duration(left)} left`}`;
  }
  if (!atRest(phase)) return "Preparing the model…";
  if (!begun) return pressed ? "Untrained. Press Train." : "Untrained.";
  if (shown !== null) return `The figures show step ${count(shown)} of ${count(step)}.`;
  if (bundled) return `This model came with the page, trained for ${count(step)} steps.${pressed ? " Press Train for one of your own." : ""}`;
  if (asOpened !== null) return `Opened from ${asOpened}.`;
  return phase === "paused" ? `Paused at step ${count(step)}.` : `Trained for ${count(step)} steps.`;
}

/** What its first button does, and the word for that. */
export function trainLabel({ phase, bundled, step, target }: Run): string {
  if (phase === "training") return "Pause";
  if (bundled) return "Train";
  return step >= target ? "Train more" : step > 0 ? "Go on" : "Train";
}
