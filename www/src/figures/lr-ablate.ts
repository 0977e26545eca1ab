import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import "../charts/accuracy-track";
import type { AblateDetail } from "../embed/api";
import type { AblationResult, Accuracy, Term } from "../engine/pkg/leftright.js";
import type { Table } from "../export/csv";
import { ablateFinding, listed } from "./findings";
import { accuracy, strength as strengthText } from "../util/format";
import { UNCUT, ablationsOf, isUncut, type Cut } from "../run/views";
import { RunFigure } from "./figure";
import { press } from "./press";
import { SPLITS } from "./splits";

/** Rows: what the query comes from; columns: what the key comes from. */
const GRID: { source: string; name: string; terms: Term[] }[] = [
  { source: "E", name: "content asks", terms: ["EE", "EP", "EB"] },
  { source: "P", name: "position asks", terms: ["PE", "PP", "PB"] },
  { source: "B", name: "bias asks", terms: ["BE", "BP", "BB"] },
];

const ACCURACIES = [
  { name: "retrieval", chance: null },
  { name: "order", chance: 0.5 },
  { name: "recognition", chance: null },
] as const;

/**
 * Takes terms of the attention logits away, without training again.
 *
 * @fires {CustomEvent<AblateDetail>} lr-ablate - the reader has cut something: what, and the accuracies before and after
 */
@customElement("lr-ablate")
export class LrAblate extends RunFigure {
  static override styles = [
    ...RunFigure.styles,
    css`
      .parts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
        gap: var(--space-5) var(--space-6);
      }

      .controls {
        display: grid;
        align-content: start;
        gap: var(--space-4);
      }

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

      input[type="range"] {
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

      td:nth-child(2) {
        width: 45%;
      }

      td:nth-child(3) {
        white-space: nowrap;
      }

      tbody th {
        white-space: nowrap;
      }

      tr.split th {
        padding-top: var(--space-3);
      }

      /* In a large world the numbers take a second, in which they are those of the cut before. */
      table[aria-busy="true"] {
        opacity: 0.5;
        transition: opacity 0s 0.2s;
      }
    `,
  ];

  protected override readonly heading = "Take a term away, without training again: what does the model still know?";
  private readonly answer = this.question<{ cut: Cut; result: AblationResult }>();
  private changed = false;
  private turning = false;

  private get cut(): Cut {
    return this.run.views.cut;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const { run, cut } = this;
    const { evaluation } = run;
    if (!this.wantsAnswer(this.answer) || !evaluation) return;
    this.answer.ask([evaluation, cut], async () => {
      const { accuracies } = evaluation;
      const uncut = { before: accuracies, after: accuracies };
      return { cut, result: cut.terms.length === 0 ? uncut : await run.ablate(ablationsOf(cut)) };
    });
  }

  protected override updated(): void {
    if (!this.changed || this.answer.value?.cut !== this.cut) return;
    this.changed = false;
    const { cut, result } = this.answer.value;
    this.dispatchEvent(new CustomEvent<AblateDetail>("lr-ablate", { detail: { ...cut, ...result }, bubbles: true, composed: true }));
    const finding = this.finding();
    if (finding !== nothing) this.announce(finding);
  }

  protected override finding() {
    const { evaluation, trained } = this.run;
    const answer = this.answer.value;
    if (answer) return ablateFinding(answer.result.before, answer.result.after, answer.cut, trained, this.pressed);
    // What a cut does is not known before it is measured.
    return evaluation && isUncut(this.cut) ? ablateFinding(evaluation.accuracies, evaluation.accuracies, UNCUT, trained, this.pressed) : nothing;
  }

  /** `continued`: it goes on with the change before. */
  private set(change: Partial<Cut>, continued = false): void {
    this.changed = true;
    this.run.look({ cut: { ...this.cut, ...change } }, continued);
  }

  /** One turn of the slider is one step to undo, whatever it passed on its way. */
  private turn(strength: number): void {
    this.set({ strength }, this.turning);
    this.turning = true;
  }

  private undo(): void {
    this.changed = true;
    this.run.undoCut();
  }

  private toggle(term: Term): void {
    const { terms } = this.cut;
    this.set({ terms: terms.includes(term) ? terms.filter((other) => other !== term) : [...terms, term] });
  }

  private chip(term: Term, label: unknown, className = "") {
    return html`<button class=${`chip ${className}`} aria-pressed=${this.cut.terms.includes(term) ? "true" : "false"} @click=${() => { this.toggle(term); }}>${label}</button>`;
  }

  private letters(term: Term) {
    return term.split("").map((letter) => html`<span class=${`source-${letter.toLowerCase()}`}>${letter}</span>`);
  }

  protected override body() {
    return html`<div class="parts">
      <div class="controls" part="controls">${this.chips()} ${this.slider()} ${this.headChoice()} ${this.history()}</div>
      ${this.accuracies()}
    </div>`;
  }

  override numbers(): Table {
    const answer = this.answer.value;
    const { terms, strength, heads } = answer?.cut ?? UNCUT;
    const said = [terms.join(" "), strength, heads?.join(" ") ?? "all"];
    const rows = SPLITS.flatMap(({ split }) =>
      ACCURACIES.map(({ name }) => [split, name, answer?.result.before[split][name], answer?.result.after[split][name], ...said]),
    );
    return { columns: ["split", "accuracy", "before", "after", "terms", "strength", "heads"], rows };
  }

  private chips() {
    return html`<fieldset>
      <legend>Terms to change</legend>
      <div class="chips">
        <span class="note"></span>
        <span class="note">content answers</span><span class="note">position answers</span><span class="note">bias answers</span>
        ${GRID.map(({ source, name, terms }) => html`
          <span class="note asks"><b class=${`source-${source.toLowerCase()}`}>${source}</b> ${name}</span>
          ${terms.map((term) => this.chip(term, this.letters(term)))}
        `)}
        <span class="note asks">values</span>
        ${this.chip("VP", html`VP: position in the values`, "wide")}
      </div>
    </fieldset>`;
  }

  private slider() {
    const { terms, strength } = this.cut;
    return html`<div>
      <label for="strength"><b>Strength</b> ${strengthText(strength)} <span class="note">${terms.length === 0 ? "of the terms you press" : `of ${listed(terms)}`}</span></label>
      <input
        id="strength" type="range" min="-1" max="2" step="0.25"
        .value=${String(strength)}
        @input=${(event: Event) => { this.turn(Number((event.target as HTMLInputElement).value)); }}
        @change=${() => { this.turning = false; }}
      />
      <div class="ends note" aria-hidden="true"><span>−1 reverses</span><span>0 removes</span><span>1 leaves</span><span>2 doubles</span></div>
    </div>`;
  }

  private headChoice() {
    const all = Array.from({ length: this.run.current?.config.heads ?? 0 }, (_, head) => head);
    const { heads } = this.cut;
    const toggle = (head: number) => {
      const chosen = all.filter((other) => (other === head) !== (heads?.includes(other) ?? false));
      this.set({ heads: chosen.length > 0 ? chosen : null });
    };
    const button = (pressed: boolean, label: string, act: () => void) => html`<button aria-pressed=${pressed ? "true" : "false"} @click=${act}>${label}</button>`;
    return html`<fieldset>
      <legend>In which heads</legend>
      <div class="row heads">
        ${button(heads === null, "All heads", () => { this.set({ heads: null }); })}
        ${all.map((head) => button(heads?.includes(head) ?? false, String(head), () => { toggle(head); }))}
      </div>
    </fieldset>`;
  }

  private history() {
    return html`<div class="row">
      ${press("Undo", () => { this.undo(); }, { able: this.run.cutBefore, why: "Nothing is changed yet." })}
      ${press("Clear", () => { this.set(UNCUT); }, { able: !isUncut(this.cut), why: "Nothing is changed." })}
    </div>`;
  }

  private accuracies() {
    const result = this.answer.value?.result;
    const waiting = this.answer.value !== null && this.answer.value.cut !== this.cut;
    return html`<table data-testid="ablation" aria-busy=${waiting ? "true" : "false"} data-cut=${this.answer.value?.cut.terms.join() ?? ""}>
      <caption class="visually-hidden">Accuracies before and after, on the three splits</caption>
      <thead>
        <tr>
          <th scope="col">Accuracy</th>
          <th scope="col">From 0 to 1: ○&nbsp;before, ●&nbsp;after, ┆&nbsp;chance</th>
          <th scope="col">Before → after</th>
        </tr>
      </thead>
      ${SPLITS.map(({ split, label, meaning }) => html`<tbody>
        <tr class="split"><th scope="rowgroup" colspan="3"><b>${label}</b> <span class="note">${meaning}</span></th></tr>
        ${ACCURACIES.map(({ name, chance }) => {
          const value = (accuracies: Accuracy | undefined) => accuracies?.[name] ?? null;
          const before = value(result?.before[split]);
          const after = value(result?.after[split]);
          if (split === "single" && name !== "retrieval") return nothing;
          return html`<tr data-testid=${`ablation-${split}-${name}`}>
            <th scope="row">${name}</th>
            <td>${before === null || after === null ? nothing : html`<lr-accuracy-track .from=${before} .to=${after} .chance=${chance}></lr-accuracy-track>`}</td>
            <td><span data-value="before">${accuracy(before)}</span> → <b data-value="after">${accuracy(after)}</b></td>
          </tr>`;
        })}
      </tbody>`)}
    </table>`;
  }
}
