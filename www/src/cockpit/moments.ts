// The moments of a run that can be shown, and the one that is: snapshots of the reader's own model, the record of the shipped one.
import { engineError, sentence } from "../engine/errors";
import type { Run } from "../run/run";
import { Newest } from "../util/newest";
import { HISTORY_STEPS, ShippedPast, pastAt } from "./history";

export class Moments {
  readonly #hand: Newest<number>;

  /** `changed`: where the hand is has changed. */
  constructor(
    private readonly run: () => Run,
    changed: () => void,
  ) {
    this.#hand = new Newest((index) => this.#show(index), changed);
  }

  get steps(): number[] {
    const run = this.run();
    return run.bundled ? HISTORY_STEPS : run.kept;
  }

  /** The place among `steps` of the one that is shown, or that the hand has come to. */
  get at(): number {
    const { past, shown } = this.run();
    const step = past instanceof ShippedPast ? past.evaluation.step : shown;
    return this.#hand.wanted ?? (step === null ? this.steps.length - 1 : this.steps.indexOf(step));
  }

  to(index: number): Promise<void> {
    return this.#hand.to(index);
  }

  /** A step that is not kept changes nothing. */
  async toStep(step: number | null): Promise<void> {
    const index = step === null ? this.steps.length - 1 : this.steps.indexOf(step);
    if (index >= 0 && index !== this.at) await this.to(index);
  }

  async #show(index: number): Promise<void> {
    const run = this.run();
    const step = this.steps[index] ?? null;
    const last = index === this.steps.length - 1;
    if (!run.bundled) return run.show(last && run.phase !== "training" ? null : step);
    try {
      run.lookBack(last || step === null ? null : await pastAt(step));
    } catch (thrown) {
      run.fail(sentence(engineError(thrown)));
    }
  }
}
