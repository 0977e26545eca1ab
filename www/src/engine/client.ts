import { proxy, wrap, type Remote } from "comlink";
import type { Config, EngineRequest, Job, Measurement, Scale } from "./pkg/leftright.js";
import { EngineError, carryErrorCodes, engineError } from "./errors";
import { openWorker } from "./open-worker";
import { unsupported } from "./support";
import type { EngineApi } from "./worker";

/** A model in training never holds its worker for more than about 100 ms, so this long a silence means that it is gone. */
const BEAT_MS = 2_000;
const PATIENCE = 4;

carryErrorCodes();

/**
 * The engine in its worker, as typed promises that reject with an `EngineError`.
 *
 * A worker can trap, be killed by the browser, or fall silent, and Comlink's promises then never settle.
 * Here they reject with code "crash", and `onCrash` is told once, so that it can `restart()`.
 */
export class EngineClient {
  #worker!: Worker;
  #api!: Remote<EngineApi>;
  #ended!: Promise<never>;
  #end!: (error: EngineError) => void;
  #calls = 0;
  #missed = 0;
  #watch = 0;

  /** `patience`: beats that may be missed in a row. */
  constructor(
    private readonly onCrash: (error: EngineError) => void,
    private readonly patience = PATIENCE,
  ) {
    this.restart();
  }

  fields = () => this.call((api) => api.fields());
  check = (config: Partial<Config>) => this.call((api) => api.check(config));
  plan = (experiment: string, scale: Scale) => this.call((api) => api.plan(experiment, scale));
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
          onProgress(step, steps, measurement);
          return Promise.resolve();
        }),
      ),
    );

  /** For tests: an engine on one given batch, to be held against a reference; the page's own models are untouched. */
  trainOn = (checkpoint: Uint8Array, engine: EngineRequest, strips: Uint32Array, captions: Uint32Array, steps: number) =>
    this.call((api) => api.trainOn(checkpoint, engine, strips, captions, steps));
  /** For tests: ends the worker without a word, as a browser short of memory would. */
  kill(): void {
    this.#worker.terminate();
  }

  /** For tests: what a trap in the engine does. */
  trap(): void {
    this.#end(new EngineError("crash", "it trapped"));
  }

  /** Ends the worker and whatever it does; its promises reject with code "closed". */
  close(): void {
    this.#end(new EngineError("closed", "The engine was closed."));
  }

  /** A new worker, with no model in it. */
  restart(): void {
    const worker = openWorker();
    let alive = true;
    this.#worker = worker;
    this.#api = wrap<EngineApi>(worker);
    this.#missed = 0;
    this.#ended = new Promise<never>((_, reject) => {
      this.#end = (error) => {
        if (!alive) return;
        alive = false;
        worker.terminate();
        reject(error);
        if (error.code === "crash") this.onCrash(error);
      };
    });
    this.#ended.catch(() => undefined); // an end between two calls rejects nobody's promise
    const end = this.#end;
    worker.addEventListener("error", (event) => {
      end(new EngineError("crash", event.message || "its script could not be loaded"));
    });
  }

  /** Asks the worker something. */
  async call<T>(question: (api: Remote<EngineApi>) => Promise<T>): Promise<T> {
    const lack = unsupported();
    if (lack !== null) throw new EngineError("engine", lack);
    const ended = this.#ended;
    const end = this.#end;
    this.#calls += 1;
    if (this.#calls === 1) this.#watch = setInterval(() => { this.#beat(); }, BEAT_MS);
    try {
      return await Promise.race([question(this.#api), ended]);
    } catch (thrown) {
      const error = engineError(thrown);
      if (error.code === "crash") end(error);
      throw error;
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) {
        clearInterval(this.#watch);
        this.#missed = 0;
      }
    }
  }

  /** Counts beats rather than time: a page that was suspended wakes with one beat missed, not with many. */
  #beat(): void {
    if (this.#missed === this.patience) {
      this.#end(new EngineError("crash", "it no longer answered"));
      return;
    }
    this.#missed += 1;
    void this.#api.ping().then(() => {
      this.#missed = 0;
    });
  }
}
