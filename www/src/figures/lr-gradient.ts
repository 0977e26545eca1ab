import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import "../charts/profile";
import "./lr-strip";
import { columnName, tokenColour } from "../charts/columns";
import { scale, scaleStyles } from "../charts/heatmap";
import type { CaptionScore, Decomposition, HeadDecomposition } from "../engine/pkg/leftright.js";
import type { Table } from "../export/csv";
import { gradientFinding } from "./findings";
import { accuracy, signed } from "../util/format";
import { stripOf, type Cut, type Placed } from "../run/views";
import { RunFigure } from "./figure";
import type { StripMove } from "./lr-strip";

const OBJECT_COLOURS = ["--object-a", "--object-b"] as const;

/** The nine terms of the attention logits, pixel by pixel: which of them falls from left to right? */
@customElement("lr-gradient")
export class LrGradient extends RunFigure {
  static override styles = [
    ...RunFigure.styles,
    scaleStyles,
    css`
      .scene {
        display: grid;
        gap: var(--space-3);
        max-width: 41rem;
        margin-bottom: var(--space-5);
      }

      .scene select {
        width: auto;
      }

      .swatch {
        width: 0.9rem;
        height: 0.9rem;
      }

      h3 {
        margin-top: var(--space-3);
      }

      .captions td:nth-child(2) {
        width: 45%;
      }

      .captions td:nth-child(3) {
        width: 4rem;
      }

      .bar {
        display: block;
        width: 100%;
      }

      .heads {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
        gap: var(--space-4) var(--space-6);
        margin-block: var(--space-3);
      }

      .values td,
      .values th {
        padding-right: var(--space-2);
        white-space: nowrap;
        font-size: var(--text-small);
      }
    `,
  ];

  protected override readonly heading = "Nine terms make the attention logits; look for the one that slopes";
  private readonly answer = this.question<{ cut: Cut; decomposition: Decomposition }>();
  private moved = false;

  private get placed(): Placed {
    return this.run.views.placed;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const { run } = this;
    const { current, views } = run;
    if (!this.wantsAnswer(this.answer) || !current) return;
    const strip = stripOf(views.placed, current.config.pixels);
    this.answer.ask([run, run.revision, views.placed, views.cut], async () => ({ cut: views.cut, decomposition: await run.decompose({ strip }, views.cut) }));
  }

  protected override updated(): void {
    if (!this.moved || !this.answer.value?.decomposition.nearest) return;
    this.moved = false;
    this.announce(`The nearest caption is “${this.answer.value.decomposition.nearest.text}”.`);
  }

  protected override finding() {
    const answer = this.answer.value;
    return answer ? gradientFinding(answer.decomposition, answer.cut) : nothing;
  }

  /** Where a drag begins is a step of the page's history; what it passes on its way is not. */
  private move({ positions, continued }: StripMove["detail"]): void {
    this.moved = true;
    this.run.look({ placed: { ...this.placed, positions } }, continued);
  }

  /** A strip shows two different labels, so choosing the other's label exchanges them. */
  private choose(object: 0 | 1, label: number): void {
    const { labels, positions } = this.placed;
    const [a, b] = labels;
    const other = object === 0 ? b : a;
    const chosen: [number, number] = label === other ? [b, a] : object === 0 ? [label, b] : [a, label];
    this.moved = true;
    this.run.look({ placed: { labels: chosen, positions } });
  }

  private select(object: 0 | 1) {
    const { labels, held_labels } = this.run.current?.config ?? { labels: 20, held_labels: 5 };
    const options = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i).map(
        (label) => html`<option value=${label} .selected=${label === this.placed.labels[object]}>${label}</option>`,
      );
    return html`<label class="row">
      <svg class="swatch" viewBox="0 0 14 14" aria-hidden="true" fill="var(${OBJECT_COLOURS[object]})">
        ${object === 0 ? html`<svg><circle cx="7" cy="7" r="7"></circle></svg>` : html`<svg><rect width="14" height="14" rx="1"></rect></svg>`}
      </svg>
      ${object === 0 ? "Circle" : "Square"}
      <select data-testid=${`label-${object}`} @change=${(event: Event) => { this.choose(object, Number((event.target as HTMLSelectElement).value)); }}>
        <optgroup label="Never in a training pair">${options(labels - held_labels + 1, labels)}</optgroup>
        <optgroup label="Free to be in training pairs">${options(1, labels - held_labels)}</optgroup>
      </select>
    </label>`;
  }

  protected override body() {
    const answer = this.answer.value?.decomposition;
    const strongest = answer?.heads[answer.strongest];
    return html`
      <div class="scene">
        <div class="row" part="controls">${this.select(0)} ${this.select(1)}</div>
        <p class="note hint" part="controls">Drag an object, or focus it and press the arrow keys.</p>
        <lr-strip
          aligned
          ?fixed=${!this.pressed}
          .labels=${this.placed.labels}
          .positions=${this.placed.positions}
          .pixels=${this.run.current?.config.pixels ?? 10}
          @lr-move=${(event: StripMove) => { this.move(event.detail); }}
        ></lr-strip>
        ${answer && strongest ? html`${this.rows(answer, strongest)} ${this.captions(answer)}` : nothing}
      </div>
      ${answer ? this.heads(answer) : nothing}
    `;
  }

  override numbers(): Table {
    const { heads, tokens } = this.answer.value?.decomposition ?? { heads: [], tokens: [] };
    const rows = heads.flatMap(({ terms, logits, attention }, head) =>
      [...terms.map(({ term, row }) => [term, row] as const), ["logits", logits] as const, ["attention", attention] as const].map(([name, row]) => [head, name, ...row]),
    );
    return { columns: ["head", "term", ...tokens.map((_, token) => columnName(token))], rows };
  }

  /** What the strongest head makes of the strip, under the strip's own columns. */
  private rows({ strongest, tokens }: Decomposition, head: HeadDecomposition) {
    const ep = head.terms.find(({ term }) => term === "EP")?.row ?? [];
    const { labels, positions } = this.placed;
    const [a, b] = positions;
    const colours = tokens.map((_, token) => tokenColour(token, positions));
    return html`
      <div>
        <h3>Head ${strongest}, the steepest: what CLS sees of each position (EP, logits)</h3>
        <lr-profile data-testid="ep-row" kind="line" .values=${ep} .colours=${["--source-p"]} .height=${120} label=${`EP row of head ${strongest}, slope ${signed(head.slope)} logits per pixel.`}></lr-profile>
        <h3>All nine terms together (logits)</h3>
        <lr-profile .values=${head.logits} .colours=${colours} .height=${104} label="The logits of the same head, the sum of its nine terms."></lr-profile>
        <h3>Attention, their softmax</h3>
        <lr-profile
          .values=${head.attention}
          .colours=${colours}
          .bounds=${[0, 1]}
          .format=${accuracy}
          label=${`Attention of head ${strongest}: ${accuracy(head.attention[a + 1] ?? null)} on object ${labels[0]}, ${accuracy(head.attention[b + 1] ?? null)} on object ${labels[1]}.`}
        ></lr-profile>
      </div>
    `;
  }

  private captions({ captions, nearest }: Decomposition) {
    const isNearest = (score: CaptionScore) => score.text === nearest?.text;
    const shown = nearest && !captions.some(isNearest) ? [...captions, nearest] : captions;
    const kinds = ["true", "swapped", "nearest of all"];
    return html`<table class="captions" data-testid="captions">
      <thead>
        <tr>
          <th scope="col">Caption</th>
          <th scope="col">Similarity to the strip, −1 to 1</th>
          <th scope="col"><span class="visually-hidden">Value</span></th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (score, i) => html`<tr>
            <th scope="row">
              ${isNearest(score) ? html`<b>${score.text}</b>` : score.text}
              <span class="note">(${kinds[i]}${isNearest(score) && i < 2 ? ", nearest" : ""})</span>
            </th>
            <td>
              <svg class="bar" height="10" aria-hidden="true">
                <rect width="100%" height="10" fill="var(--panel)"></rect>
                <line x1="50%" x2="50%" y2="10" stroke="var(--edge)"></line>
                <circle cx=${`${(50 + score.similarity * 50).toFixed(1)}%`} cy="5" r="5" fill="var(--ink)"></circle>
              </svg>
            </td>
            <td>${signed(score.similarity)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private heads({ heads, tokens }: Decomposition) {
    const most = Math.max(...heads.flatMap(({ terms }) => terms.flatMap(({ row }) => row.map(Math.abs))));
    return html`
      <h3>Every term of every head: the CLS row, in logits</h3>
      <p class="note">
        First letter: what CLS asks with, second: what a pixel answers with. <b class="source-e">E</b> the token (content),
        <b class="source-p">P</b> the position, <b class="source-b">B</b> a bias. One colour scale for all heads:
        <span class="scale">${scale(most, 1)}</span>
      </p>
      <div class="heads">
        ${heads.map(
          ({ terms, slope }, head) => html`<div>
            <h3>Head ${head} <span class="note">EP slope ${signed(slope)} logits per pixel</span></h3>
            <lr-heatmap
              .rows=${terms.map(({ term, row }) => ({ name: term, values: row }))}
              .most=${most}
              label=${`Nine terms of head ${head}; EP slope ${signed(slope)} logits per pixel.`}
            ></lr-heatmap>
          </div>`,
        )}
      </div>
      <details>
        <summary>The same as a table</summary>
        <div class="scroll">
          <table class="values">
            <thead>
              <tr>
                <th scope="col">Head</th>
                <th scope="col">Term</th>
                ${tokens.map((_, token) => html`<th scope="col">${columnName(token)}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${heads.map(({ terms }, head) =>
                terms.map(
                  ({ term, row }) => html`<tr>
                    <td>${head}</td>
                    <th scope="row">${term}</th>
                    ${row.map((logit) => html`<td>${signed(logit)}</td>`)}
                  </tr>`,
                ),
              )}
            </tbody>
          </table>
        </div>
      </details>
    `;
  }
}
