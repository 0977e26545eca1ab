// The engine's side of the page: the only module that imports the wasm. It holds one model for every run of the page.
import { expose, transfer } from "comlink";
import { holdLock } from "../util/hold-lock";
import { EngineError, carryErrorCodes } from "./errors";
import { Held, type ModelInfo } from "./held";
import { loadTrainer, loadViewer } from "./modules";
import type {
  Ablation,
  AblationResult,
  Accuracy,
  Config,
  ConfigField,
  NamedConfig,
  Decomposition,
  EngineRequest,
  Evaluation,
  Examination,
  Job,
  Measurement,
  Model,
  Plan,
  Progress,
  ReferenceRun,
  Scale,
  Scene,
  Summary,
  TrainEnd,
} from "./pkg/leftright.js";

/** Steps that a population has done, of how many, and what was measured of one of its models at the last of them. */
export type PopulationProgress = (step: number, steps: number, measurement: Measurement | undefined) => Promise<void>;
/** What training brought. */
export type RunProgress = (progress: Progress) => Promise<void>;

carryErrorCodes();

const held = new Map<number, Held>();
/** Runs that the page has closed. A model that was on its way to one is not kept. */
const released = new Set<number>();

function of(run: number): Held {
  const found = held.get(run);
  if (!found) throw new EngineError("engine", "There is no model yet.");
  return found;
}

/** Takes the place of a run's model, which is closed. Who asks for the GPU hears at once whether it serves. */
async function adopt(run: number, model: Model, engine: EngineRequest): Promise<ModelInfo> {
  const next = new Held(model, engine);
  try {
    if (engine === "gpu") await next.prepare();
    await held.get(run)?.close();
    if (released.has(run)) throw new EngineError("closed", "The run was closed.");
  } catch (error) {
    await next.close();
    throw error;
  }
  held.set(run, next);
  return next.info();
}

const api = {
  /** Answers while the worker lives; the client asks to find out. */
  ping: () => true,
  /** Held until the worker ends. */
  holdLock,

  fields: async (): Promise<ConfigField[]> => (await loadViewer()).configFields(),
  /** Bytes of the largest checkpoint that can be opened. */
  largestFile: async (): Promise<number> => (await loadViewer()).largestFile(),
  presets: async (): Promise<NamedConfig[]> => (await loadViewer()).presets(),
  /** The config with each start in place of its own. */
  starts: async (config: Config): Promise<NamedConfig[]> => (await loadViewer()).starts(config),
  check: async (config: Partial<Config>): Promise<Config> => (await loadViewer()).checkConfig(config),

  create: async (run: number, config: Partial<Config>, engine: EngineRequest): Promise<ModelInfo> =>
    adopt(run, (await loadViewer()).Model.untrained(config), engine),
  /** Takes a checkpoint; with a training state in it, the run goes on where it stood. */
  open: async (run: number, bytes: Uint8Array, engine: EngineRequest): Promise<ModelInfo> =>
    adopt(run, (await loadViewer()).Model.open(bytes), engine),
  /** Fetches the module that trains, if it is not here. */
  async loadTrainer(): Promise<void> { await loadTrainer(); },
  describe: (run: number): ModelInfo => of(run).info(),
  /** Opens the engine that training would use, if it is not open. */
  async prepare(run: number): Promise<ModelInfo> {
    await of(run).prepare();
    return of(run).info();
  },
  /** Ends a run for good, when what it does has stopped. */
  async release(run: number): Promise<void> {
    released.add(run);
    const last = held.get(run);
    held.delete(run);
    await last?.close();
  },

  /** Resolves after the page has handled every progress report. */
  async train(run: number, steps: number, onProgress: RunProgress): Promise<TrainEnd> {
    let reported: Promise<void> = Promise.resolve();
    try {
      return await of(run).train(steps, (progress) => {
        const { snapshot } = progress;
        reported = onProgress(snapshot ? transfer(progress, [snapshot.model.buffer, snapshot.state.buffer]) : progress);
      });
    } finally {
      await reported;
    }
  },
  cancel: (run: number): void => { of(run).cancel(); },
  show: (run: number, checkpoint: Uint8Array | null): Promise<void> => of(run).show(checkpoint),

  evaluate: (run: number): Evaluation => of(run).shown.evaluate(),
  decompose: (run: number, scene: Scene, ablations: Ablation[]): Decomposition => of(run).shown.decompose(scene, ablations),
  ablate: (run: number, ablations: Ablation[]): AblationResult => of(run).shown.ablate(ablations),
  epRows: (run: number): number[][] => of(run).shown.epRows(),
  operate: (run: number, rows: (number[] | null)[]): Accuracy => of(run).shown.operate(rows),
  checkpoint(run: number): Uint8Array {
    const bytes = of(run).shown.checkpoint();
    return transfer(bytes, [bytes.buffer]);
  },

  examine: async (run: number, experiment: string, part: number): Promise<Examination> =>
    (await of(run).measurable()).examine(experiment, part),
  summariseExamination: async (run: number, experiment: string, values: Record<string, number>): Promise<Summary> =>
    (await of(run).measurable()).summariseExamination(experiment, values),

  plan: async (experiment: string, scale: Scale): Promise<Plan> => (await loadTrainer()).plan(experiment, scale),
  populations: async (jobs: Job[]): Promise<number[][]> => (await loadTrainer()).populations(jobs),
  summarise: async (experiment: string, scale: Scale, measurements: Measurement[]): Promise<Summary> =>
    (await loadTrainer()).summarise(experiment, scale, measurements),
  /** Trains jobs of one shape as one population; job i's measurements carry `numbers[i]`. */
  async trainPopulation(jobs: Job[], numbers: number[], engine: EngineRequest, onProgress: PopulationProgress): Promise<void> {
    const trainer = await (await loadTrainer()).Trainer.open(jobs, numbers, engine);
    let reported: Promise<void> = Promise.resolve();
    try {
      await trainer.run((...progress) => {
        reported = onProgress(...progress);
      });
    } finally {
      trainer.free();
      await reported;
    }
  },

  trainOn: async (checkpoint: Uint8Array, engine: EngineRequest, strips: Uint32Array, captions: Uint32Array, steps: number): Promise<ReferenceRun> =>
    (await loadTrainer()).trainOn(checkpoint, engine, strips, captions, steps),

  models: (): number => held.size,
  loseDevice: (run: number): void => { of(run).loseDevice(); },
};

export type EngineApi = typeof api;

expose(api);
