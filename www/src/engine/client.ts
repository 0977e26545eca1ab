import { proxy, wrap, type Remote } from "comlink";
import type { Config, EngineRequest, Job, Measurement, Scale } from "./pkg/leftright.js";
import { EngineError, carryErrorCodes, engineError } from "./errors";
import { Liveness } from "./liveness";
import { openWorker } from "./open-worker";
import { unsupported } from "./support";
import type { EngineApi } from "./worker";

carryErrorCodes();

/** Crashes in a row, without anything done between them, before a worker is taken for one that cannot live here. */
const PATIENCE = 3;

/**
 * The engine in its worker, as typed promises that reject with an `EngineError`.
 *
 * A worker can trap, be killed by the browser, or never come to life, and Comlink's promises then never settle. Here they
 * reject with code "crash" or "load", and `onEnd` is told once, so that it can `restart()`.
 */
export class EngineClient {
  #worker!: Worker;
  #api!: Remote<EngineApi>;
  /** The answer, or the worker's end if that comes first. */
  #orEnd!: <T>(answer: Promise<T>) => Promise<T>;
  #end!: (error: EngineError) => void;
  #crashes = 0;

  constructor(private readonly onEnd: (error: EngineError) => void) {
    this.restart();
  }

  fields = () => this.call((api) => api.fields());
  check = (config: Partial<Config>) => this.call((api) => api.check(config));
  plan = (experiment: string, scale: Scale) => this.call((api) => api.plan(experiment, scale));
  populations = (jobs: Job[]) => this.call((api) => api.populations(jobs));
  summarise = (experiment: string, scale: Scale, measurements: Measurement[]) =>
    this.call((api) => api.summarise(experiment, scale, measurements));
  trainPopulation = (
    jobs: Job[],
    numbers: number[],
    engine: EngineRequest,
    onProgress: (step: number, steps: number, measurement: Measurement | undefined) => void,
  ) =>
    this.call((api) =>
      api.trainPopulation(
        jobs,
        numbers,
        engine,
        proxy((step, steps, measurement) => {
          this.works();
          onProgress(step, steps, measurement);
          return Promise.resolve();
        }),
      ),
    );

  /** For tests: an engine on one given batch, to be held against a reference; the page's own models are untouched. */
  trainOn = (checkpoint: Uint8Array, engine: EngineRequest, strips: Uint32Array, captions: Uint32Array, steps: number) =>
    this.call((api) => api.trainOn(checkpoint, engine, strips, captions, steps));

  /** For tests: how many models the worker holds. */
  models = () => this.call((api) => api.models());

  /** For tests: ends the worker without a word, as a browser short of memory would. */
  kill(): void {
    this.#worker.terminate();
  }

  /** For tests: what a trap in the engine does. */
  trap(): void {
    this.#end(new EngineError("crash", "it trapped"));
  }

  /** Whether it has crashed so often, with nothing done between, that another start is of no use. */
  get hopeless(): boolean {
    return this.#crashes >= PATIENCE;
  }

  /** To be said when it has done something. */
  works(): void {
    this.#crashes = 0;
  }

  /** Ends the worker and whatever it does; its promises reject with code "closed". */
  close(): void {
    this.#end(new EngineError("closed", "The engine was closed."));
  }

  /** A new worker, with no model in it. */
  restart(): void {
    let ended: EngineError | null = null;
    let stop = () => undefined as unknown;
    // Not a race with one promise for the end: that would hold every answer until it comes.
    const waiting = new Set<(error: EngineError) => void>();
    this.#orEnd = (answer) =>
      new Promise((resolve, reject) => {
        if (ended) reject(ended);
        else waiting.add(reject);
        void answer.then(resolve, reject).then(() => waiting.delete(reject));
      });
    const end = (error: EngineError) => {
      if (ended) return;
      ended = error;
      stop();
      if (error.code === "crash") this.#crashes += 1;
      for (const reject of waiting) reject(error);
      waiting.clear();
      // In a moment: whoever makes this client has to have it first.
      if (error.code !== "closed") queueMicrotask(() => { this.onEnd(error); });
    };
    this.#end = end;
    const unloaded = (why: string) => { end(new EngineError("load", `The engine could not be loaded: ${why}`)); };
    let worker: Worker;
    try {
      worker = openWorker();
    } catch (thrown) {
      // A page's policy may forbid it.
      unloaded(thrown instanceof Error ? thrown.message : String(thrown));
      return;
    }
    const api = wrap<EngineApi>(worker);
    this.#worker = worker;
    this.#api = api;
    const died = (crash: string, unborn: string) => {
      if (liveness.answered) end(new EngineError("crash", crash));
      else unloaded(unborn);
    };
    const liveness = new Liveness(api, () => { died("it no longer answered", "its script did not come"); });
    stop = () => {
      liveness.stop();
      worker.terminate();
    };
    worker.addEventListener("error", ({ message }) => { died(message, message || "its script could not be fetched"); });
  }

  /** Asks the worker something. */
  async call<T>(question: (api: Remote<EngineApi>) => Promise<T>): Promise<T> {
    const lack = unsupported();
    if (lack !== null) throw new EngineError("unsupported", lack);
    const end = this.#end;
    try {
      return await this.#orEnd((async () => question(this.#api))());
    } catch (thrown) {
      const error = engineError(thrown);
      if (error.code === "crash") end(error);
      throw error;
    }
  }
}
