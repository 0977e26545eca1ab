// A run as the worker holds it: a model, the engine that trains it once there is one, and the model of another step, if one is shown.
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

export class Held {
  #session: Session | null = null;
  readonly #opening = new Lazy(() => this.#open());
  #inTrainer = false;
  /** How often it was asked to stop. */
  #cancels = 0;
  #shown: Model | null = null;
  /** What is still at work with its models. */
  readonly #working = new Set<Promise<unknown>>();
  #closed = false;

  constructor(
    private model: Model,
    private readonly engine: EngineRequest,
  ) {}

  info(): ModelInfo {
    return { config: this.model.config(), step: this.model.step(), engine: this.#session?.engine() ?? null };
  }

  /** The model that the figures show: the latest, or one of the past. */
  get shown(): Model {
    return this.#shown ?? this.model;
  }

  /** The shown model in the trainer, which alone can measure it. */
  async measurable(): Promise<Model> {
    await this.#work(this.#toTrainer());
    return this.shown;
  }

  /** Shows the model of a checkpoint, or the latest. */
  async show(checkpoint: Uint8Array | null): Promise<void> {
    const { Model } = await (this.#inTrainer ? loadTrainer() : loadViewer());
    if (this.#closed) throw closed();
    const shown = checkpoint && Model.open(checkpoint);
    this.#shown?.free();
    this.#shown = shown;
  }

  /** The engine that trains it, opened when it is first asked for. */
  prepare(): Promise<Session> {
    return this.#work(this.#opening.get());
  }

  train(steps: number, onProgress: (progress: Progress) => void): Promise<TrainEnd> {
    return this.#work(this.#train(steps, onProgress));
  }

  cancel(): void {
    this.#cancels += 1;
    this.#session?.cancel();
  }

  loseDevice(): void {
    this.#session?.loseDevice();
  }

  /** Stops what it does, waits until that has stopped, and frees its memory. */
  async close(): Promise<void> {
    this.#closed = true;
    this.cancel();
    while (this.#working.size > 0) await Promise.allSettled(this.#working);
    this.#shown?.free();
    this.#session?.free();
    this.model.free();
  }

  /** Work that must end before the models are freed. */
  async #work<T>(work: Promise<T>): Promise<T> {
    if (this.#closed) throw closed();
    this.#working.add(work);
    try {
      return await work;
    } finally {
      this.#working.delete(work);
    }
  }

  async #train(steps: number, onProgress: (progress: Progress) => void): Promise<TrainEnd> {
    const cancels = this.#cancels;
    const session = await this.#opening.get();
    // While the engine opened.
    if (cancels !== this.#cancels) return { step: this.model.step(), cancelled: true, engine: session.engine() };
    return session.train(steps, (progress: Progress) => {
      this.model.free();
      this.model = session.model();
      onProgress(progress);
    });
  }

  async #open(): Promise<Session> {
    await this.#toTrainer();
    const { Session } = await loadTrainer();
    this.#session = await Session.open(this.model.state(), this.engine);
    return this.#session;
  }

  async #toTrainer(): Promise<void> {
    const { Model } = await loadTrainer();
    if (this.#inTrainer) return;
    const moved = (model: Model) => {
      const copy = Model.open(model.state());
      model.free();
      return copy;
    };
    this.model = moved(this.model);
    this.#shown &&= moved(this.#shown);
    this.#inTrainer = true;
  }
}

function closed(): EngineError {
  return new EngineError("closed", "The run was closed.");
}
