import { answers, atRest } from "../run/life";
import type { Run } from "../run/run";
import { en, type Words } from "../words/en";
import { press } from "./press";

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

/** Trains it, or has it pause. */
export function trainButton(run: Run, { run: words }: Words = en) {
  const { phase, bundled, step, target } = run;
  const training = phase === "training";
  const train = bundled || step === 0 ? words.train : step >= target ? words.more : words.goOn;
  return press(training ? words.pause : train, () => (training ? run.pause() : run.train()), { primary: true, able: answers(phase) });
}
