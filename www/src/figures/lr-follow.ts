import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { columnName } from "../charts/columns";
import { scaleStyles } from "../charts/heatmap";
import "./lr-strip";
import type { Table } from "../export/csv";
import { bothWays, type BothWays } from "./both-ways";
import { RunFigure } from "./figure";
import { PICTURES, compared } from "./follow-pictures";
import { STEPS } from "./follow-steps";
import type { StripMove } from "./lr-strip";
import { press } from "./press";
import { UNCUT } from "../run/views";
import { followWords } from "../words/en-follow";

/** One strip on its way from pixels to an answer, a step at a time, with the numbers of the run's model. */
@customElement("lr-follow")
export class LrFollow extends RunFigure {
  static override styles = [
    ...RunFigure.styles,
    scaleStyles,
    css`
      .finding {
        min-height: 6em;
      }

      ol {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-2);
        margin: 0 0 var(--space-4);
        padding: 0;
        list-style: none;
      }

      ol button {
        min-height: 2rem;
      }

      ol button[aria-current] {
        border-color: var(--ink);
        background: var(--ink);
        color: var(--paper);
      }

      .stage {
        max-width: 41rem;
        min-height: 21rem;
        margin-bottom: var(--space-4);
      }

      .stage h3 {
        margin-top: var(--space-4);
      }

      .compared {
        margin-top: var(--space-4);
      }

      .compared th {
        width: 30%;
        line-height: 1.25;
      }

      .compared td {
        width: 35%;
      }

      .compared .chosen {
        font-weight: 600;
      }

      .compared .wrong {
        color: var(--alarm);
      }

      svg {
        display: block;
        width: 100%;
        overflow: visible;
      }

      text {
        fill: var(--ink);
        font-size: 0.75rem;
        text-anchor: middle;
      }

      .name {
        fill: currentColor;
        font-weight: 600;
        text-anchor: start;
      }

      .part {
        stroke: currentColor;
        stroke-width: 1.5;
        fill: var(--panel);
      }

      .reads,
      .captions {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: var(--space-2) var(--space-3);
      }

      :is(.a, .b) {
        white-space: nowrap;
      }

      .a {
        color: var(--object-a);
      }

      .b {
        color: var(--object-b);
      }

      .paper {
        display: none;
      }

      @media print {
        .paper {
          display: block;
        }

        .compared,
        ol {
          display: none;
        }
      }
    `,
  ];

  private readonly answer = this.question<BothWays>();
  @state() private at = 0;

  protected override get heading(): string {
    return followWords(this.words).heading;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const { run } = this;
    const { current, views } = run;
    if (!this.wantsAnswer(this.answer) || !current || current.config.autoregressive) return;
    this.answer.ask([run, run.revision, views.placed, views.cut], () => bothWays(run, views, current.config));
  }

  protected override finding(): string | typeof nothing {
    const { value } = this.answer;
    if (this.run.current?.config.autoregressive) return followWords(this.words).writes;
    return value ? (STEPS[this.at]?.say(value, followWords(this.words)) ?? nothing) : nothing;
  }

  private go(step: number): void {
    this.at = Math.min(Math.max(step, 0), STEPS.length - 1);
    const finding = this.finding();
    if (finding !== nothing) this.announce(finding);
  }

  protected override body(): TemplateResult {
    const of = this.answer.value;
    const follow = followWords(this.words);
    return html`
      ${this.cut()}
      <ol part="controls" aria-label=${follow.steps}>
        ${STEPS.map(({ name }, i) => html`<li>
          <button aria-current=${i === this.at ? "step" : nothing} @click=${() => { this.go(i); }}>${i + 1} ${follow[name].title}</button>
        </li>`)}
      </ol>
      ${of ? html`<div class="stage" data-testid="stage" data-step=${this.at + 1}>${this.picture(of)}</div>` : html`<div class="stage"></div>`}
      <div class="row" part="controls">
        ${press(follow.back, () => { this.go(this.at - 1); }, { able: this.at > 0, why: follow.first })}
        ${press(follow.next, () => { this.go(this.at + 1); }, { primary: true, able: this.at < STEPS.length - 1, why: follow.last })}
      </div>
      <div class="paper"><slot></slot></div>
    `;
  }

  /** What the reader has cut elsewhere holds here too, and is said. */
  private cut() {
    const { cut } = this.run.views;
    if (cut.terms.length === 0 || cut.strength === 1) return nothing;
    const { words } = this;
    const follow = followWords(words);
    const back = () => { this.run.look({ cut: UNCUT }); };
    return html`<p class="note" data-testid="cut">${follow.cut(words.condition(cut))} <button class="link" @click=${back}>${follow.putBack}</button></p>`;
  }

  private picture(of: BothWays): TemplateResult {
    const { words } = this;
    const { strip, placed } = of;
    const picture = PICTURES[this.at];
    if (!picture) return compared(of, words);
    return html`<lr-strip
        aligned
        ?fixed=${!this.pressed}
        .labels=${this.run.views.placed.labels}
        .positions=${this.run.views.placed.positions}
        .pixels=${strip.tokens.length - 1}
        @lr-move=${({ detail: { positions, continued } }: StripMove) => { this.run.look({ placed: { ...this.run.views.placed, positions } }, continued); }}
      ></lr-strip>
      ${picture(strip, words, placed)}`;
  }

  override numbers(): Table {
    const { value } = this.answer;
    const rows = value ? value.strip.heads.flatMap((head, i) => [[i, "logits", ...head.logits], [i, "attention", ...head.attention]]) : [];
    return { columns: ["head", "number", ...(value?.strip.tokens.map((_, token) => columnName(token)) ?? [])], rows };
  }
}
