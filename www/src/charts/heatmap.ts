import { css, html, svg } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { scaleLinear } from "d3-scale";
import { differs } from "../util/same";
import { Speaking, type Words } from "../words";
import { columns } from "./columns";

export interface HeatmapRow {
  name: string;
  values: number[];
}

const ROW = 20;

/** How a figure of heatmaps lays out what `scale` says. */
export const scaleStyles = css`
  .scale {
    white-space: nowrap;
  }

  .legend {
    display: inline-block;
    width: 7rem;
    height: 0.6rem;
    background: linear-gradient(to right in oklab, var(--below), var(--panel), var(--above));
  }
`;

/** The colours from the least logit to the most. */
export function scale(most: number, digits: number, { numbers }: Words) {
  return html`${numbers.signed(-most, digits)} <span class="legend"></span> ${numbers.signed(most, digits)}`;
}

/** Rows of logits over key tokens. Colour says sign and size; hover, or focus and arrows, say the value. */
@customElement("lr-heatmap")
export class Heatmap extends Speaking {
  static override styles = css`
    :host {
      display: block;
    }

    svg {
      display: block;
      width: 100%;
      overflow: visible;
    }

    svg:focus-visible {
      outline: 2px solid var(--focus);
      outline-offset: 3px;
    }

    text {
      fill: var(--muted);
      font-size: 0.75rem;
    }

    .cell {
      stroke: var(--paper);
    }

    .chosen {
      fill: none;
      stroke: var(--ink);
      stroke-width: 2;
    }

    p {
      min-height: 1.5em;
      margin: var(--space-1) 0 0;
      color: var(--muted);
      font-size: var(--text-small);
    }
  `;

  @property({ attribute: false, hasChanged: differs }) rows: HeatmapRow[] = [];
  /** The magnitude that has the full colour. */
  @property({ type: Number }) most = 1;
  @property() label = "";
  @state() private chosen: { row: number; token: number } | null = null;

  private get tokens(): number {
    return this.rows[0]?.values.length ?? 0;
  }

  private move(event: KeyboardEvent): void {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const { row, token } = this.chosen ?? { row: 0, token: 0 };
    const within = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
    this.chosen = { row: within(row + (step[0] ?? 0), this.rows.length), token: within(token + (step[1] ?? 0), this.tokens) };
  }

  override render() {
    const { left, middle, width } = columns(this.tokens);
    // Percent of the full colour, mixed into the paper by CSS so that both themes follow.
    const strength = scaleLinear([0, this.most], [0, 100]).clamp(true);
    const { chosen, words: { chart, figure, numbers } } = this;
    const value = chosen && this.rows[chosen.row]?.values[chosen.token];
    return html`
      <svg
        height=${ROW * (this.rows.length + 1)}
        tabindex="0"
        role="application"
        aria-roledescription=${chart.role}
        aria-label=${chart.keys(this.label)}
        @keydown=${(event: KeyboardEvent) => { this.move(event); }}
        @focus=${() => (this.chosen ??= { row: 0, token: 0 })}
        @blur=${() => (this.chosen = null)}
        @pointerleave=${() => (this.chosen = null)}
      >
        ${this.rows.map(
          ({ name, values }, row) => svg`
            <text x="0" y=${row * ROW + ROW * 0.7}>${name}</text>
            ${values.map(
              (logit, token) => svg`<rect
                class="cell" x=${`${left(token)}%`} y=${row * ROW} width=${`${width}%`} height=${ROW}
                fill=${`color-mix(in oklab, var(${logit < 0 ? "--below" : "--above"}) ${strength(Math.abs(logit)).toFixed(1)}%, var(--panel))`}
                @pointerenter=${() => (this.chosen = { row, token })}
              ></rect>`,
            )}`,
        )}
        ${Array.from({ length: this.tokens }, (_, token) => svg`<text x=${`${middle(token)}%`} y=${ROW * this.rows.length + 14} text-anchor="middle">${token === 0 ? "CLS" : token}</text>`)}
        ${chosen && svg`<rect class="chosen" x=${`${left(chosen.token)}%`} y=${chosen.row * ROW} width=${`${width}%`} height=${ROW}></rect>`}
      </svg>
      <p aria-live="polite">
        ${chosen && value !== null && value !== undefined
          ? chart.cell(this.rows[chosen.row]?.name ?? "", figure.token(chosen.token), numbers.signed(value))
          : ""}
      </p>
    `;
  }
}
