// What is cut of a run's attention logits, wherever that is set: the terms as chips, their strength, the heads, and the way back.
import { css, html, nothing } from "lit";
import type { Term } from "../engine/pkg/leftright.js";
import type { Run } from "../run/run";
import { UNCUT, isUncut, type Cut } from "../run/views";
import { en, type Words } from "../words/en";
import { press } from "./press";

/** Rows: what the query comes from; columns: what the key comes from. */
const GRID: { source: "E" | "P" | "B"; terms: Term[] }[] = [
  { source: "E", terms: ["EE", "EP", "EB"] },
  { source: "P", terms: ["PE", "PP", "PB"] },
  { source: "B", terms: ["BE", "BP", "BB"] },
];

export const cutStyles = css`
  .chips {
    display: grid;
    grid-template-columns: auto repeat(3, minmax(3.5rem, 1fr));
    align-items: center;
    gap: var(--space-2);
  }

  .chips .note {
    text-align: center;
  }

  .chips .note:first-child,
  .chips .asks {
    text-align: left;
  }

  .chip {
    font-weight: 600;
    letter-spacing: 0.04em;
  }

  .chip[aria-pressed="true"] span {
    color: inherit;
  }

  .wide {
    grid-column: 2 / -1;
  }

  .turn input {
    width: 100%;
    accent-color: var(--ink);
  }

  .ends {
    display: flex;
    justify-content: space-between;
  }

  @media print {
    .ends {
      display: none;
    }
  }

  .heads button {
    min-width: 2.75rem;
  }
`;

export class CutControls {
  #turning = false;

  /** `changed`: the reader has changed the cut. `shown`: the cut of what is shown, where that is not the reader's. */
  constructor(
    private readonly run: () => Run,
    private readonly changed: () => void,
    private readonly language: () => Words = () => en,
    private readonly shown: () => Cut | null = () => null,
  ) {}

  private get words(): Words["cut"] {
    return this.language().cut;
  }

  private get cut(): Cut {
    return this.shown() ?? this.run().views.cut;
  }

  /** `continued`: it goes on with the change before. */
  set(change: Partial<Cut>, continued = false): void {
    this.run().look({ cut: { ...this.cut, ...change } }, continued);
    this.changed();
  }

  private undo(): void {
    this.run().undoCut();
    this.changed();
  }

  private toggle(term: Term): void {
    const { terms } = this.cut;
    this.set({ terms: terms.includes(term) ? terms.filter((other) => other !== term) : [...terms, term] });
  }

  private chip(term: Term, label: unknown, className = "") {
    return html`<button class=${`chip ${className}`} aria-pressed=${this.cut.terms.includes(term) ? "true" : "false"} @click=${() => { this.toggle(term); }}>${label}</button>`;
  }

  /** `values`: whether the position part of the values can be cut too. */
  chips(values: boolean) {
    const letters = (term: Term) => term.split("").map((letter) => html`<span class=${`source-${letter.toLowerCase()}`}>${letter}</span>`);
    const { words } = this;
    return html`<fieldset>
      <legend>${words.terms}</legend>
      <div class="chips">
        <span class="note"></span>
        ${words.answers.map((name) => html`<span class="note">${name}</span>`)}
        ${GRID.map(({ source, terms }) => html`
          <span class="note asks"><b class=${`source-${source.toLowerCase()}`}>${source}</b> ${words.asks[source]}</span>
          ${terms.map((term) => this.chip(term, letters(term)))}
        `)}
        ${values ? html`<span class="note asks">${words.values}</span> ${this.chip("VP", words.positionInValues, "wide")}` : nothing}
      </div>
    </fieldset>`;
  }

  /** One turn of it is one step to undo, whatever it passed on its way. */
  slider() {
    const { words } = this;
    const { terms, strength } = this.cut;
    const turn = (to: number) => {
      this.set({ strength: to }, this.#turning);
      this.#turning = true;
    };
    return html`<div class="turn">
      <label for="strength"><b>${words.strength}</b> ${this.language().numbers.strength(strength)} <span class="note">${words.ofTerms(terms)}</span></label>
      <input
        id="strength" type="range" min="-1" max="2" step="0.25"
        .value=${String(strength)}
        @input=${(event: Event) => { turn(Number((event.target as HTMLInputElement).value)); }}
        @change=${() => { this.#turning = false; }}
      />
      <div class="ends note" aria-hidden="true">${words.ends.map((end) => html`<span>${end}</span>`)}</div>
    </div>`;
  }

  headChoice() {
    const all = Array.from({ length: this.run().current?.config.heads ?? 0 }, (_, head) => head);
    const { words } = this;
    const { heads } = this.cut;
    const toggle = (head: number) => {
      const chosen = all.filter((other) => (other === head) !== (heads?.includes(other) ?? false));
      this.set({ heads: chosen.length > 0 ? chosen : null });
    };
    const button = (pressed: boolean, label: string, act: () => void) => html`<button aria-pressed=${pressed ? "true" : "false"} @click=${act}>${label}</button>`;
    return html`<fieldset>
      <legend>${words.heads}</legend>
      <div class="row heads">
        ${button(heads === null, words.allHeads, () => { this.set({ heads: null }); })}
        ${all.map((head) => button(heads?.includes(head) ?? false, String(head), () => { toggle(head); }))}
      </div>
    </fieldset>`;
  }

  history() {
    return html`<div class="row">
      ${press(this.words.undo, () => { this.undo(); }, { able: this.run().cutBefore, why: this.words.nothingYet })}
      ${this.clear()}
    </div>`;
  }

  clear() {
    return press(this.words.clear, () => { this.set(UNCUT); }, { able: !isUncut(this.cut), why: this.words.nothing });
  }
}
