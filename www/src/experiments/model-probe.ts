// An experiment asked of the reader's own model, one part at a time.
import { engineError, sentence } from "../engine/errors";
import type { ExperimentInfo, Summary } from "../engine/pkg/leftright.js";
import { LatestAnswer } from "../util/latest-answer";
import type { Run } from "../run/run";

/** Fires `change` after each change of anything it holds. */
export class ModelProbe extends EventTarget {
  info: ExperimentInfo | null = null;
  measuring = false;
  /** Parts measured, of how many. */
  part = 0;
  parts = 0;
  /** The model that was measured, opened from a file or at a step. */
  of: { file: string | null; step: number; revision: number } | null = null;
  /** Why there is no more. */
  notice: string | null = null;
  /** Does what failed once more. */
  again: (() => void) | null = null;

  readonly #summary = new LatestAnswer<Summary>(() => { this.#summarised(); });
  #cancelled = false;

  constructor(
    readonly run: Run,
    readonly name: string,
  ) {
    super();
  }

  get summary(): Summary | null {
    return this.of ? this.#summary.value : null;
  }
  /** Whether all of it is measured: a part alone decides nothing. */
  get complete(): boolean {
    return this.parts > 0 && this.part === this.parts;
  }
  /** Whether the model has changed since it was measured. */
  get stale(): boolean {
    return this.of !== null && this.of.revision !== this.run.revision;
  }

  async load(): Promise<void> {
    this.notice = null;
    await this.#guard("This cannot be measured here", async () => {
      this.info = (await this.run.worker.plan(this.name, "figure")).info;
    }, () => void this.load());
    this.#changed();
  }

  async measure(): Promise<void> {
    const { run, name, part: before } = this;
    if (this.measuring) return;
    this.measuring = true;
    this.#cancelled = false;
    this.notice = null;
    this.again = null;
    this.part = 0;
    const of = { file: run.asOpened, step: run.shown ?? run.step, revision: run.revision };
    let measured = {};
    this.#changed();
    await this.#guard("The measurement stopped", async () => {
      do {
        const { parts, values } = await run.client.examine(name, this.part);
        if (this.#stopped(of.revision)) return;
        // What was measured before stays until there is something of this.
        if (this.part === 0) this.of = of;
        this.parts = parts;
        this.part += 1;
        measured = { ...measured, ...values };
        this.#summarise(measured);
        this.#changed();
      } while (this.part < this.parts);
    }, () => void this.measure());
    if (this.part === 0) this.part = before;
    this.measuring = false;
    this.#changed();
  }

  cancel(): void {
    this.#cancelled = true;
  }

  /** What was measured of a model says nothing together with what would now be measured of another. */
  #stopped(revision: number): boolean {
    const changed = revision !== this.run.revision;
    if (changed) this.notice = "The model changed while it was measured; what is shown is of the one before.";
    return changed || this.#cancelled;
  }

  #summarise(values: Record<string, number>): void {
    this.#summary.ask([values], () => this.run.client.summariseExamination(this.name, values));
  }

  #summarised(): void {
    const { error } = this.#summary;
    if (error) this.#tell("The results were not summed up", error, () => { this.#summary.again(); });
    else this.#changed();
  }

  async #guard(failure: string, work: () => Promise<void>, again: () => void): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#tell(failure, thrown, again);
    }
  }

  #tell(failure: string, thrown: unknown, again: () => void): void {
    this.notice = `${failure}: ${sentence(engineError(thrown))}`;
    this.again = again;
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
