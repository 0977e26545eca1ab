// What a page that uses the library can rely on, for its compiler.
import type { Accuracies, Accuracy, EngineRequest, Term } from "../engine/pkg/leftright.js";
import type { Start } from "../run/address";
import type { Phase } from "../run/life";
import type { Checkpoint } from "../run/run";
import type { Settings } from "../run/settings";
import type { Cut, Placed, Views } from "../run/views";
import type { FigureName } from "./names";

export type { Accuracies, Accuracy, Checkpoint, Cut, EngineRequest, Phase, Placed, Settings, Start, Term, Views };

/** Of `lr-change`: what a figure's run is and does, and what is looked at in it. */
export interface ChangeDetail {
  /** The figure's name: `ablate`. */
  figure: string;
  phase: Phase;
  /** Of the model that is shown. */
  step: number;
  /** What its model was made with; null until there is one. */
  settings: Settings | null;
  /** On the three splits; null until they are measured. */
  accuracies: Accuracies | null;
  /** Of its last step; null before the first, and where none is on record. */
  loss: number | null;
  views: Views;
  /** Steps whose models are kept, which `look` can show. */
  kept: number[];
  error: string | null;
}

/** Of `lr-trained`: the run has done its steps, or was paused. */
export type TrainedDetail = ChangeDetail;

/** Of `lr-ablate`: the accuracies with what is cut, and before. */
export interface AblateDetail extends Cut {
  before: Accuracies;
  after: Accuracies;
}

/** Of `lr-move`: where the reader has put the two objects, in pixels from 0; `continued` where the same drag goes on. */
export interface MoveDetail {
  positions: [number, number];
  continued: boolean;
}

/** Of `lr-guess`: what the reader expects of the order on unseen pairs without the terms of `ask`, from 0 to 1. */
export interface GuessDetail {
  figure: string;
  ask: Term[];
  guess: number;
}

/** Of `lr-result`: what was measured when the reader then cut them; `guess` is null where there was none. */
export interface ResultDetail {
  figure: string;
  ask: Term[];
  guess: number | null;
  before: Accuracies;
  after: Accuracies;
  settings: Settings | null;
}

/** An element that shows a figure. Each property is an attribute too, in kebab case. */
export interface FigureElement extends HTMLElement {
  number: number | null;
  seed: number | null;
  pairLabels: number | null;
  singleLayouts: number | null;
  pairLayouts: number | null;
  engine: EngineRequest | null;
  start: Start | null;
  ablate: string | null;
  strength: number | null;
  head: string | null;
  strip: string | null;
  step: number | null;
  controls: "all" | "none" | null;
  lock: string | null;
  theme: "light" | "dark" | "auto" | null;
  present: boolean;
  /** A model of the page's own, which it begins with in place of one by the settings; no attribute. */
  checkpoint: Checkpoint | null;
  /** Looks at something else in the model at hand, which every figure of it then shows; the attributes say what one opens with. */
  look(at: Partial<Views>): void;
}

/** The figure that cuts; its `ask` names the terms that it asks a guess of. */
export interface AblateElement extends FigureElement {
  ask: string | null;
}

/** A strip with two objects. */
export interface StripElement extends HTMLElement {
  labels: [number, number];
  positions: [number, number];
  pixels: number;
  fixed: boolean;
  aligned: boolean;
}

/** Defines the element of a figure, by its tag, for one in a shadow root; on a page itself, figures load by themselves. */
export declare function loadFigure(tag: keyof HTMLElementTagNameMap & `lr-${string}`): Promise<void>;

declare global {
  interface HTMLElementTagNameMap extends Record<`lr-${Exclude<FigureName, "strip" | "ablate">}`, FigureElement> {
    "lr-ablate": AblateElement;
    "lr-strip": StripElement;
  }
  interface HTMLElementEventMap {
    "lr-change": CustomEvent<ChangeDetail>;
    "lr-trained": CustomEvent<TrainedDetail>;
    "lr-ablate": CustomEvent<AblateDetail>;
    "lr-guess": CustomEvent<GuessDetail>;
    "lr-result": CustomEvent<ResultDetail>;
    "lr-move": CustomEvent<MoveDetail>;
  }
}
