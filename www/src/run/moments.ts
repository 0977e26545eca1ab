// The moments of a run that can be shown, and the one that its hand is at: kept models of the reader's own, the record of the shipped
// one. They belong to the run, so that every figure of it shows the same one.
import { Newest } from "../util/newest";
import type { RunModel } from "./run-model";
import type { Past } from "./run-state";

/** Milliseconds that a moment stands when they are played. */
const PLAY_MS = 150;

/** What a page has on record of the shipped model's past. */
interface PastRecord {
  steps: number[];
  at: (step: number) => Promise<Past>;
}

/** None where no cockpit shows it, as in an embedded figure. */
let record: PastRecord | null = null;

export function keepRecord(of: PastRecord): void {
  record = of;
}

/** A step, null for the latest, and whether the reader has decided on it. */
interface Moment {
  step: number | null;
  decided: boolean;
}

/** Its run fires `moment` when the hand has moved. */
export class Moments {
  readonly #hand: Newest<Moment>;
  /** The moment that was last asked for. */
  #last: Moment | null = null;
  /** What goes through them by itself, if anything does. */
  #play: symbol | null = null;

  constructor(private readonly run: RunModel) {
    this.#hand = new Newest(({ step, decided }) => run.show(step, decided), () => { this.#moved(); });
  }

  get steps(): number[] {
    return this.run.bundled ? (record?.steps ?? []) : this.run.kept;
  }

  /** The step that is shown, or that the hand has come to while that is on its way; null for the latest. */
  get step(): number | null {
    const { wanted } = this.#hand;
    return wanted ? wanted.step : this.run.seen;
  }

  /** Its place among `steps`. */
  get at(): number {
    const { step, steps } = this;
    return step === null ? steps.length - 1 : steps.indexOf(step);
  }

  get playing(): boolean {
    return this.#play !== null;
  }

  /** Whether a step can be shown. */
  has(step: number | null): boolean {
    return step === null || this.steps.includes(step);
  }

  /** The shipped model at one of `steps`. */
  async recorded(step: number): Promise<Past> {
    if (!record) throw new Error("nothing is recorded of the model’s past");
    return record.at(step);
  }

  /** Shows the one at a place among `steps`, as the reader decides: the last is the latest, unless training goes on behind it. */
  async to(index: number): Promise<void> {
    this.stop();
    await this.#turn(index);
  }

  /** Shows a step that the text speaks of; gives whether nobody has asked for another meanwhile. One that is not kept changes nothing. */
  async tell(step: number | null): Promise<boolean> {
    if (!this.has(step) || step === this.step) return true;
    this.stop();
    const moment = { step, decided: false };
    await this.#ask(moment);
    return this.#last === moment;
  }

  /** The moment after the one that is shown; after the last, the first. */
  get next(): number {
    return this.at >= this.steps.length - 1 ? 0 : this.at + 1;
  }

  /** Goes through them by itself, until the last, until anyone asks for another, or as far as they can be had. */
  async play(): Promise<void> {
    const play = (this.#play = Symbol("play"));
    for (let before = -1; this.#play === play; ) {
      await this.#turn(this.next);
      const { at } = this;
      if (at === before || at === this.steps.length - 1) break;
      before = at;
      await new Promise((resolve) => setTimeout(resolve, PLAY_MS));
    }
    if (this.#play === play) this.stop();
  }

  stop(): void {
    if (!this.#play) return;
    this.#play = null;
    this.#moved();
  }

  #turn(index: number): Promise<void> {
    const { steps, run } = this;
    const latest = index === steps.length - 1 && run.phase !== "training";
    return this.#ask({ step: latest ? null : (steps[index] ?? null), decided: true });
  }

  #ask(moment: Moment): Promise<void> {
    this.#last = moment;
    return this.#hand.to(moment);
  }

  #moved(): void {
    this.run.dispatchEvent(new Event("moment"));
  }
}
