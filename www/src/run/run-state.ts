// What is known of a run: its model, its curves, what the reader set. What it does is in run.ts.
import type { Config, ConfigField, EngineInfo, Evaluation, Progress } from "../engine/pkg/leftright.js";
import type { ModelInfo } from "../engine/held";
import { sameSettings, type Settings } from "./settings";

/** Steps of a full run, and of every further press on Train. */
export const TRAIN_STEPS = 1_000;

export type Phase = "loading" | "ready" | "training" | "failed";

/** The whole training state at a step, from which a run can go on. */
interface Saved {
  state: Uint8Array;
  step: number;
}

/** A run put aside: how it goes on, and what was drawn of it. */
export interface Shelved extends Saved, Pick<RunState, "losses" | "firstStep" | "evaluations" | "target" | "file" | "shipped"> {
  settings: Settings;
}

/** What the figures need once the engine is there. */
interface Current {
  config: Config;
  /** None until something is trained: it is opened then. */
  engine: EngineInfo | null;
  /** The settings it was made with; `settings` may be ahead of them. */
  settings: Settings;
}

/** Fires `change` after each change of anything it holds. */
export abstract class RunState extends EventTarget {
  phase: Phase = "loading";
  fields: ConfigField[] = [];
  /** What the form says. */
  settings: Settings | null = null;
  current: Current | null = null;
  step = 0;
  target = TRAIN_STEPS;
  msPerStep: number | null = null;
  /** losses[i] belongs to step i + 1, from the first step that this page saw. */
  losses: number[] = [];
  firstStep = 1;
  evaluations: Evaluation[] = [];
  /** The name of the file the model came from, if it came from one. */
  file: string | null = null;
  /** Whether it is the model that came with the page. */
  shipped = false;
  /** Steps whose models can be shown again, and which of them is shown; null for the latest. */
  kept: number[] = [];
  shown: number | null = null;
  notices: string[] = [];
  error: string | null = null;
  /** The run that `goBack` would bring back. */
  shelved: Shelved | null = null;
  /** Whether it is ended. */
  closed = false;
  /** Counts changes of the model's numbers. */
  revision = 0;
  /** The last training state that the engine sent. */
  protected saved: Saved | null = null;

  /** Of the model that is shown. */
  get evaluation(): Evaluation | null {
    return (this.shown === null ? this.evaluations.at(-1) : this.evaluations.find(({ step }) => step === this.shown)) ?? null;
  }
  get trained(): boolean {
    return this.shown === null ? this.begun : this.shown > 0;
  }
  /** Whether there is anything to lose in making another model, whichever step is shown. */
  get begun(): boolean {
    return this.step > 0 || this.file !== null;
  }
  /** The file that the model is still as it came from. */
  get asOpened(): string | null {
    return this.losses.length === 0 ? this.file : null;
  }
  /** Whether the form asks for another model than the one at hand. */
  get edited(): boolean {
    return !!this.settings && !!this.current && !sameSettings(this.settings, this.current.settings);
  }

  /** Says what was not done, and why. */
  fail(error: string): void {
    this.error = error;
    this.changed();
  }

  /** Takes up what training brought. */
  protected progressed(progress: Progress, kept: number[]): void {
    if (progress.rewound_to !== null) this.rewind(progress.rewound_to);
    for (const loss of progress.losses) this.losses.push(loss);
    this.step = progress.step;
    this.msPerStep = progress.ms_per_step;
    this.kept = kept;
    if (progress.evaluation) this.evaluations = [...this.evaluations, progress.evaluation];
    if (progress.notice !== null) this.notices = [...this.notices, progress.notice];
    if (progress.state) this.saved = { state: progress.state, step: progress.step };
    if (this.current) this.current.engine = progress.engine;
    this.revision += 1;
    this.changed();
  }

  /** Drops what was drawn after a step. */
  protected rewind(step: number): void {
    this.step = step;
    this.losses.length = Math.min(this.losses.length, Math.max(0, step - this.firstStep + 1));
    this.evaluations = this.evaluations.filter((evaluation) => evaluation.step <= step);
    this.revision += 1;
  }

  /** Forgets what was drawn of the model before. */
  protected begin({ config, engine, step }: ModelInfo, settings: Settings): void {
    this.current = { config, engine, settings };
    this.step = step;
    this.target = TRAIN_STEPS;
    this.kept = [step];
    this.shown = null;
    this.losses = [];
    this.firstStep = 1;
    this.evaluations = [];
    this.msPerStep = null;
    this.file = null;
    this.shipped = false;
    this.error = null;
    this.saved = null;
    this.revision += 1;
  }

  /** How this run goes on when it is brought back. */
  protected shelve(): Shelved | null {
    if (!this.saved || !this.current) return null;
    const { losses, firstStep, evaluations, target, file, shipped } = this;
    return { ...this.saved, settings: this.current.settings, losses, firstStep, evaluations, target, file, shipped };
  }

  protected changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
