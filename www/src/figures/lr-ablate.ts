import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import "../charts/accuracy-track";
import type { AblateDetail } from "../embed/api";
import { host } from "../embed/host";
import type { AblationResult, Accuracy } from "../engine/pkg/leftright.js";
import type { Table } from "../export/csv";
import { CutControls, cutStyles } from "./cut-controls";
import { ablateFinding } from "./findings";
import { UNCUT, ablationsOf, isUncut, type Cut } from "../run/views";
import { RunFigure } from "./figure";
import { SPLITS } from "./splits";

const ACCURACIES = [
  { name: "retrieval", chance: null },
  { name: "order", chance: 0.5 },
  { name: "recognition", chance: null },
] as const;

/**
 * Takes terms of the attention logits away, without training again.
 *
 * @fires {CustomEvent<AblateDetail>} lr-ablate - a cut was measured, or the same one on another model: what is cut, and the accuracies before and after
 * @fires {CustomEvent<GuessDetail>} lr-guess - the reader has guessed what `ask` asks: the terms, and the share from 0 to 1
 * @fires {CustomEvent<ResultDetail>} lr-result - the reader has cut what `ask` names: the guess, the accuracies before and after, the settings
 */
@customElement("lr-ablate")
export class LrAblate extends RunFigure {
  static override styles = [
    ...RunFigure.styles,
    cutStyles,
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
        white-space: normal;
      }
    `,
  ];

  /** Terms, as in `EP`: before they are cut the reader is asked how often the order will be right without them (not in the article). */
  @property({ reflect: true, useDefault: true }) ask: string | null = null;

  private readonly answer = this.question<{ cut: Cut; result: AblationResult }>();
  /** The answer that the page was last told of. */
  private told: { cut: Cut; result: AblationResult } | null = null;
  /** Whether the reader has changed the cut here. */
  private changed = false;
  private readonly cutting = new CutControls(() => this.run, () => { this.changed = true; }, () => this.words);

  protected override get heading(): string {
    return this.words.ablate.heading;
  }

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
    const { value } = this.answer;
    if (value?.cut !== this.cut || value === this.told) return;
    const { cut, result } = value;
    const before = this.told?.cut ?? UNCUT;
    // Of a model in training the page hears when the reader cuts, and at the end.
    if (before === cut && this.run.phase === "training") return;
    this.told = value;
    if (before.terms.length > 0 || cut.terms.length > 0) {
      this.dispatchEvent(new CustomEvent<AblateDetail>("lr-ablate", { detail: { ...cut, ...result }, bubbles: true, composed: true }));
    }
    if (!this.changed) return;
    this.changed = false;
    const finding = this.finding();
    if (finding !== nothing) this.announce(finding);
  }

  protected override finding() {
    const { evaluation, trained } = this.run;
    const answer = this.answer.value;
    if (answer) return ablateFinding(answer.result.before, answer.result.after, answer.cut, trained, this.pressed, this.words);
    // What a cut does is not known before it is measured.
    return evaluation && isUncut(this.cut) ? ablateFinding(evaluation.accuracies, evaluation.accuracies, UNCUT, trained, this.pressed, this.words) : nothing;
  }

  protected override body() {
    return html`${host()?.question(this, this.run) ?? nothing}<div class="parts">
      <div class="controls" part="controls">${this.cutting.chips(true)} ${this.cutting.slider()} ${this.cutting.headChoice()} ${this.cutting.history()}</div>
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

  private accuracies() {
    const { ablate, figure, numbers } = this.words;
    const result = this.answer.value?.result;
    const waiting = this.answer.value !== null && this.answer.value.cut !== this.cut;
    return html`<table data-testid="ablation" aria-busy=${waiting ? "true" : "false"} data-cut=${this.answer.value?.cut.terms.join() ?? ""}>
      <caption class="visually-hidden">${ablate.table}</caption>
      <thead>
        <tr>
          <th scope="col">${ablate.accuracy}</th>
          <th scope="col">${ablate.scale}</th>
          <th scope="col">${ablate.beforeAfter}</th>
        </tr>
      </thead>
      ${SPLITS.map(({ split }) => html`<tbody>
        <tr class="split"><th scope="rowgroup" colspan="3"><b>${figure.splits[split].label}</b> <span class="note">${figure.splits[split].meaning}</span></th></tr>
        ${ACCURACIES.map(({ name, chance }) => {
          const value = (accuracies: Accuracy | undefined) => accuracies?.[name] ?? null;
          const before = value(result?.before[split]);
          const after = value(result?.after[split]);
          if (split === "single" && name !== "retrieval") return nothing;
          return html`<tr data-testid=${`ablation-${split}-${name}`}>
            <th scope="row">${figure.accuracies[name]}</th>
            <td>${before === null || after === null ? nothing : html`<lr-accuracy-track .from=${before} .to=${after} .chance=${chance}></lr-accuracy-track>`}</td>
            <td><span data-value="before">${numbers.accuracy(before)}</span> → <b data-value="after">${numbers.accuracy(after)}</b></td>
          </tr>`;
        })}
      </tbody>`)}
    </table>`;
  }
}
