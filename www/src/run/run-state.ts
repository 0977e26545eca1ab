// What is known of a run: its model, its curves, what the reader set and looks at. What it does is in run.ts.
import type { Config, ConfigField, EngineInfo, Evaluation, Progress } from "../engine/pkg/leftright.js";
import type { ModelInfo } from "../engine/held";
import { TimeLeft } from "../util/time-left";
import { work } from "../util/work";
import { tame } from "../util/text";
import { next, type Phase, type Turn } from "./life";
import { anew, thinned, type SavedRun, type Snapshots } from "./saved-run";
import { sameSettings, type Settings } from "./settings";
import { USUAL, type Cut, type Views } from "./views";

/** Steps of a full run, and of every further press on Train. */
export const TRAIN_STEPS = 1_000;

/** What the figures need once the engine is there. */
interface Current {
  config: Config;
  /** None until something is trained: it is opened then. */
  engine: EngineInfo | null;
  /** The settings it was made with; `settings` may be ahead of them. */
  settings: Settings;
}

/** An earlier state of the shipped model, of which only what is shown was kept. */
export interface Past {
  evaluation: Evaluation;
}

/** Fires `change` after each change of anything it holds, but `moment` where only `past` has changed, which no figure but the cockpit shows. */
export abstract class RunState extends EventTarget {
  #phase: Phase = "empty";
  fields: ConfigField[] = [];
  /** What the form says. */
  settings: Settings | null = null;
  current: Current | null = null;
  step = 0;
  target = TRAIN_STEPS;
  msPerStep: number | null = null;
  /** losses[i] belongs to step `firstStep` + i. */
  losses: number[] = [];
  firstStep = 1;
  evaluations: Evaluation[] = [];
  keptAs = anew();
  /** The name of the file the model came from, if it came from one. */
  file: string | null = null;
  /** Whether it is the model that came with the page. */
  bundled = false;
  notices: string[] = [];
  error: string | null = null;
  /** Does what failed once more, where that may help. */
  again: (() => void) | null = null;
  /** What the reader has decided to look at: what the address says and what is kept. */
  decided: Views = USUAL;
  /** What every figure of the run shows of it: that, or what the text beside it speaks of. */
  views: Views = USUAL;
  /** The moment of the shipped model's past that the cockpit shows, if it shows one; `views.step` is its step. */
  past: Past | null = null;
  /** The run that `goBack` would bring back. */
  shelved: SavedRun | null = null;
  /** Counts changes of the model's numbers. */
  revision = 0;
  /** Models of earlier steps, which can be shown again. */
  protected snapshots: Snapshots = new Map();
  /** The checkpoint of `stateStep` to go on from; null where the settings make the model anew. */
  protected state: Uint8Array | null = null;
  protected stateStep = 0;
  /** Counts changes of what it would go on from. */
  stateRevision = 0;
  /** Cuts before the present one, the latest last. */
  protected readonly cuts: Cut[] = [];
  readonly timeLeft = new TimeLeft();

  get phase(): Phase {
    return this.#phase;
  }
  get closed(): boolean {
    return this.#phase === "closed";
  }
  /** Steps whose models can be shown again. */
  get kept(): number[] {
    return [...this.snapshots.keys()];
  }
  /** The step whose model is shown; null for the latest. */
  get shown(): number | null {
    const { step } = this.views;
    return step !== null && this.snapshots.has(step) ? step : null;
  }
  /** The step that a reader sees, of a kept model or of the shipped one's past; null for the latest. */
  get seen(): number | null {
    return this.past?.evaluation.step ?? this.shown;
  }
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
  /** Whether there is a cut to go back to. */
  get cutBefore(): boolean {
    return this.cuts.length > 0;
  }

  /** Says what was not done, and why. */
  fail(error: string, again: (() => void) | null = null): void {
    this.error = tame(error);
    this.again = again;
    this.changed();
  }

  /** Says something once. */
  notice(...said: string[]): void {
    const sentences = said.map(tame);
    this.notices = [...this.notices.filter((before) => !sentences.includes(before)), ...sentences];
  }

  /** Moves on in its life; once it is closed, nothing moves it. */
  protected turn(turn: Turn): void {
    if (this.#phase === "closed") return;
    this.#phase = next(this.#phase, turn);
  }

  /** What it is when nothing is being done to it. */
  protected rest(): void {
    this.turn(this.begun && this.asOpened === null && this.step < this.target ? "pause" : "rest");
    this.timeLeft.forget();
  }

  /** Takes up what training brought. */
  protected progressed(progress: Progress): void {
    const { snapshot } = progress;
    if (progress.rewound_to !== null) this.rewind(progress.rewound_to);
    for (const loss of progress.losses) this.losses.push(loss);
    this.step = progress.step;
    this.msPerStep = progress.ms_per_step;
    this.timeLeft.update(this.step, this.target);
    if (progress.evaluation) this.evaluations = [...this.evaluations.filter(({ step }) => step !== progress.step), progress.evaluation];
    if (progress.notice !== null) this.notice(progress.notice);
    if (snapshot) {
      this.keep(progress.step, snapshot.model);
      this.goesOnFrom(snapshot.state, progress.step);
    }
    if (this.current) this.current.engine = progress.engine;
    this.revision += 1;
    this.changed();
  }

  protected keep(step: number, model: Uint8Array): void {
    this.snapshots = thinned(new Map([...this.snapshots, [step, model]]));
  }

  /** Drops what was drawn after a step. */
  protected rewind(step: number): void {
    Object.assign(this, this.#until(step), { step });
    this.revision += 1;
  }

  /** What was drawn, and kept, up to a step. */
  #until(step: number): Pick<SavedRun, "losses" | "evaluations" | "snapshots"> {
    return {
      losses: this.losses.slice(0, Math.max(0, step - this.firstStep + 1)),
      evaluations: this.evaluations.filter((evaluation) => evaluation.step <= step),
      snapshots: new Map([...this.snapshots].filter(([kept]) => kept <= step)),
    };
  }

  /** Forgets what was drawn of the model before; what the reader looks at stays. */
  protected begin({ config, engine, step }: ModelInfo, settings: Settings): void {
    this.current = { config, engine, settings };
    this.keptAs = anew();
    this.step = step;
    this.target = TRAIN_STEPS;
    this.snapshots = new Map();
    this.decided = { ...this.decided, step: null };
    this.views = { ...this.views, step: null };
    this.losses = [];
    this.firstStep = 1;
    this.evaluations = [];
    this.msPerStep = null;
    this.file = null;
    this.bundled = false;
    this.past = null;
    this.error = null;
    this.goesOnFrom(null, 0);
    this.revision += 1;
  }

  protected goesOnFrom(state: Uint8Array | null, step: number): void {
    this.state = state;
    this.stateStep = step;
    this.stateRevision += 1;
  }

  /** All that it takes for the run to go on from its last state; null before it has a model. */
  saved(): SavedRun | null {
    if (!this.current) return null;
    const { keptAs, stateStep: step, target, firstStep, file, bundled, decided: views, state } = this;
    return { keptAs, settings: this.current.settings, step, target, firstStep, file, bundled, views, state, ...this.#until(step) };
  }

  protected changed(): void {
    work.report(this, this.phase === "training" ? this.step / this.target : null);
    this.dispatchEvent(new Event("change"));
  }
}

