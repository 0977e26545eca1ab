// One experiment of a figure: what it asks, its models in training, and what they say so far.
import type { EngineClient } from "../engine/client";
import { engineError, sentence, type EngineError } from "../engine/errors";
import { sharedPool, type Batch, type NumberedJob } from "../engine/pool";
import type { Config, ConfigField, Measurement, Plan, Scale, Summary, Value } from "../engine/pkg/leftright.js";
import { store } from "../run/store";
import { LatestAnswer } from "../util/latest-answer";
import { TimeLeft } from "../util/time-left";
import { work } from "../util/work";
import type { Run } from "../run/run";

const SCALE: Scale = "figure";

export type ExperimentPhase = "loading" | "ready" | "running" | "failed";

/** A setting in which an experiment's jobs differ from each other or from preset `paper`. */
export interface Setting {
  field: ConfigField;
  values: Value[];
}

/** Fires `change` after each change of anything it holds. */
export class ExperimentRun extends EventTarget {
  phase: ExperimentPhase = "loading";
  plan: Plan | null = null;
  settings: Setting[] = [];
  measurements: Measurement[] = [];
  /** What went wrong, each once. */
  errors: string[] = [];
  /** Does what failed once more, where that is not simply to run on. */
  again: (() => void) | null = null;

  readonly #summary = new LatestAnswer<Summary>(() => { this.#summarised(); });
  readonly #measured = new Map<string, Measurement>();
  /** Steps that each job has done. */
  #steps: number[] = [];
  #batch: Batch | null = null;
  /** Counts starts, of which only the last trains. */
  #starts = 0;
  readonly #timeLeft = new TimeLeft();

  /** `run`: whose worker it asks, and whose engine it trains on. `kept`: whether this browser keeps what is measured. */
  constructor(
    readonly name: string,
    readonly run: Run,
    private readonly kept: boolean,
  ) {
    super();
  }

  get summary(): Summary | null {
    return this.#summary.value;
  }
  get models(): number {
    return this.plan?.jobs.length ?? 0;
  }
  /** How many models are trained and measured. */
  get done(): number {
    return this.plan?.jobs.filter((job, number) => this.#measured.has(key(number, job.steps))).length ?? 0;
  }
  /** The share of the work that is done; a model is half done when it is trained, for measuring it can take as long. */
  get fraction(): number {
    const trained = this.plan?.jobs.reduce((sum, { steps }, number) => sum + (this.#steps[number] ?? 0) / steps, 0) ?? 0;
    return (trained + this.done) / (2 * Math.max(1, this.models));
  }
  /** Milliseconds that the rest takes at the pace so far, once there is one. */
  get remaining(): number | null {
    return this.phase === "running" ? this.#timeLeft.get() : null;
  }

  async load(): Promise<void> {
    this.phase = "loading";
    this.errors = [];
    this.again = null;
    await this.#guard("This experiment cannot be run here", async () => {
      const fields = await this.#ask((client) => client.fields());
      this.plan = await this.#ask((client) => client.plan(this.name, SCALE));
      this.settings = settingsOf(this.plan, fields);
      this.#steps = this.plan.jobs.map(() => 0);
      await this.#recall(this.plan);
      this.phase = "ready";
      this.#remeasured();
    });
    if (this.plan) return;
    this.phase = "failed";
    this.again = () => void this.load();
    this.#changed();
  }

  /** Takes up what an earlier visit has measured of the same models. */
  async #recall({ jobs }: Plan): Promise<void> {
    const before = this.kept ? await store.measurements(this.name) : null;
    if (before?.jobs !== JSON.stringify(jobs)) return;
    for (const measurement of before.measurements) {
      this.#measured.set(key(measurement.job, measurement.step), measurement);
      this.#steps[measurement.job] = Math.max(this.#steps[measurement.job] ?? 0, measurement.step);
    }
  }

  #keep(): void {
    const { plan, measurements } = this;
    if (this.kept && plan) void store.keepMeasurements(this.name, { jobs: JSON.stringify(plan.jobs), measurements });
  }

  /** Trains the models that are not yet trained. */
  start(): void {
    const { plan } = this;
    if (!plan || this.phase !== "ready") return;
    const populations = plan.populations
      .map((numbers) => numbers.flatMap((number) => this.#unmeasured(plan, number)))
      .filter((jobs) => jobs.length > 0);
    for (const { number } of populations.flat()) this.#steps[number] = 0;
    this.errors = [];
    this.phase = "running";
    this.#timeLeft.forget();
    this.#changed();
    const start = ++this.#starts;
    const waited = () => this.phase === "running" && start === this.#starts;
    void this.#guard("The models were not trained", async () => {
      const { kind } = await this.run.engine();
      if (!waited()) return;
      this.#batch = sharedPool().train(populations, kind, {
        progress: (population, step, measurement) => { this.#progress(population, step, measurement); },
        failed: (population, error) => { this.#failed(population, error); },
        ended: () => { this.#rest(); },
      });
    }).then(() => { if (waited() && !this.#batch) this.#rest(); });
  }

  cancel(): void {
    this.#batch?.cancel();
    this.#rest();
  }

  clear(): void {
    this.cancel();
    this.#measured.clear();
    this.#steps.fill(0);
    this.errors = [];
    this.#remeasured();
    this.#keep();
  }

  #unmeasured({ jobs }: Plan, number: number): NumberedJob[] {
    const job = jobs[number];
    return job && !this.#measured.has(key(number, job.steps)) ? [{ job, number }] : [];
  }

  #progress(population: NumberedJob[], step: number, measurement: Measurement | undefined): void {
    for (const { number } of population) this.#steps[number] = step;
    this.#timeLeft.update(this.fraction, 1);
    if (measurement) {
      // A job begun again after a crash measures the same numbers at the same steps.
      this.#measured.set(key(measurement.job, measurement.step), measurement);
      this.#timeLeft.update(this.fraction, 1);
      this.#remeasured();
      this.#keep();
    } else this.#changed();
  }

  #failed(population: NumberedJob[], error: EngineError): void {
    const models = population.length === 1 ? "A model was" : `${population.length} models were`;
    this.#tell(`${models} not trained: ${sentence(error)}`);
  }

  #rest(): void {
    this.#batch = null;
    // What was trained of a model and not measured is lost.
    this.plan?.jobs.forEach((job, number) => { if (!this.#measured.has(key(number, job.steps))) this.#steps[number] = 0; });
    if (this.phase === "running") this.phase = "ready";
    this.#changed();
  }

  /** In the order of the jobs, whichever ended first. */
  #remeasured(): void {
    this.measurements = [...this.#measured.values()].sort((a, b) => a.job - b.job || a.step - b.step);
    this.#summarise();
    this.#changed();
  }

  #summarise(): void {
    const { name, measurements } = this;
    this.#summary.ask([measurements], () => this.#ask((client) => client.summarise(name, SCALE, measurements)));
  }

  #summarised(): void {
    const { error } = this.#summary;
    this.again = error ? () => { this.errors = []; this.#summary.again(); } : null;
    if (error) this.#tell(`The results were not summed up: ${sentence(engineError(error))}`);
    else this.#changed();
  }

  /** Asks the reader's engine; if that crashes, which its run mends, once more. */
  async #ask<T>(question: (client: EngineClient) => Promise<T>): Promise<T> {
    const { worker } = this.run;
    try {
      return await question(worker);
    } catch (thrown) {
      if (engineError(thrown).code !== "crash") throw thrown;
      return question(worker);
    }
  }

  async #guard(failure: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#tell(`${failure}: ${sentence(engineError(thrown))}`);
    }
  }

  #tell(error: string): void {
    if (!this.errors.includes(error)) this.errors = [...this.errors, error];
    this.#changed();
  }

  #changed(): void {
    work.report(this, this.phase === "running" ? this.fraction : null);
    this.dispatchEvent(new Event("change"));
  }
}

function key(job: number, step: number): string {
  return `${job} ${step}`;
}

function settingsOf({ jobs }: Plan, fields: ConfigField[]): Setting[] {
  return fields.flatMap((field) => {
    const values = [...new Set(jobs.map(({ config }) => config[field.name as keyof Config]))];
    return values.every((value) => value === field.default) ? [] : [{ field, values }];
  });
}
