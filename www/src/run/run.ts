// A run, as figures show it: how it begins, trains and ends. What is known of it is in run-state.ts, which model it has in run-model.ts.
import type { EngineClient } from "../engine/client";
import { EngineError, engineError, sentence } from "../engine/errors";
import type { Ablation, AblationResult, Accuracy, Decomposition, EngineInfo, Scene } from "../engine/pkg/leftright.js";
import { count } from "../util/format";
import { readQuery, type Address, type Start } from "./address";
import { answers, atRest } from "./life";
import { RunModel } from "./run-model";
import { TRAIN_STEPS } from "./run-state";
import { defaults, sameSettings, type Settings } from "./settings";
import { ablationsOf, fitted, readViews, type Cut, type Views } from "./views";

/** A model in safetensors, by a name that no other has. */
export interface Checkpoint {
  name: string;
  bytes: Uint8Array;
}

/** Where a run takes its settings and views from, and its model where that is not made or shipped. */
export interface Source {
  /** A query, as of an address. */
  search: string;
  start: Start;
  checkpoint?: Checkpoint | null;
}

export class Run extends RunModel {
  #training: Promise<unknown> = Promise.resolve();
  /** Whether it trains, or would if its worker had not died. */
  #trains = false;

  /**
   * `renew`: makes the worker anew, and has every run of it recover. `address`: where its settings and views are written, if
   * they are.
   */
  constructor(
    worker: EngineClient,
    private readonly source: Source,
    renew: () => Promise<unknown>,
    address: Address | null = null,
  ) {
    super(worker, renew, address);
    // A reader may cut a term before there is a model.
    this.decided = this.views = readViews(new URLSearchParams(source.search)).views;
  }

  /** Makes the model that its source asks for. */
  async start(): Promise<void> {
    this.turn("load");
    this.error = null;
    this.changed();
    // Whoever would put another model in its place, as Resume does, waits until this one is there.
    const started = this.guard("The run did not start", async () => {
      this.fields = await this.worker.fields();
      const { settings, views: { step }, problems } = readQuery(this.source.search, this.fields);
      this.notices = [];
      this.notice(...problems);
      this.settings = settings;
      this.changed();
      try {
        const { start, checkpoint } = this.source;
        if (checkpoint) await this.openCheckpoint(checkpoint.name, checkpoint.bytes, settings.engine);
        else await (start === "trained" && this.#isDefault(settings) ? this.openBundled() : this.create(settings));
      } catch (thrown) {
        const error = engineError(thrown);
        if (error.code !== "config" && error.code !== "engine") throw error;
        this.notice(`These settings cannot be used: ${sentence(error)} The defaults are used.`);
        this.settings = defaults(this.fields);
        await this.create(this.settings);
      }
      this.rest();
      await this.evaluate();
      if (step !== null && this.source.start !== "training") await this.showIfKept(step);
    });
    this.replacing = started;
    await started;
    if (this.source.start === "training" && atRest(this.phase)) {
      const { steps, views: { step } } = readQuery(this.source.search, this.fields);
      await this.train(steps ?? undefined);
      if (step !== null) await this.showIfKept(step);
    }
  }

  /** Ends it: what it does is cancelled, and its model freed when that has stopped. */
  close(): void {
    this.turn("close");
    this.address?.close();
    this.moments.stop();
    this.changed();
    this.modelCount += 1;
    void this.client.release().catch(() => undefined);
  }

  /** Trains on, to a step if one is given; in place of the model that came with the page, one of the reader's own. */
  async train(to?: number): Promise<void> {
    if (!(await this.#own())) return;
    if (to !== undefined) this.target = to;
    if (this.step >= this.target) this.target = this.step + TRAIN_STEPS;
    await this.#train(this.target - this.step);
  }

  async trainOneStep(): Promise<void> {
    if (await this.#own()) await this.#train(1);
  }

  /** The engine that trains it, opened if need be, once a model that is on its way is there. */
  async engine(): Promise<EngineInfo> {
    await this.replacing.catch(() => undefined);
    const { engine } = await this.client.prepare();
    if (!engine) throw new EngineError("engine", "The engine did not open.");
    if (this.current) this.current.engine = engine;
    this.changed();
    return engine;
  }

  async pause(): Promise<void> {
    await this.guard("The engine did not pause", () => this.stop());
  }

  /** Takes up the settings and views that the address says, as a reader who goes back and forward leaves them. */
  async follow(search: string): Promise<void> {
    if (!this.current || !answers(this.phase)) return;
    const { settings, views } = readQuery(search, this.fields);
    if (!sameSettings(settings, this.current.settings)) {
      const { shelved } = this;
      if (shelved && sameSettings(shelved.settings, settings)) await this.resume({ ...shelved, views });
      else {
        this.settings = settings;
        await this.reset();
      }
    }
    const said = fitted(views, this.current.config).views;
    this.decided = { ...said, step: this.decided.step };
    this.views = { ...said, step: this.views.step };
    this.changed();
    await this.showIfKept(views.step);
  }

  /** Looks at what a page asks for, as far as the model has it. */
  async lookAt({ step, ...change }: Partial<Views>): Promise<void> {
    if (this.current) {
      const { views, problems } = fitted({ ...this.views, ...change }, this.current.config);
      this.notice(...problems);
      if (change.cut) change.cut = views.cut;
      if (change.placed) change.placed = views.placed;
    }
    if (change.cut ?? change.placed) this.look(change);
    if (step !== undefined) await this.showIfKept(step);
  }

  async checkpoint(): Promise<Uint8Array | null> {
    return this.guard("The model was not saved", () => this.client.checkpoint());
  }

  /** Of the model as it is now, also while it trains. */
  decompose(scene: Scene, cut: Cut): Promise<Decomposition> {
    return this.client.decompose(scene, ablationsOf(cut));
  }
  ablate(ablations: Ablation[]): Promise<AblationResult> {
    return this.client.ablate(ablations);
  }
  epRows(): Promise<number[][]> {
    return this.client.epRows();
  }
  operate(rows: (number[] | null)[]): Promise<Accuracy> {
    return this.client.operate(rows);
  }

  /** Whether the reader has a model to train, made if there is none. The one that came with the page stays until what trains is here. */
  async #own(): Promise<boolean> {
    if (this.bundled) {
      const trainer = () => this.worker.call((api) => api.loadTrainer());
      await this.guard("Training did not start", () => this.renewModel(trainer), () => this.train());
    }
    return !this.bundled && atRest(this.phase);
  }

  #isDefault(settings: Settings): boolean {
    return sameSettings({ ...settings, engine: "auto" }, defaults(this.fields));
  }

  async #train(steps: number): Promise<void> {
    this.turn("train");
    this.#trains = true;
    this.error = null;
    if (this.step > 0) this.shelved = null;
    this.timeLeft.update(this.step, this.target);
    this.changed();
    const model = this.modelCount;
    const work = async () => {
      await this.showStep(null);
      if (!this.snapshots.has(this.step)) this.keep(this.step, await this.client.checkpoint());
      if (!this.#trains) return;
      await this.client.train(steps, (progress) => { if (model === this.modelCount) this.progressed(progress); });
    };
    this.#training = this.guard("Training stopped", async () => {
      const failure = await work().then(() => null, engineError);
      if (failure?.code === "crash" || failure?.code === "closed" || model !== this.modelCount) return;
      this.#trains = false;
      const { engine, step } = await this.client.describe();
      if (this.current) this.current.engine = engine;
      this.rewind(step);
      this.rest();
      await this.evaluate();
      if (failure) throw failure;
    }, () => this.train());
    await this.#training;
  }

  protected override async stop(): Promise<void> {
    this.#trains = false;
    if (this.phase !== "training") return;
    await this.client.cancel();
    await this.#training;
  }

  /**
   * A new worker has taken the place of one that died, or of none: the run goes on from the last state that it knows, or with the
   * model that was on its way to take its place.
   */
  async recover(death: EngineError | null): Promise<void> {
    if (this.closed) return;
    const model = this.modelCount;
    const saved = this.saved();
    this.turn("load");
    this.error = null;
    this.changed();
    if (!saved) {
      await this.start();
      return;
    }
    await this.guard("The run could not go on", () => this.inTurn(async () => {
      if (this.closed || model !== this.modelCount) return;
      if (this.phase !== "loading") this.turn("load");
      const { cut, placed } = this.views;
      await this.takeUp(saved);
      this.tell({ cut, placed });
      if (death) this.notice(`The engine stopped: ${sentence(death)} It was restarted from step ${count(saved.step)}.`);
      this.rest();
      await this.evaluate();
    }));
    if (this.#trains && atRest(this.phase)) await this.train();
  }

  /** There is no engine for it. */
  lost(error: EngineError): void {
    if (this.phase !== "failed") this.turn("fail");
    this.fail(`The engine cannot run here: ${sentence(error)}`, () => void this.renew());
  }
}
