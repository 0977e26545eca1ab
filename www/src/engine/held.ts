// A run as the worker holds it: a model, the engine that trains it once there is one, and what it was on the way.
import { Lazy } from "../util/lazy";
import { EngineError } from "./errors";
import { loadTrainer, loadViewer } from "./modules";
import type { Config, EngineInfo, EngineRequest, Model, Progress, Session, TrainEnd } from "./pkg/leftright.js";

/** What the page needs to know of a model it has just been given. */
export interface ModelInfo {
  config: Config;
  step: number;
  /** What trains it; none until it is first trained. */
  engine: EngineInfo | null;
}

/** Bytes of past models kept; beyond them every other one is let go. */
const HISTORY_BYTES = 48 << 20;

export class Held {
  #session: Session | null = null;
  readonly #opening = new Lazy(() => this.#open());
  #inTrainer = false;
  /** How often it was asked to stop. */
  #cancels = 0;
  /** Past models as checkpoints, by step. */
  readonly #past = new Map<number, Uint8Array>();
  #shown: Model | null = null;

  constructor(
    private model: Model,
    private readonly engine: EngineRequest,
  ) {
    this.#keep();
  }

  info(): ModelInfo {
    return { config: this.model.config(), step: this.model.step(), engine: this.#session?.engine() ?? null };
  }

  /** The model that the figures show: the latest, or one of the past. */
  get shown(): Model {
    return this.#shown ?? this.model;
  }

  /** The shown model in the trainer, which alone can measure it. */
  async measurable(): Promise<Model> {
    await this.#toTrainer();
    return this.shown;
  }

  /** Shows the model as it was at a step, or the latest. */
  async show(step: number | null): Promise<void> {
    const bytes = step === null ? null : this.#past.get(step);
    if (bytes === undefined) throw new EngineError("engine", `There is no model of step ${step} any more.`);
    const shown = bytes && (await (this.#inTrainer ? loadTrainer() : loadViewer())).Model.open(bytes);
    this.#shown?.free();
    this.#shown = shown;
  }

  /** The engine that trains it, opened when it is first asked for. */
  prepare(): Promise<Session> {
    return this.#opening.get();
  }

  async train(steps: number, onProgress: (progress: Progress, kept: number[]) => void): Promise<TrainEnd> {
    const cancels = this.#cancels;
    const session = await this.prepare();
    // While the engine opened.
    if (cancels !== this.#cancels) return { step: this.model.step(), cancelled: true, engine: session.engine() };
    return session.train(steps, (progress: Progress) => {
      this.#adopt(session);
      if (progress.rewound_to !== null) this.#forgetAfter(progress.rewound_to);
      if (progress.evaluation) this.#keep();
      onProgress(progress, [...this.#past.keys()]);
    });
  }

  cancel(): void {
    this.#cancels += 1;
    this.#session?.cancel();
  }

  loseDevice(): void {
    this.#session?.loseDevice();
  }

  free(): void {
    this.#shown?.free();
    this.#session?.free();
    this.model.free();
  }

  async #open(): Promise<Session> {
    await this.#toTrainer();
    const { Session } = await loadTrainer();
    this.#session = await Session.open(this.model.state(), this.engine);
    return this.#session;
  }

  async #toTrainer(): Promise<void> {
    if (this.#inTrainer) return;
    const { Model } = await loadTrainer();
    const moved = (model: Model) => {
      const copy = Model.open(model.state());
      model.free();
      return copy;
    };
    this.model = moved(this.model);
    this.#shown &&= moved(this.#shown);
    this.#inTrainer = true;
  }

  #adopt(session: Session): void {
    this.model.free();
    this.model = session.model();
  }

  #keep(): void {
    this.#past.set(this.model.step(), this.model.checkpoint());
    const size = [...this.#past.values()].reduce((bytes, { length }) => bytes + length, 0);
    if (size <= HISTORY_BYTES) return;
    // The first and the last always stay.
    [...this.#past.keys()].slice(1, -1).filter((_, i) => i % 2 === 0).forEach((step) => this.#past.delete(step));
  }

  #forgetAfter(last: number): void {
    for (const step of this.#past.keys()) if (step > last) this.#past.delete(step);
  }
}
