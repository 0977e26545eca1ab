// Workers that train the models of experiments, beside the one that holds the reader's own model.
import { EngineClient } from "./client";
import { EngineError, engineError } from "./errors";
import type { EngineKind, Job, Measurement } from "./pkg/leftright.js";

/** Enough for a figure, and a phone keeps a core to scroll with. */
const WORKERS = Math.min(navigator.hardwareConcurrency, 4);
/** How often a population is begun, before its crash is told. */
const TRIES = 2;

/** A job and the number that its measurements carry. */
export interface NumberedJob {
  number: number;
  job: Job;
}

/** What a batch of jobs hears of itself. */
export interface BatchListener {
  /** A population has done `step` of its jobs' steps, and may have measured one of its models. */
  progress(jobs: NumberedJob[], step: number, measurement: Measurement | undefined): void;
  /** These jobs are lost; the others go on. */
  failed(jobs: NumberedJob[], error: EngineError): void;
  /** Nothing is left to do. */
  ended(): void;
}

/** Jobs that a worker trains together. */
interface Population {
  jobs: NumberedJob[];
  engine: EngineKind;
  tries: number;
  batch: Batch;
}

/** One experiment's jobs in the pool. */
export interface Batch {
  cancel(): void;
}

/** A queue of populations, shared by every figure of a page, and the few workers that take from it. */
export class Pool {
  #queue: Population[] = [];
  readonly #busy = new Map<Population, EngineClient>();
  readonly #listeners = new Map<Batch, BatchListener>();

  /** Queues populations; on the CPU their jobs, one by one. */
  train(populations: NumberedJob[][], engine: EngineKind, listener: BatchListener): Batch {
    const batch: Batch = { cancel: () => { this.#cancel(batch); } };
    this.#listeners.set(batch, listener);
    const together = engine === "gpu" ? populations : populations.flat().map((job) => [job]);
    this.#queue.push(...together.map((jobs) => ({ jobs, engine, tries: 0, batch })));
    this.#fill();
    return batch;
  }

  /** For tests: a busy worker crashes. */
  trap(): void {
    this.#busy.values().next().value?.trap();
  }

  #cancel(batch: Batch): void {
    this.#listeners.delete(batch);
    this.#queue = this.#queue.filter((population) => population.batch !== batch);
    for (const [population, client] of this.#busy) if (population.batch === batch) client.close();
  }

  #fill(): void {
    for (let next = this.#next(); next; next = this.#next()) void this.#work(next);
  }

  /** What a further worker could do now; one population at a time has the GPU. */
  #next(): Population | null {
    if (this.#busy.size >= WORKERS) return null;
    const gpuTaken = [...this.#busy.keys()].some(({ engine }) => engine === "gpu");
    const at = this.#queue.findIndex(({ engine }) => engine === "cpu" || !gpuTaken);
    return at < 0 ? null : (this.#queue.splice(at, 1)[0] ?? null);
  }

  /** One worker's life: populations until there are none. */
  async #work(first: Population): Promise<void> {
    const client = new EngineClient(({ code }) => { if (code === "crash") client.restart(); });
    for (let population: Population | null = first; population; population = this.#next()) {
      this.#busy.set(population, client);
      const failure = await this.#train(population, client);
      this.#busy.delete(population);
      if (failure?.code === "closed") break;
      if (failure) this.#retry(population, failure);
      this.#conclude(population.batch);
      // Its script is not to be had.
      if (failure?.code === "load") break;
    }
    client.close();
    this.#fill();
  }

  async #train({ jobs, engine, batch }: Population, client: EngineClient): Promise<EngineError | null> {
    const report = (step: number, _: number, measurement: Measurement | undefined) => {
      this.#listeners.get(batch)?.progress(jobs, step, measurement);
    };
    const training = client.trainPopulation(jobs.map(({ job }) => job), jobs.map(({ number }) => number), engine, report);
    return training.then(() => null, engineError);
  }

  /** A crash is tried once more; what the GPU will not do goes to the CPU, model by model. */
  #retry(population: Population, error: EngineError): void {
    const { jobs, engine, tries, batch } = population;
    if (!this.#listeners.has(batch)) return;
    const again = tries + 1 < TRIES;
    if (error.code === "crash" && again) this.#queue.unshift({ ...population, tries: tries + 1 });
    else if (engine === "gpu" && error.code !== "load") this.#queue.unshift(...jobs.map((job) => ({ jobs: [job], engine: "cpu" as const, tries: 0, batch })));
    else this.#listeners.get(batch)?.failed(jobs, error);
  }

  #conclude(batch: Batch): void {
    const listener = this.#listeners.get(batch);
    const unfinished = [...this.#queue, ...this.#busy.keys()].some((population) => population.batch === batch);
    if (!listener || unfinished) return;
    this.#listeners.delete(batch);
    listener.ended();
  }
}

let shared: Pool | null = null;

/** The page's pool, made when its first experiment begins. */
export function sharedPool(): Pool {
  if (!shared) {
    shared = new Pool();
    // Beside the run, and like it for the browser tests alone.
    Object.assign(globalThis, { leftrightPool: shared });
  }
  return shared;
}
