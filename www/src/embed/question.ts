// What a host may have lr-ablate ask before its reader cuts, and the word of it that the page around hears: the guess, and what came
// of it.
import { html, nothing, type TemplateResult } from "lit";
import type { Term } from "../engine/pkg/leftright.js";
import { press } from "../figures/press";
import { atRest } from "../run/life";
import type { Run } from "../run/run";
import { TERMS } from "../run/views";
import type { Words } from "../words";
import type { AblateDetail, GuessDetail, ResultDetail } from "./api";
import { figureName, type Embeddable } from "./embeddable";

/** A figure that asks: `ask` is the terms, as in `EP`. */
export type Asking = Embeddable & { ask: string | null };

/** Of a figure and the model that it shows: the share that its reader has guessed, and the one that was measured. */
interface Asked {
  run: Run;
  /** Which of the run's models: training puts another in the place of the one that came with the page. */
  model: Run["current"];
  guess: number | null;
  found: number | null;
}

const asked = new WeakMap<Asking, Asked>();

/** The terms that a figure asks of; null where its attribute names none. */
export function termsAsked({ ask }: Asking): Term[] | null {
  const words = ask?.split(/[\s,]+/).filter((word) => word !== "") ?? [];
  const terms = TERMS.filter((term) => words.includes(term));
  return words.length > 0 && terms.length === new Set(words).size ? terms : null;
}

function tell(figure: Asking, name: string, detail: GuessDetail | ResultDetail): void {
  figure.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

/** What is known of a figure's question; a model that comes in the place of another is a new one. */
function stateOf(figure: Asking, run: Run): Asked {
  let state = asked.get(figure);
  if (!state) figure.addEventListener("lr-ablate", (event) => { answer(figure, event.detail); });
  if (state?.run !== run || state.model !== run.current) asked.set(figure, (state = { run, model: run.current, guess: state?.run === run && state.found === null ? state.guess : null, found: null }));
  return state;
}

function answer(figure: Asking, { terms, strength, heads, before, after }: AblateDetail): void {
  const [state, ask] = [asked.get(figure), termsAsked(figure)];
  // What a model answers that is not trained yet is no answer to the question.
  if (!state || !atRest(state.run.phase) || !state.run.trained) return;
  if (!ask || strength !== 0 || heads !== null || terms.length !== ask.length || !ask.every((term) => terms.includes(term))) return;
  state.found = after.unseen.order;
  figure.requestUpdate();
  const { current } = state.run;
  tell(figure, "lr-result", { figure: figureName(figure), ask, guess: state.guess, before, after, settings: current ? { ...current.settings } : null });
}

export function question(figure: Asking, run: Run): TemplateResult | typeof nothing {
  const ask = termsAsked(figure);
  if (!ask) return nothing;
  const state = stateOf(figure, run);
  const { ablate: words } = figure.words;
  // No form: a sandboxed frame may submit none, not even to its own script.
  const guess = () => {
    const input = figure.renderRoot.querySelector<HTMLInputElement>("[part~=question] input");
    if (!input?.reportValidity()) return;
    state.guess = input.valueAsNumber / 100;
    figure.requestUpdate();
    tell(figure, "lr-guess", { figure: figureName(figure), ask, guess: state.guess });
  };
  const done = state.found !== null;
  return html`<div part="question controls" class="row">
    <label>${words.question(ask)}
      <input type="number" min="0" max="100" step="1" required ?disabled=${done} @keydown=${({ key }: KeyboardEvent) => { if (key === "Enter") guess(); }} /></label>
    ${press(words.guess, guess, { able: !done, why: words.measured })}
    <p role="status" data-testid="guess">${said(state, ask, words)}</p>
  </div>`;
}

function said({ guess, found }: Asked, ask: Term[], words: Words["ablate"]): string {
  if (found !== null) return words.found(guess, ask, found);
  return guess === null ? "" : words.guessed(guess, ask);
}
