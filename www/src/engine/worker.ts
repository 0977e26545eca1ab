// The engine's side of the page: the only module that imports the wasm. It owns one session at a time.
import { expose, transfer } from "comlink";
import init, {
  Session,
  Trainer,
  checkConfig,
  configFields,
  plan,
  summarise,
  trainOn,
  type Ablation,
  type AblationResult,
  type Accuracy,
  type Config,
  type ConfigField,
  type Decomposition,
  type EngineInfo,
  type EngineRequest,
  type Evaluation,
  type Examination,
  type Job,
  type Measurement,
  type Plan,
  type Progress,
  type ReferenceRun,
  type Scale,
  type Scene,
  type Summary,
  type TrainEnd,
} from "./pkg/leftright.js";
import wasmUrl from "./pkg/leftright_bg.wasm?url";
import { EngineError, carryErrorCodes } from "./errors";

/** Steps that a population has done, of how many, and what was measured of one of its models at the last of them. */
export type PopulationProgress = (step: number, steps: number, measurement: Measurement | undefined) => Promise<void>;

/** What the page needs to know of a session it has just been given. */
export interface SessionInfo {
  config: Config;
  engine: EngineInfo;
  step: number;
}

carryErrorCodes();
const ready = init({ module_or_path: wasmUrl });

let session: Session | null = null;

function current(): Session {
  if (!session) throw new EngineError("engine", "There is no model yet.");
  return session;
}

function describe(): SessionInfo {
  const now = current();
  return { config: now.config(), engine: now.engine(), step: now.step() };
}

/** Takes the place of the current session, which the page has stopped. */
function adopt(next: Session): SessionInfo {
  session?.free();
  session = next;
  return describe();
}

const api = {
  /** Answers while the worker lives; the client asks to find out. */
  ping: () => true,

  async fields(): Promise<ConfigField[]> {
    await ready;
    return configFields();
  },
  check: (config: Partial<Config>): Config => checkConfig(config),

  async create(config: Partial<Config>, engine: EngineRequest): Promise<SessionInfo> {
    await ready;
    return adopt(await Session.create(config, engine));
  },
  async resume(state: Uint8Array, engine: EngineRequest): Promise<SessionInfo> {
    await ready;
    return adopt(await Session.resume(state, engine));
  },
  describe,

  /** Resolves after the page has handled every progress report. */
  async train(steps: number, onProgress: (progress: Progress) => Promise<void>): Promise<TrainEnd> {
    let reported: Promise<void> = Promise.resolve();
    try {
      return await current().train(steps, (progress: Progress) => {
        reported = onProgress(progress.state ? transfer(progress, [progress.state.buffer]) : progress);
      });
    } finally {
      await reported;
    }
  },
  cancel(): void {
    current().cancel();
  },

  evaluate: (): Evaluation => current().evaluate(),
  decompose: (scene: Scene): Decomposition => current().decompose(scene),
  ablate: (ablations: Ablation[]): AblationResult => current().ablate(ablations),

  checkpoint(): Uint8Array {
    const bytes = current().checkpoint();
    return transfer(bytes, [bytes.buffer]);
  },
  async open(bytes: Uint8Array): Promise<SessionInfo> {
    await current().loadCheckpoint(bytes);
    return describe();
  },

  examine: (experiment: string, part: number): Examination => current().examine(experiment, part),
  summariseExamination: (experiment: string, values: Record<string, number>): Summary =>
    current().summariseExamination(experiment, values),
  epRows: (): number[][] => current().epRows(),
  operate: (rows: (number[] | null)[]): Accuracy => current().operate(rows),

  async plan(experiment: string, scale: Scale): Promise<Plan> {
    await ready;
    return plan(experiment, scale);
  },
  async summarise(experiment: string, scale: Scale, measurements: Measurement[]): Promise<Summary> {
    await ready;
    return summarise(experiment, scale, measurements);
  },
  /** Trains jobs of one shape as one population; job i's measurements carry `numbers[i]`. */
  async trainPopulation(jobs: Job[], numbers: number[], engine: EngineRequest, onProgress: PopulationProgress): Promise<void> {
    await ready;
    const trainer = await Trainer.open(jobs, numbers, engine);
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

  async trainOn(checkpoint: Uint8Array, engine: EngineRequest, strips: Uint32Array, captions: Uint32Array, steps: number): Promise<ReferenceRun> {
    await ready;
    return trainOn(checkpoint, engine, strips, captions, steps);
  },

  loseDevice(): void {
    current().loseDevice();
  },
};

export type EngineApi = typeof api;

expose(api);
