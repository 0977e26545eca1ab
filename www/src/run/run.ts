// A run, as figures show it, and all that it does. What is known of it is in record.ts.
import type { EngineClient } from "../engine/client";
import { EngineError, engineError, sentence } from "../engine/errors";
import type { Ablation, AblationResult, Accuracy, Decomposition, EngineInfo, EngineRequest, Progress, Scene } from "../engine/pkg/leftright.js";
import type { ModelInfo } from "../engine/held";
import { ModelClient } from "../engine/model";
import { count } from "../util/format";
import { RunState, TRAIN_STEPS, type Shelved } from "./run-state";
import { loadShipped } from "./bundled-model";
import { configOf, defaults, readAddress, sameSettings, settingsOf, showInAddress, writeAddress, type Settings } from "./settings";

/** Crashes without a training step between them before the page gives up restarting. */
const PATIENCE = 2;

/** What a run begins with: the trained model that ships with the page (where the settings are its own), or an untrained one. */
export const STARTS = ["trained", "untrained", "training"] as const;
export type Start = (typeof STARTS)[number];

/** The start of that name; the usual one where there is none. */
export function startOf(asked: string | null): Start {
  return STARTS.find((start) => start === asked) ?? "trained";
}

/** Where a run takes its settings from, and whether it keeps them there. */
export interface Source {
  /** A query, as of an address. */
  search: string;
  /** Whether the settings are written back to the page's address. */
  addressed: boolean;
  start: Start;
}

export class Run extends RunState {
  readonly client: ModelClient;
  #crashes = 0;
  /** Counts sessions, so that late answers of a replaced one are dropped. */
  #session = 0;
  #training: Promise<unknown> = Promise.resolve();

  constructor(
    readonly worker: EngineClient,
    private readonly source: Source,
  ) {
    super();
    this.client = new ModelClient(worker);
  }

  /** Whether it would try once more after a crash. */
  get patient(): boolean {
    return this.#crashes < PATIENCE;
  }
  /** Makes the model that its source asks for. */
  async start(): Promise<void> {
    await this.#guard("The engine did not start", async () => {
      this.fields = await this.worker.call((api) => api.fields());
      const { settings, problems } = readAddress(this.source.search, this.fields);
      this.notices = problems;
      this.settings = settings;
      this.changed();
      try {
        await (this.source.start === "trained" && this.#isDefault(settings) ? this.#openShipped() : this.#create(settings));
      } catch (thrown) {
        const error = engineError(thrown);
        if (error.code === "crash") throw error;
        this.notices = [...problems, `These settings cannot be used: ${sentence(error)} The defaults are used.`];
        this.settings = defaults(this.fields);
        await this.#create(this.settings);
      }
      this.phase = "ready";
      await this.#evaluate();
    });
    if (this.source.start === "training") await this.train();
  }

  /** Ends it; whatever it still does is of no interest. */
  close(): void {
    this.closed = true;
    this.#session += 1;
    void this.client.release().catch(() => undefined);
  }

  /** Changes the form. A model without a step to lose follows at once; a trained one waits for `reset`. */
  async set(change: Partial<Settings>): Promise<void> {
    if (!this.settings) return;
    this.settings = { ...this.settings, ...change };
    this.changed();
    await this.#follow();
  }

  /** Trains on; in place of the model that came with the page, one of the reader's own. */
  async train(): Promise<void> {
    if (!(await this.#own())) return;
    if (this.step >= this.target) this.target = this.step + TRAIN_STEPS;
    await this.#train(this.target - this.step);
  }

  async trainOneStep(): Promise<void> {
    if (await this.#own()) await this.#train(1);
  }

  /** Shows every figure the model as it was at a kept step; null for the latest. */
  async show(step: number | null): Promise<void> {
    await this.#guard("That step cannot be shown", async () => {
      await this.client.show(step);
      this.shown = step;
      this.revision += 1;
      this.changed();
    });
  }

  /** The engine that trains it, opened if need be. */
  async engine(): Promise<EngineInfo> {
    const { engine } = await this.client.prepare();
    if (!engine) throw new EngineError("engine", "The engine did not open.");
    if (this.current) this.current.engine = engine;
    this.changed();
    return engine;
  }

  async pause(): Promise<void> {
    await this.#guard("The engine did not pause", () => this.#stop());
  }

  /** A fresh model by the form's settings. */
  async reset(): Promise<void> {
    await this.#guard("These settings cannot be used", async () => {
      const { settings } = this;
      if (!settings) return;
      await this.worker.call((api) => api.check(configOf(settings))); // an impossible form should not stop a run
      await this.#replace(() => this.#create(settings));
      await this.#follow();
    });
  }

  /** Takes the model of a safetensors file. */
  async open(name: string, bytes: Uint8Array): Promise<void> {
    await this.#guard(`${name} was not opened, and the model here is as it was`, () =>
      this.#replace(async () => {
        await this.#open(bytes, this.current?.settings.engine ?? "auto");
        this.file = name;
      }),
    );
  }

  /** Goes back to the run that the last `reset` or `open` put aside. */
  async goBack(): Promise<void> {
    const { shelved } = this;
    if (!shelved) return;
    await this.#guard("The run could not be brought back", async () => {
      await this.#replace(() => this.#resume(shelved));
      const told = `The run is back at step ${count(this.step)}; how the model was before that is no longer kept.`;
      this.notices = [...this.notices.filter((notice) => notice !== told), told];
      this.changed();
    });
  }

  async checkpoint(): Promise<Uint8Array | null> {
    return this.#guard("The model was not saved", () => this.client.checkpoint());
  }

  /** Of the model as it is now, also while it trains. */
  async decompose(scene: Scene): Promise<Decomposition | null> {
    return this.#guard("This strip cannot be shown", () => this.client.decompose(scene));
  }
  async ablate(ablations: Ablation[]): Promise<AblationResult | null> {
    return this.#guard("These terms cannot be changed", () => this.client.ablate(ablations));
  }

  async epRows(): Promise<number[][] | null> {
    return this.#guard("The EP rows cannot be shown", () => this.client.epRows());
  }
  async operate(rows: (number[] | null)[]): Promise<Accuracy | null> {
    return this.#guard("This row cannot be put in", () => this.client.operate(rows));
  }

  /** Whether the reader has a model to train, made if there is none. */
  async #own(): Promise<boolean> {
    if (this.shipped) await this.reset();
    return !this.shipped;
  }

  async #train(steps: number): Promise<void> {
    if (this.phase !== "ready") return;
    this.phase = "training";
    this.error = null;
    if (this.step > 0) this.shelved = null;
    this.changed();
    if (this.shown !== null) await this.show(null);
    this.#training = this.#guard("Training stopped", async () => {
      const session = this.#session;
      const failure = await this.client
        .train(steps, (progress, kept) => {
          if (session === this.#session) this.#progress(progress, kept);
        })
        .then(() => null, engineError);
      if (failure?.code === "crash") return;
      const { engine, step } = await this.client.describe();
      if (this.current) this.current.engine = engine;
      this.rewind(step);
      this.phase = "ready";
      await this.#evaluate();
      if (failure) throw failure;
    });
    await this.#training;
  }

  async #stop(): Promise<void> {
    if (this.phase !== "training") return;
    await this.client.cancel();
    await this.#training;
  }

  /** A model with nothing to lose is made anew when the form asks for another. */
  async #follow(): Promise<void> {
    if (this.edited && !this.begun && this.phase === "ready") await this.reset();
  }

  /** Puts another model in the place of the one at hand, which stays if that fails. */
  async #replace(make: () => Promise<void>): Promise<void> {
    await this.#stop();
    const shelved = this.shelve();
    this.phase = "loading";
    this.changed();
    const failure = await make().then(() => null, engineError);
    if (failure?.code === "crash") return;
    this.phase = "ready";
    if (failure) throw failure;
    this.shelved = shelved;
    await this.#evaluate();
  }

  async #create(settings: Settings): Promise<void> {
    this.#adopt(await this.client.create(configOf(settings), settings.engine), settings);
  }

  async #open(bytes: Uint8Array, engine: EngineRequest): Promise<void> {
    const info = await this.client.open(bytes, engine);
    const settings = settingsOf(info.config, engine);
    this.#adopt(info, settings);
    this.settings = settings;
    this.firstStep = info.step + 1;
  }

  /** The model that came with the page; where it cannot be had, an untrained one. */
  async #openShipped(): Promise<void> {
    const { settings } = this;
    if (!settings) return;
    const loaded = await loadShipped().catch((error: unknown) => engineError(error));
    if (loaded instanceof EngineError) {
      this.notices = [...this.notices, `The trained model that comes with this page could not be had: ${sentence(loaded)} Here is an untrained one.`];
      await this.#create(settings);
      return;
    }
    await this.#open(loaded.checkpoint, settings.engine);
    this.shipped = true;
    this.firstStep = 1;
    this.losses = [...loaded.losses];
    // How the training went is on record; what the model does now is measured.
    this.evaluations = loaded.evaluations.filter(({ step }) => step < this.step);
    this.saved = { state: loaded.checkpoint, step: this.step };
  }

  #isDefault(settings: Settings): boolean {
    return sameSettings({ ...settings, engine: "auto" }, defaults(this.fields));
  }

  async #resume(shelved: Shelved): Promise<void> {
    const { state, step, settings, ...drawn } = shelved;
    this.#adopt(await this.client.open(state, settings.engine), settings);
    this.settings = settings;
    Object.assign(this, drawn);
    this.saved = { state, step };
    this.rewind(step);
  }

  #adopt(info: ModelInfo, settings: Settings): void {
    this.#session += 1;
    this.begin(info, settings);
    if (this.source.addressed) showInAddress(writeAddress(settings, this.fields));
  }

  #progress(progress: Progress, kept: number[]): void {
    this.#crashes = 0;
    this.progressed(progress, kept);
  }

  async #evaluate(): Promise<void> {
    if (this.evaluations.at(-1)?.step !== this.step) {
      const session = this.#session;
      const evaluation = await this.client.evaluate();
      if (session === this.#session) this.evaluations = [...this.evaluations, evaluation];
    }
    this.changed();
  }

  /** A new worker, which has taken the place of one that crashed, goes on from the last state that the old one sent. */
  async recover({ message }: EngineError): Promise<void> {
    const shelved = this.shelve();
    const settings = this.current?.settings;
    const goOn = this.phase === "training";
    this.#crashes += 1;
    this.phase = "loading";
    if (this.#crashes > PATIENCE) {
      this.phase = "failed";
      this.fail(`The engine cannot run here: ${message}. Reload the page to try again.`);
      return;
    }
    this.changed();
    if (!settings) {
      await this.start();
      return;
    }
    await this.#guard("The run could not go on", async () => {
      await (shelved ? this.#resume(shelved) : this.#create(settings));
      const from = shelved ? `from step ${shelved.step}` : "with a fresh model";
      this.notices = [...this.notices, `The engine stopped: ${message}. It was restarted ${from}.`];
      this.phase = "ready";
      await this.#evaluate();
    });
    if (goOn) await this.train();
  }

  /** Tells the reader what did not happen and why; a crash is told by `recover`, which has heard of it already. */
  async #guard<T>(failure: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (thrown) {
      const error = engineError(thrown);
      if (error.code === "crash") this.changed();
      else this.fail(`${failure}: ${sentence(error)}`);
      return null;
    }
  }
}
