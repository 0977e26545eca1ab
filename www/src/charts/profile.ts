import { css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { scaleLinear } from "d3-scale";
import { differs } from "../util/same";
import { Speaking } from "../words";
import { columns } from "./columns";

/** More values than these are crowded on a phone. */
const MANY = 13;

/** A row of values under the strip's columns: bars from zero, or a line through the pixels' values (CLS has no place on it). */
@customElement("lr-profile")
export class Profile extends Speaking {
  static override styles = css`
    :host {
      display: block;
    }

    svg {
      display: block;
      width: 100%;
      overflow: visible;
    }

    :host {
      container-type: inline-size;
    }

    text {
      fill: var(--ink);
      font-size: 0.6875rem;
      text-anchor: middle;
    }

    @container (width < 448px) {
      text {
        font-size: 0.5625rem;
      }

      /* Where there is no room for all, the objects are told, or every other point of a line. */
      .crowded .lesser {
        display: none;
      }
    }

    .zero {
      stroke: var(--edge);
    }

    .line {
      stroke-width: 2.5;
      stroke-linecap: round;
    }
  `;

  @property({ attribute: false, hasChanged: differs }) values: number[] = [];
  @property() kind: "line" | "bars" = "bars";
  /** The CSS custom property of each token's colour, or one for all. */
  @property({ attribute: false, hasChanged: differs }) colours: string[] = ["--ink"];
  /** The values' bounds; without them, what holds the values and zero. */
  @property({ attribute: false, hasChanged: differs }) bounds: [number, number] | null = null;
  /** How a value is written; without it, as a logit. */
  @property({ attribute: false }) format: ((value: number) => string) | null = null;
  @property({ type: Number }) height = 90;
  @property() label = "";

  override render() {
    const { left, middle, width } = columns(this.values.length);
    const format = this.format ?? this.words.numbers.logit;
    const fitted = [Math.min(-1, ...this.values), Math.max(1, ...this.values)];
    const scale = scaleLinear(this.bounds ?? fitted, [this.height - 16, 16]);
    if (!this.bounds) scale.nice(2);
    const y = (value: number) => scale(value).toFixed(1);
    const lesser = (token: number) => (this.kind === "line" ? token % 2 === 0 : this.colours[token] === this.colours[0]);
    const colour = (token: number) => `var(${this.colours[token] ?? this.colours[0] ?? "--ink"})`;
    return html`<svg class=${this.values.length > MANY ? "crowded" : ""} height=${this.height} role="img" aria-label=${this.label}>
      <line class="zero" x1=${`${left(0)}%`} x2="100%" y1=${y(0)} y2=${y(0)}></line>
      ${this.kind === "line"
        ? this.values.slice(1).map((value, i) => {
            const token = i + 1;
            const next = this.values[token + 1];
            return svg`<g color=${colour(token)}>
              ${next === undefined ? null : svg`<line class="line" stroke="currentColor" x1=${`${middle(token)}%`} y1=${y(value)} x2=${`${middle(token + 1)}%`} y2=${y(next)}></line>`}
              <circle fill="currentColor" cx=${`${middle(token)}%`} cy=${y(value)} r="4"></circle>
            </g>`;
          })
        : this.values.map(
            (value, token) => svg`<rect
              fill=${colour(token)} x=${`${left(token) + width * 0.2}%`} width=${`${width * 0.6}%`}
              y=${Math.min(Number(y(value)), Number(y(0)))} height=${Math.abs(Number(y(value)) - Number(y(0))).toFixed(1)}
            ></rect>`,
          )}
      ${this.values.map((value, token) =>
        this.kind === "line" && token === 0 ? null : svg`<text class=${lesser(token) ? "lesser" : ""} x=${`${middle(token)}%`} y=${Number(y(value)) + (value < 0 ? 14 : -7)}>${format(value)}</text>`,
      )}
    </svg>`;
  }
}
