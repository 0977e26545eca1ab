import { LitElement, css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";

const HEIGHT = 22;
const MIDDLE = HEIGHT / 2;

/** One accuracy from 0 to 1: a ring where it was, a dot where it is, a bar between, and a mark at chance. */
@customElement("lr-accuracy-track")
export class AccuracyTrack extends LitElement {
  static override styles = css`
    :host {
      display: block;
      min-width: 5rem;
      padding-inline: 6px;
    }

    svg {
      display: block;
      width: 100%;
      overflow: visible;
    }

    .scale {
      stroke: var(--rule);
      stroke-width: 2;
    }

    .chance {
      stroke: var(--edge);
      stroke-dasharray: 3 2;
    }

    .change {
      stroke: var(--ink);
      stroke-width: 2;
    }

    .from {
      fill: var(--paper);
      stroke: var(--ink);
      stroke-width: 2;
    }

    .to {
      fill: var(--ink);
    }
  `;

  @property({ type: Number }) from = 0;
  @property({ type: Number }) to = 0;
  @property({ attribute: false }) chance: number | null = null;

  override render() {
    const x = (value: number) => `${(value * 100).toFixed(1)}%`;
    return html`<svg height=${HEIGHT} aria-hidden="true">
      <line class="scale" x1="0" x2="100%" y1=${MIDDLE} y2=${MIDDLE}></line>
      ${this.chance === null ? null : svg`<line class="chance" x1=${x(this.chance)} x2=${x(this.chance)} y1="0" y2=${HEIGHT}></line>`}
      <line class="change" x1=${x(this.from)} x2=${x(this.to)} y1=${MIDDLE} y2=${MIDDLE}></line>
      <circle class="from" cx=${x(this.from)} cy=${MIDDLE} r="5"></circle>
      <circle class="to" cx=${x(this.to)} cy=${MIDDLE} r="4"></circle>
    </svg>`;
  }
}
