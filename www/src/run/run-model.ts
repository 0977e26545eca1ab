// Which model a run has, how another takes its place, and what is shown of it: what is cut, the strip, the step.
import type { EngineClient } from "../engine/client";
import { EngineError, engineError, sentence } from "../engine/errors";
import type { EngineRequest } from "../engine/pkg/leftright.js";
import type { ModelInfo } from "../engine/held";
import { ModelClient } from "../engine/model";
import { count } from "../util/format";
import { quote } from "../util/text";
import { writeQuery, type Address } from "./address";
import { loadBundledModel } from "./bundled-model";
import { atRest } from "./life";
import { Moments } from "./moments";
import { RunState } from "./run-state";
import type { SavedRun } from "./saved-run";
import { configOf, settingsOf, type Settings } from "./settings";
import { UNCUT, fitted, type Views } from "./views";

export abstract class RunModel extends RunState {
  readonly client: ModelClient;
  readonly moments = new Moments(this);
  /** Counts models, so that late answers of a replaced one are dropped. */
  protected modelCount = 0;
  /** The last of the models that are on their way. */
  protected replacing: Promise<unknown> = Promise.resolve();

  /** As of a run (run.ts). */
  constructor(
    readonly worker: EngineClient,
    protected readonly renew: () => Promise<unknown>,
    protected readonly address: Address | null,
  ) {
    super();
    this.client = new ModelClient(worker);
  }

  /** Ends what is being done to the model. */
  protected abstract stop(): Promise<void>;

  /** Changes the form. A model without a step to lose follows at once; a trained one waits for `reset`. */
  async set(change: Partial<Settings>): Promise<void> {
    if (!this.settings) return;
    this.settings = { ...this.settings, ...change };
    this.changed();
    await this.#follow();
  }

  /** A fresh model by the form's settings. */
  async reset(): Promise<void> {
    await this.guard("These settings cannot be used", () => this.renewModel());
  }

  /** Takes the model of a safetensors file. */
  async open(name: string, bytes: Uint8Array): Promise<void> {
    await this.guard(`${quote(name)} was not opened, and the model here is as it was`, () =>
      this.#replace(() => this.openCheckpoint(name, bytes, this.current?.settings.engine ?? "auto")),
    );
  }

  /** Takes a run that was kept. */
  async resume(saved: SavedRun): Promise<void> {
    await this.guard("The run could not be brought back", () => this.#replace(() => this.takeUp(saved)));
  }

  /** Goes back to the run that the last `reset` or `open` put aside. */
  async goBack(): Promise<void> {
    if (this.shelved) await this.resume(this.shelved);
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
    await this.guard("That step cannot be shown", () => this.showStep(step, decided));
  }

  /** Takes a fresh model by the form's settings, once what it needs is here. */
  protected async renewModel(needed?: () => Promise<void>): Promise<void> {
    const { settings } = this;
    if (!settings) return;
    await this.worker.check(configOf(settings)); // an impossible form should not stop a run
    await this.#replace(async () => {
      await needed?.();
      await this.create(settings, true);
    });
    await this.#follow();
  }

  protected async showStep(step: number | null, decided = true): Promise<void> {
    if (step !== this.seen) await (this.bundled ? this.#lookBack(step, decided) : this.#showKept(step));
    if (!decided || step !== this.seen || step === this.decided.step) return;
    this.decided = { ...this.decided, step };
    this.#write(false);
  }

  async #showKept(step: number | null): Promise<void> {
    const model = this.modelCount;
    await this.client.show(step === null ? null : (this.snapshots.get(step) ?? null));
    if (model !== this.modelCount) return;
    this.views = { ...this.views, step };
    this.revision += 1;
    this.changed();
  }

  /** Of the shipped model's past there is a record of what the cockpit shows, and no model. */
  async #lookBack(step: number | null, decided: boolean): Promise<void> {
    const model = this.modelCount;
    const past = step === null ? null : await this.moments.recorded(step).catch(engineError);
    if (model !== this.modelCount) return;
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

  protected async showIfKept(step: number | null): Promise<void> {
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
    await this.inTurn(() => this.#putInPlace(make));
  }

  /** Does something to the model when all that was asked for before is done. */
  protected async inTurn(work: () => Promise<void>): Promise<void> {
    const before = this.replacing;
    const replacing = (async () => {
      await before.catch(() => undefined);
      await work();
    })();
    this.replacing = replacing;
    await replacing;
  }

  async #putInPlace(make: () => Promise<void>): Promise<void> {
    await this.stop();
    const shelved = this.begun ? this.saved() : null;
    this.turn("load");
    this.changed();
    const failure = await make().then(() => null, engineError);
    // A worker made anew has every run recover.
    if (failure?.code === "crash" || failure?.code === "closed") return;
    this.rest();
    if (failure) throw failure;
    this.shelved = shelved;
    await this.evaluate();
  }

  protected async create(settings: Settings, decided = false): Promise<void> {
    this.#adopt(await this.client.create(configOf(settings), settings.engine), settings, decided);
  }

  protected async openCheckpoint(name: string, bytes: Uint8Array, engine: EngineRequest): Promise<void> {
    await this.#open(bytes, engine);
    this.file = name;
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
  protected async openBundled(): Promise<void> {
    const { settings } = this;
    if (!settings) return;
    const loaded = await loadBundledModel().catch((error: unknown) => engineError(error));
    if (loaded instanceof EngineError) {
      await this.create(settings);
      const again = () => void this.guard("The model was not loaded", () => this.#replace(() => this.openBundled()));
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

  protected async takeUp(saved: SavedRun): Promise<void> {
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
    this.modelCount += 1;
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

  protected async evaluate(): Promise<void> {
    if (this.evaluations.at(-1)?.step !== this.step) {
      const model = this.modelCount;
      const evaluation = await this.client.evaluate();
      if (model === this.modelCount) this.evaluations = [...this.evaluations, evaluation];
    }
    this.changed();
  }

  /**
   * Tells the reader what did not happen and why; of the worker's end `recover` and `lost` tell. What could not be loaded can be
   * tried again, in a new worker: some browsers keep in mind that a script was not to be had.
   */
  protected async guard<T>(failure: string, work: () => Promise<T>, again?: () => Promise<unknown>): Promise<T | null> {
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
