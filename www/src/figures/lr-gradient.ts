import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import "../charts/heatmap";
import "../charts/profile";
import "./lr-strip";
import { columnName } from "../charts/columns";
import type { CaptionScore, Config, Decomposition, HeadDecomposition, Scene } from "../engine/pkg/leftright.js";
import type { Table } from "../export/csv";
import { gradientFinding } from "./findings";
import { accuracy, signed } from "../util/format";
import { LatestAnswer } from "../util/latest-answer";
import { isShared } from "../run/registry";
import { readViews, showInAddress, writeViews } from "../run/settings";
import { RunFigure } from "./figure";
import type { StripMove } from "./lr-strip";

const OBJECT_COLOURS = ["--object-a", "--object-b"] as const;

@customElement("lr-gradient")
export class LrGradient extends RunFigure {
  static override styles = [
    ...RunFigure.styles,
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

      .scale {
        white-space: nowrap;
      }

      .legend {
        display: inline-block;
        width: 7rem;
        height: 0.6rem;
        background: linear-gradient(to right in oklab, var(--below), var(--panel), var(--above));
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
  private labels: [number, number] = [16, 17];
  private positions: [number, number] = [2, 7];
  private readonly answer = new LatestAnswer<Decomposition>(() => { this.requestUpdate(); });
  private moved = false;

  /** What the address asks to be shown, until the model is there. */
  private asked: number[] | null = null;

  private get strip(): number[] {
    const strip = Array.from({ length: this.run.current?.config.pixels ?? 0 }, () => 0);
    for (const object of [0, 1] as const) strip[this.positions[object]] = this.labels[object];
    return strip;
  }

  private get scene(): Scene {
    return { strip: this.strip };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.hasUpdated && isShared(this.run)) this.asked = readViews(location.search).views.strip;
  }

  /** Puts the objects where the address has them, if this model has such a place and such labels. */
  private place({ pixels, labels }: Config): void {
    const { asked } = this;
    this.asked = null;
    if (asked?.length !== pixels || asked.some((label) => label > labels)) return;
    const [a, b] = [...asked.keys()].filter((pixel) => asked[pixel] !== 0);
    if (a === undefined || b === undefined) return;
    this.positions = [a, b];
    this.labels = [asked[a] ?? 0, asked[b] ?? 0];
  }

  protected override willUpdate(): void {
    const { run } = this;
    if (this.asked && run.current) this.place(run.current.config);
    const { labels, positions } = this;
    if (!this.wantsAnswer(this.answer) || !run.current) return;
    this.answer.ask([run, run.revision, ...labels, ...positions], () => run.decompose(this.scene));
  }

  protected override updated(): void {
    if (!this.moved || !this.answer.value?.nearest) return;
    this.moved = false;
    this.announce(`The nearest caption is “${this.answer.value.nearest.text}”.`);
  }

  protected override finding() {
    return this.answer.value ? gradientFinding(this.answer.value) : nothing;
  }

  private move(positions: [number, number]): void {
    this.positions = positions;
    this.turned();
  }

  /** A strip shows two different labels, so choosing the other's label exchanges them. */
  private choose(object: 0 | 1, label: number): void {
    const [a, b] = this.labels;
    const other = object === 0 ? b : a;
    if (label === other) this.labels = [b, a];
    else this.labels = object === 0 ? [label, b] : [a, label];
    this.turned();
  }

  private turned(): void {
    this.moved = true;
    if (isShared(this.run)) showInAddress(writeViews({ strip: this.strip }));
    this.requestUpdate();
  }

  private select(object: 0 | 1) {
    const { labels, held_labels } = this.run.current?.config ?? { labels: 20, held_labels: 5 };
    const options = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i).map(
        (label) => html`<option value=${label} .selected=${label === this.labels[object]}>${label}</option>`,
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
    const answer = this.answer.value;
    const strongest = answer?.heads[answer.strongest];
    return html`
      <div class="scene">
        <div class="row" part="controls">${this.select(0)} ${this.select(1)}</div>
        <p class="note hint" part="controls">Drag an object, or focus it and press the arrow keys.</p>
        <lr-strip
          aligned
          ?fixed=${!this.pressed}
          .labels=${this.labels}
          .positions=${this.positions}
          .pixels=${this.run.current?.config.pixels ?? 10}
          @lr-move=${(event: StripMove) => { this.move(event.detail.positions); }}
        ></lr-strip>
        ${answer && strongest ? html`${this.rows(answer, strongest)} ${this.captions(answer)}` : nothing}
      </div>
      ${answer ? this.heads(answer) : nothing}
    `;
  }

  override numbers(): Table {
    const { heads, tokens } = this.answer.value ?? { heads: [], tokens: [] };
    const rows = heads.flatMap(({ terms, logits, attention }, head) =>
      [...terms.map(({ term, row }) => [term, row] as const), ["logits", logits] as const, ["attention", attention] as const].map(([name, row]) => [head, name, ...row]),
    );
    return { columns: ["head", "term", ...tokens.map((_, token) => columnName(token))], rows };
  }

  /** What the strongest head makes of the strip, under the strip's own columns. */
  private rows({ strongest, tokens }: Decomposition, head: HeadDecomposition) {
    const ep = head.terms.find(({ term }) => term === "EP")?.row ?? [];
    const [a, b] = this.positions;
    const colours = tokens.map((_, token) => (token === a + 1 ? OBJECT_COLOURS[0] : token === b + 1 ? OBJECT_COLOURS[1] : "--edge"));
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
          label=${`Attention of head ${strongest}: ${accuracy(head.attention[a + 1] ?? null)} on object ${this.labels[0]}, ${accuracy(head.attention[b + 1] ?? null)} on object ${this.labels[1]}.`}
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
        <span class="scale">${signed(-most, 1)} <span class="legend"></span> ${signed(most, 1)}</span>
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
