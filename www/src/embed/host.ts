// What is different for a figure in a page that is not ours. The library (library.ts) sets it; in the article there is no host.
import type { Embeddable } from "./embeddable";
import type { TemplateResult } from "lit";
import type { Asking } from "./question";
import type { Run } from "../run/run";
import type { Words } from "../words";

export interface Host {
  /** The run that a figure's attributes ask for. */
  runFor(figure: Embeddable): Run;
  /** Gives a shadow root the design's constants, and walls it off from the page's styles. */
  dress(root: ShadowRoot): void;
  /** What is wrong with a figure's attributes, in a line each. */
  problems(figure: Embeddable): string[];
  /** A button to train by, for a figure without one of its own; `pressed`: whether a reader sees it. */
  trainer(run: Run, pressed: boolean, words: Words): TemplateResult;
  /** What the page has the figure ask its reader, if anything. */
  question(figure: Asking, run: Run): unknown;
  /** Tells the page, by events, what has changed. */
  tell(figure: Embeddable, run: Run): void;
}

let present: Host | null = null;

export function host(): Host | null {
  return present;
}

export function setHost(to: Host): void {
  present = to;
}
