import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import "../charts/profile";
import "./lr-strip";
import { columnName, tokenColour } from "../charts/columns";
import { scale, scaleStyles } from "../charts/heatmap";
import type { CaptionScore, Decomposition, HeadDecomposition } from "../engine/pkg/leftright.js";
import type { Table } from "../export/csv";
import { gradientFinding } from "./findings";
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

  private readonly answer = this.question<{ cut: Cut; decomposition: Decomposition }>();
  private moved = false;

  protected override get heading(): string {
    return this.words.gradient.heading;
  }

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
    this.announce(this.words.gradient.nearest(this.answer.value.decomposition.nearest.text));
  }

  protected override finding() {
    const answer = this.answer.value;
    return answer ? gradientFinding(answer.decomposition, answer.cut, this.words) : nothing;
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
    const { gradient } = this.words;
    const { labels, held_labels } = this.run.current?.config ?? { labels: 20, held_labels: 5 };
    const options = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i).map(
        (label) => html`<option value=${label} .selected=${label === this.placed.labels[object]}>${label}</option>`,
      );
    return html`<label class="row">
      <svg class="swatch" viewBox="0 0 14 14" aria-hidden="true" fill="var(${OBJECT_COLOURS[object]})">
        ${object === 0 ? html`<svg><circle cx="7" cy="7" r="7"></circle></svg>` : html`<svg><rect width="14" height="14" rx="1"></rect></svg>`}
      </svg>
      ${gradient.shapes[object]}
      <select data-testid=${`label-${object}`} @change=${(event: Event) => { this.choose(object, Number((event.target as HTMLSelectElement).value)); }}>
        <optgroup label=${gradient.held}>${options(labels - held_labels + 1, labels)}</optgroup>
        <optgroup label=${gradient.free}>${options(1, labels - held_labels)}</optgroup>
      </select>
    </label>`;
  }

  protected override body() {
    const answer = this.answer.value?.decomposition;
    const strongest = answer?.heads[answer.strongest];
    return html`
      <div class="scene">
        <div class="row" part="controls">${this.select(0)} ${this.select(1)}</div>
        <p class="note hint" part="controls">${this.words.gradient.hint}</p>
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
    const { gradient, numbers: { accuracy } } = this.words;
    const ep = head.terms.find(({ term }) => term === "EP")?.row ?? [];
    const { labels, positions } = this.placed;
    const [a, b] = positions;
    const colours = tokens.map((_, token) => tokenColour(token, positions));
    return html`
      <div>
        <h3>${gradient.steepest(strongest)}</h3>
        <lr-profile data-testid="ep-row" kind="line" .values=${ep} .colours=${["--source-p"]} .height=${120} label=${gradient.epRow(strongest, head.slope)}></lr-profile>
        <h3>${gradient.together}</h3>
        <lr-profile .values=${head.logits} .colours=${colours} .height=${104} label=${gradient.logits}></lr-profile>
        <h3>${gradient.attention}</h3>
        <lr-profile
          .values=${head.attention}
          .colours=${colours}
          .bounds=${[0, 1]}
          .format=${accuracy}
          label=${gradient.attentionOn(strongest, [head.attention[a + 1] ?? null, head.attention[b + 1] ?? null], labels)}
        ></lr-profile>
      </div>
    `;
  }

  private captions({ captions, nearest }: Decomposition) {
    const { gradient, numbers } = this.words;
    const isNearest = (score: CaptionScore) => score.text === nearest?.text;
    const shown = nearest && !captions.some(isNearest) ? [...captions, nearest] : captions;
    return html`<table class="captions" data-testid="captions">
      <thead>
        <tr>
          <th scope="col">${gradient.caption}</th>
          <th scope="col">${gradient.similarity}</th>
          <th scope="col"><span class="visually-hidden">${gradient.value}</span></th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (score, i) => html`<tr>
            <th scope="row">
              <span lang="en">${isNearest(score) ? html`<b>${score.text}</b>` : score.text}</span>
              <span class="note">(${gradient.kinds[i]}${isNearest(score) && i < 2 ? `, ${gradient.isNearest}` : ""})</span>
            </th>
            <td>
              <svg class="bar" height="10" aria-hidden="true">
                <rect width="100%" height="10" fill="var(--panel)"></rect>
                <line x1="50%" x2="50%" y2="10" stroke="var(--edge)"></line>
                <circle cx=${`${(50 + score.similarity * 50).toFixed(1)}%`} cy="5" r="5" fill="var(--ink)"></circle>
              </svg>
            </td>
            <td>${numbers.signed(score.similarity)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private heads({ heads, tokens }: Decomposition) {
    const { gradient, figure, numbers } = this.words;
    const most = Math.max(...heads.flatMap(({ terms }) => terms.flatMap(({ row }) => row.map(Math.abs))));
    return html`
      <h3>${gradient.everyTerm}</h3>
      <p class="note">
        ${gradient.letters} <b class="source-e">E</b> ${gradient.sources.E}, <b class="source-p">P</b> ${gradient.sources.P},
        <b class="source-b">B</b> ${gradient.sources.B}. ${gradient.scale} <span class="scale">${scale(most, 1, this.words)}</span>
      </p>
      <div class="heads">
        ${heads.map(
          ({ terms, slope }, head) => html`<div>
            <h3>${gradient.head(head)} <span class="note">${gradient.epSlope(slope)}</span></h3>
            <lr-heatmap
              .rows=${terms.map(({ term, row }) => ({ name: term, values: row }))}
              .most=${most}
              label=${gradient.nineTerms(head, slope)}
            ></lr-heatmap>
          </div>`,
        )}
      </div>
      <details>
        <summary>${gradient.asTable}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label=${gradient.asTable}>
          <table class="values">
            <thead>
              <tr>
                <th scope="col">${gradient.headColumn}</th>
                <th scope="col">${gradient.termColumn}</th>
                ${tokens.map((_, token) => html`<th scope="col">${figure.token(token)}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${heads.map(({ terms }, head) =>
                terms.map(
                  ({ term, row }) => html`<tr>
                    <td>${head}</td>
                    <th scope="row">${term}</th>
                    ${row.map((logit) => html`<td>${numbers.signed(logit)}</td>`)}
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
