// A run, as figures show it, and all that it does. What is known of it is in run-state.ts.
import type { EngineClient } from "../engine/client";
import { EngineError, engineError, sentence } from "../engine/errors";
import type { Ablation, AblationResult, Accuracy, Decomposition, EngineInfo, EngineRequest, Scene } from "../engine/pkg/leftright.js";
import type { ModelInfo } from "../engine/held";
import { ModelClient } from "../engine/model";
import { count, quote } from "../util/format";
import { readQuery, writeQuery, type Address, type Start } from "./address";
import { loadBundledModel } from "./bundled-model";
import { answers, atRest } from "./life";
import { Moments } from "./moments";
import { RunState, TRAIN_STEPS } from "./run-state";
import type { SavedRun } from "./saved-run";
import { configOf, defaults, sameSettings, settingsOf, type Settings } from "./settings";
import { UNCUT, ablationsOf, fitted, readViews, type Cut, type Views } from "./views";

/** Where a run takes its settings and views from. */
export interface Source {
  /** A query, as of an address. */
  search: string;
  start: Start;
}

export class Run extends RunState {
  readonly client: ModelClient;
  readonly moments = new Moments(this);
  /** Counts models, so that late answers of a replaced one are dropped. */
  #model = 0;
  #training: Promise<unknown> = Promise.resolve();
  #replacing: Promise<unknown> = Promise.resolve();
  /** Whether it trains, or would if its worker had not died. */
  #trains = false;

  /**
   * `renew`: makes the worker anew, and has every run of it recover. `address`: where its settings and views are written, if
   * they are.
   */
  constructor(
    readonly worker: EngineClient,
    private readonly source: Source,
    private readonly renew: () => Promise<unknown>,
    private readonly address: Address | null = null,
  ) {
    super();
    this.client = new ModelClient(worker);
    // A reader may cut a term before there is a model.
    this.decided = this.views = readViews(new URLSearchParams(source.search)).views;
  }

  /** Makes the model that its source asks for. */
  async start(): Promise<void> {
    this.turn("load");
    this.error = null;
    this.changed();
    // Whoever would put another model in its place, as Resume does, waits until this one is there.
    const started = this.#guard("The run did not start", async () => {
      this.fields = await this.worker.fields();
      const { settings, views: { step }, problems } = readQuery(this.source.search, this.fields);
      this.notices = [];
      this.notice(...problems);
      this.settings = settings;
      this.changed();
      try {
        await (this.source.start === "trained" && this.#isDefault(settings) ? this.#openBundled() : this.#create(settings));
      } catch (thrown) {
        const error = engineError(thrown);
        if (error.code !== "config" && error.code !== "engine") throw error;
        this.notice(`These settings cannot be used: ${sentence(error)} The defaults are used.`);
        this.settings = defaults(this.fields);
        await this.#create(this.settings);
      }
      this.rest();
      await this.#evaluate();
      if (step !== null && this.source.start !== "training") await this.#showIfKept(step);
    });
    this.#replacing = started;
    await started;
    if (this.source.start === "training" && atRest(this.phase)) {
      const { steps, views: { step } } = readQuery(this.source.search, this.fields);
      await this.train(steps ?? undefined);
      if (step !== null) await this.#showIfKept(step);
    }
  }

  /** Ends it: what it does is cancelled, and its model freed when that has stopped. */
  close(): void {
    this.turn("close");
    this.changed();
    this.#model += 1;
    void this.client.release().catch(() => undefined);
  }

  /** Changes the form. A model without a step to lose follows at once; a trained one waits for `reset`. */
  async set(change: Partial<Settings>): Promise<void> {
    if (!this.settings) return;
    this.settings = { ...this.settings, ...change };
    this.changed();
    await this.#follow();
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

  /** Shows every figure another cut or strip. `continued`: it goes on with the change before, as a drag does. */
  look(change: Partial<Pick<Views, "cut" | "placed">>, continued = false): void {
    if (change.cut && !continued) this.cuts.push(this.views.cut);
    this.decided = { ...this.decided, ...change };
    this.views = { ...this.views, ...change };
    this.#write(!continued);
    this.changed();
  }

  /** Shows every figure what the text speaks of. The reader has not decided it, so the address does not know of it. */
  tell(change: Partial<Pick<Views, "cut" | "placed">>): void {
    const views = { ...this.views, ...change };
    this.views = this.current ? fitted(views, this.current.config).views : views;
    this.changed();
  }

  /** Goes back to the cut before. */
  undoCut(): void {
    const cut = this.cuts.pop() ?? UNCUT;
    this.decided = { ...this.decided, cut };
    this.views = { ...this.views, cut };
    this.#write(true);
    this.changed();
  }

  /** Shows the model as it was at a step of `moments`, null for the latest: as the reader decides, or only as the text tells. */
  async show(step: number | null, decided = true): Promise<void> {
    await this.#guard("That step cannot be shown", () => this.#show(step, decided));
  }

  /** The engine that trains it, opened if need be, once a model that is on its way is there. */
  async engine(): Promise<EngineInfo> {
    await this.#replacing.catch(() => undefined);
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
    await this.#guard("These settings cannot be used", () => this.#renewModel());
  }

  /** Takes the model of a safetensors file. */
  async open(name: string, bytes: Uint8Array): Promise<void> {
    await this.#guard(`${quote(name)} was not opened, and the model here is as it was`, () =>
      this.#replace(async () => {
        await this.#open(bytes, this.current?.settings.engine ?? "auto");
        this.file = name;
      }),
    );
  }

  /** Takes a run that was kept. */
  async resume(saved: SavedRun): Promise<void> {
    await this.#guard("The run could not be brought back", () => this.#replace(() => this.#resume(saved)));
  }

  /** Goes back to the run that the last `reset` or `open` put aside. */
  async goBack(): Promise<void> {
    if (this.shelved) await this.resume(this.shelved);
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
    this.decided = this.views = { ...fitted(views, this.current.config).views, step: this.views.step };
    this.changed();
    if (views.step !== this.views.step) await this.#showIfKept(views.step);
  }

  async checkpoint(): Promise<Uint8Array | null> {
    return this.#guard("The model was not saved", () => this.client.checkpoint());
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
      await this.#guard("Training did not start", () => this.#renewModel(trainer), () => this.train());
    }
    return !this.bundled && atRest(this.phase);
  }

  /** Takes a fresh model by the form's settings, once what it needs is here. */
  async #renewModel(needed?: () => Promise<void>): Promise<void> {
    const { settings } = this;
    if (!settings) return;
    await this.worker.check(configOf(settings)); // an impossible form should not stop a run
    await this.#replace(async () => {
      await needed?.();
      await this.#create(settings, true);
    });
    await this.#follow();
  }

  async #train(steps: number): Promise<void> {
    this.turn("train");
    this.#trains = true;
    this.error = null;
    if (this.step > 0) this.shelved = null;
    this.timeLeft.update(this.step, this.target);
    this.changed();
    const model = this.#model;
    const work = async () => {
      await this.#show(null);
      if (!this.snapshots.has(this.step)) this.keep(this.step, await this.client.checkpoint());
      if (!this.#trains) return;
      await this.client.train(steps, (progress) => { if (model === this.#model) this.progressed(progress); });
    };
    this.#training = this.#guard("Training stopped", async () => {
      const failure = await work().then(() => null, engineError);
      if (failure?.code === "crash" || failure?.code === "closed" || model !== this.#model) return;
      this.#trains = false;
      const { engine, step } = await this.client.describe();
      if (this.current) this.current.engine = engine;
      this.rewind(step);
      this.rest();
      await this.#evaluate();
      if (failure) throw failure;
    }, () => this.train());
    await this.#training;
  }

  async #stop(): Promise<void> {
    if (this.phase !== "training") return;
    this.#trains = false;
    await this.client.cancel();
    await this.#training;
  }

  async #show(step: number | null, decided = true): Promise<void> {
    if (step !== this.seen) await (this.bundled ? this.#lookBack(step, decided) : this.#showKept(step));
    if (!decided || step !== this.seen || step === this.decided.step) return;
    this.decided = { ...this.decided, step };
    this.#write(false);
  }

  async #showKept(step: number | null): Promise<void> {
    await this.client.show(step === null ? null : (this.snapshots.get(step) ?? null));
    this.views = { ...this.views, step };
    this.revision += 1;
    this.changed();
  }

  /** Of the shipped model's past there is a record of what the cockpit shows, and no model. */
  async #lookBack(step: number | null, decided: boolean): Promise<void> {
    const model = this.#model;
    const past = step === null ? null : await this.moments.recorded(step).catch(engineError);
    if (model !== this.#model) return;
    if (past instanceof EngineError) {
      this.fail(sentence(past), () => {
        this.error = null;
        void this.show(step, decided);
      });
      return;
    }
    this.past = past;
    this.views = { ...this.views, step };
    this.dispatchEvent(new Event("moment"));
  }

  async #showIfKept(step: number | null): Promise<void> {
    if (this.bundled && step === this.step) step = null;
    if (step === null || this.moments.steps.includes(step)) await this.show(step);
    else if (step !== this.step) {
      this.notice(`The model of step ${count(step)} is not kept here; the latest is shown.`);
      this.changed();
    }
  }

  /** A model with nothing to lose is made anew when the form asks for another. */
  async #follow(): Promise<void> {
    if (this.edited && !this.begun && atRest(this.phase)) await this.reset();
  }

  /** Puts another model in the place of the one at hand, which stays if that fails; one after the other, where several are asked for. */
  async #replace(make: () => Promise<void>): Promise<void> {
    const before = this.#replacing;
    const replacing = (async () => {
      await before.catch(() => undefined);
      await this.#putInPlace(make);
    })();
    this.#replacing = replacing;
    await replacing;
  }

  async #putInPlace(make: () => Promise<void>): Promise<void> {
    await this.#stop();
    const shelved = this.begun ? this.saved() : null;
    this.turn("load");
    this.changed();
    const failure = await make().then(() => null, engineError);
    // A worker made anew has every run recover.
    if (failure?.code === "crash" || failure?.code === "closed") return;
    this.rest();
    if (failure) throw failure;
    this.shelved = shelved;
    await this.#evaluate();
  }

  async #create(settings: Settings, decided = false): Promise<void> {
    this.#adopt(await this.client.create(configOf(settings), settings.engine), settings, decided);
  }

  async #open(bytes: Uint8Array, engine: EngineRequest): Promise<void> {
    const info = await this.client.open(bytes, engine);
    const settings = settingsOf(info.config, engine);
    this.#adopt(info, settings);
    this.settings = settings;
    this.firstStep = info.step + 1;
    this.goesOnFrom(bytes, info.step);
  }

  /** The model that came with the page; where it cannot be had, an untrained one. */
  async #openBundled(): Promise<void> {
    const { settings } = this;
    if (!settings) return;
    const loaded = await loadBundledModel().catch((error: unknown) => engineError(error));
    if (loaded instanceof EngineError) {
      await this.#create(settings);
      const again = () => void this.#guard("The model was not loaded", () => this.#replace(() => this.#openBundled()));
      this.fail(`${sentence(loaded)} Here is an untrained one.`, again);
      return;
    }
    await this.#open(loaded.checkpoint, settings.engine);
    this.bundled = true;
    this.firstStep = 1;
    this.losses = [...loaded.losses];
    // How the training went is on record; what the model does now is measured.
    this.evaluations = loaded.evaluations.filter(({ step }) => step < this.step);
  }

  #isDefault(settings: Settings): boolean {
    return sameSettings({ ...settings, engine: "auto" }, defaults(this.fields));
  }

  async #resume(saved: SavedRun): Promise<void> {
    const { state, step, settings: { engine, ...config }, views, snapshots, ...drawn } = saved;
    const info = await (state ? this.client.open(state, engine) : this.client.create(config, engine));
    // An older version may have kept it, of whose settings some are not there: the engine says what they are.
    const settings = settingsOf(info.config, engine);
    this.#adopt(info, settings);
    this.settings = settings;
    Object.assign(this, drawn, { losses: [...drawn.losses], snapshots: new Map(snapshots) });
    this.goesOnFrom(state, step);
    this.rewind(step);
    this.decided = this.views = { ...views, step: null };
    if (views.step !== null && this.moments.steps.includes(views.step)) await this.show(views.step);
    this.#write(false);
  }

  #adopt(info: ModelInfo, settings: Settings, decided = false): void {
    this.#model += 1;
    this.moments.stop();
    this.begin(info, settings);
    const { views, problems } = fitted(this.decided, info.config);
    this.decided = views;
    this.views = fitted(this.views, info.config).views;
    this.notice(...problems);
    this.#write(decided);
  }

  /** Writes to the address what it is of and what is shown of it. */
  #write(decided: boolean): void {
    const { current, address } = this;
    if (current && address) address.write(writeQuery(current.settings, this.decided, this.fields, current.config, address.search), decided);
  }

  async #evaluate(): Promise<void> {
    if (this.evaluations.at(-1)?.step !== this.step) {
      const model = this.#model;
      const evaluation = await this.client.evaluate();
      if (model === this.#model) this.evaluations = [...this.evaluations, evaluation];
    }
    this.changed();
  }

  /** A new worker has taken the place of one that died, or of none: the run goes on from the last state that it knows. */
  async recover(death: EngineError | null): Promise<void> {
    if (this.closed) return;
    const saved = this.saved();
    this.turn("load");
    this.error = null;
    this.changed();
    if (!saved) {
      await this.start();
      return;
    }
    await this.#guard("The run could not go on", async () => {
      const { cut, placed } = this.views;
      await this.#resume(saved);
      this.tell({ cut, placed });
      if (death) this.notice(`The engine stopped: ${sentence(death)} It was restarted from step ${count(saved.step)}.`);
      this.rest();
      await this.#evaluate();
    });
    if (this.#trains && atRest(this.phase)) await this.train();
  }

  /** There is no engine for it. */
  lost(error: EngineError): void {
    if (this.phase !== "failed") this.turn("fail");
    this.fail(`The engine cannot run here: ${sentence(error)}`, () => void this.renew());
  }

  /**
   * Tells the reader what did not happen and why; of the worker's end `recover` and `lost` tell. What could not be loaded can be
   * tried again, in a new worker: some browsers keep in mind that a script was not to be had.
   */
  async #guard<T>(failure: string, work: () => Promise<T>, again?: () => Promise<unknown>): Promise<T | null> {
    try {
      return await work();
    } catch (thrown) {
      const error = engineError(thrown);
      if (this.closed || error.code === "closed") return null;
      if (error.code === "crash") {
        this.changed();
        return null;
      }
      // What fails while a model is on its way leaves none.
      if (this.phase === "loading") this.turn("fail");
      const renewed = () => void this.renew().then(again);
      const helps = error.code === "load" || (this.phase === "failed" && error.code !== "unsupported");
      this.fail(`${failure}: ${sentence(error)}`, helps ? renewed : null);
      return null;
    }
  }
}
