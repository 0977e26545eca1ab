import { atRest } from "../run/life";
import type { Run } from "../run/run";
import { en, type Words } from "../words/en";

/** What a run is doing, in a sentence or two; `pressed`: whether there are buttons to speak of. */
export function runState({ phase, step, shown, target, msPerStep, begun, asOpened, bundled, timeLeft }: Run, pressed: boolean, { run: words }: Words = en): string {
  if (phase === "failed") return words.stopped;
  if (phase === "training") return words.training(step, target, msPerStep, timeLeft.get());
  if (!atRest(phase)) return words.preparing;
  if (!begun) return words.untrained(pressed);
  if (shown !== null) return words.shown(shown, step);
  if (bundled) return words.shipped(step, pressed);
  if (asOpened !== null) return words.opened(asOpened);
  return phase === "paused" ? words.paused(step) : words.trained(step);
}

/** What its first button does, and the word for that. */
export function trainLabel({ phase, bundled, step, target }: Run, { run: words }: Words = en): string {
  if (phase === "training") return words.pause;
  if (bundled) return words.train;
  return step >= target ? words.more : step > 0 ? words.goOn : words.train;
}
