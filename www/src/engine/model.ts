import { proxy } from "comlink";
import type { EngineClient } from "./client";
import type { Ablation, Config, EngineRequest, Progress, Scene } from "./pkg/leftright.js";

let models = 0;

/** One run's model in the worker: every question that names it. */
export class ModelClient {
  readonly #run = ++models;

  constructor(private readonly worker: EngineClient) {}

  create = (config: Partial<Config>, engine: EngineRequest) => this.worker.call((api) => api.create(this.#run, config, engine));
  open = (bytes: Uint8Array, engine: EngineRequest) => this.worker.call((api) => api.open(this.#run, bytes, engine));
  /** Opens the engine that training would use, if it is not open. */
  prepare = () => this.worker.call((api) => api.prepare(this.#run));
  describe = () => this.worker.call((api) => api.describe(this.#run));
  release = () => this.worker.call((api) => api.release(this.#run));

  train = (steps: number, onProgress: (progress: Progress) => void) =>
    this.worker.call((api) =>
      api.train(
        this.#run,
        steps,
        proxy((progress) => {
          this.worker.works();
          onProgress(progress);
          return Promise.resolve();
        }),
      ),
    );
  cancel = () => this.worker.call((api) => api.cancel(this.#run));
  show = (checkpoint: Uint8Array | null) => this.worker.call((api) => api.show(this.#run, checkpoint));

  evaluate = () => this.worker.call((api) => api.evaluate(this.#run));
  decompose = (scene: Scene, ablations: Ablation[]) => this.worker.call((api) => api.decompose(this.#run, scene, ablations));
  ablate = (ablations: Ablation[]) => this.worker.call((api) => api.ablate(this.#run, ablations));
  epRows = () => this.worker.call((api) => api.epRows(this.#run));
  operate = (rows: (number[] | null)[]) => this.worker.call((api) => api.operate(this.#run, rows));
  checkpoint = () => this.worker.call((api) => api.checkpoint(this.#run));

  examine = (experiment: string, part: number) => this.worker.call((api) => api.examine(this.#run, experiment, part));
  summariseExamination = (experiment: string, values: Record<string, number>) =>
    this.worker.call((api) => api.summariseExamination(this.#run, experiment, values));

  /** For tests: destroys the GPU device, as a driver reset would. */
  loseDevice = () => this.worker.call((api) => api.loseDevice(this.#run));
}
