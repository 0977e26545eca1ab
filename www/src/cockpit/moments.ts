// The moments of a run that can be shown, and the one that is: snapshots of the reader's own model, the record of the shipped one.
import { engineError, sentence } from "../engine/errors";
import type { Run } from "../run/run";
import { Newest } from "../util/newest";
import { HISTORY_STEPS, ShippedPast, pastAt } from "./history";

/** A step, null for the latest, and whether the reader has decided on it. */
interface Moment {
  step: number | null;
  decided: boolean;
}

export class Moments {
  readonly #hand: Newest<Moment>;

  /** `changed`: where the hand is has changed. */
  constructor(
    private readonly run: () => Run,
    changed: () => void,
  ) {
    this.#hand = new Newest((moment) => this.#show(moment), changed);
  }

  get steps(): number[] {
    const run = this.run();
    return run.bundled ? HISTORY_STEPS : run.kept;
  }

  /** The step that is shown, or that the hand has come to; null for the latest. */
  get #step(): number | null {
    const { past, shown } = this.run();
    const { wanted } = this.#hand;
    if (wanted) return wanted.step;
    return past instanceof ShippedPast ? past.evaluation.step : shown;
  }

  /** Its place among `steps`. */
  get at(): number {
    const step = this.#step;
    return step === null ? this.steps.length - 1 : this.steps.indexOf(step);
  }

  /** Shows the one at a place among `steps`: the last is the latest, unless training goes on behind it. */
  to(index: number): Promise<void> {
    const latest = index === this.steps.length - 1 && this.run().phase !== "training";
    return this.#hand.to({ step: latest ? null : (this.steps[index] ?? null), decided: true });
  }

  /** Shows a step that the text speaks of; one that is not kept changes nothing. */
  async tell(step: number | null): Promise<void> {
    if (step !== this.#step && (step === null || this.steps.includes(step))) await this.#hand.to({ step, decided: false });
  }

  async #show({ step, decided }: Moment): Promise<void> {
    const run = this.run();
    if (!run.bundled) return run.show(step, decided);
    try {
      run.lookBack(step === null ? null : await pastAt(step));
    } catch (thrown) {
      run.fail(sentence(engineError(thrown)));
    }
  }
}
