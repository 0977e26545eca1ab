import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { scaleLinear } from "d3-scale";
import type { Axis, Row } from "../engine/pkg/leftright.js";
import { accuracy, plain, signed, withSpread } from "../util/format";

const HEIGHT = 20;
const MIDDLE = HEIGHT / 2;

/** Values with their spread, one under the other: a table that is also a picture. */
@customElement("lr-rows")
export class LrRows extends LitElement {
  static override styles = css`
    :host {
      display: block;
      container-type: inline-size;
    }

    table {
      width: 100%;
      border-collapse: collapse;
      font-variant-numeric: tabular-nums;
    }

    th,
    td {
      padding: 2px var(--space-3) 2px 0;
      border-top: 1px solid var(--rule);
      font-weight: 400;
      text-align: left;
    }

    th[scope="row"] {
      max-width: 9rem;
      overflow-wrap: anywhere;
    }

    thead th,
    thead td {
      padding-top: 0;
      border-top: 0;
      color: var(--muted);
      font-size: var(--text-small);
    }

    td:last-child {
      padding: 2px 0 2px var(--space-2);
      font-size: var(--text-small);
      white-space: nowrap;
    }

    th.value {
      padding-inline: var(--space-2) 0;
    }

    .track {
      width: 45%;
      padding-inline: 6px;
    }

    /* On a phone the spread goes below its value, and no name is broken within a word. */
    @container (max-width: 28rem) {
      th[scope="row"] {
        min-width: 6rem;
        overflow-wrap: break-word;
      }

      td:last-child {
        white-space: normal;
      }

      .track {
        width: 35%;
      }
    }

    .ends {
      display: flex;
      justify-content: space-between;
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

    .zero {
      stroke: var(--edge);
    }

    .chance {
      stroke: var(--edge);
      stroke-dasharray: 3 2;
    }

    .spread {
      stroke: var(--ink);
      stroke-width: 2;
    }

    .value {
      fill: var(--ink);
    }

    .key {
      margin: var(--space-1) 0 0;
      color: var(--muted);
      font-size: var(--text-small);
    }
  `;

  @property() heading = "";
  @property({ attribute: false }) axis: Axis = { label: "", bounds: null, log: false };
  @property({ attribute: false }) rows: Row[] = [];

  override render() {
    const { axis, rows } = this;
    const numbers = rows.flatMap(({ value, least, most }) => [value, least, most]).filter(Number.isFinite);
    // A bar's length means something only from zero.
    const scale = scaleLinear(axis.bounds ?? [Math.min(0, ...numbers), Math.max(0, ...numbers)], [0, 100]).clamp(true);
    if (!axis.bounds) scale.nice(2);
    const [from = 0, to = 1] = scale.domain();
    const share = from === 0 && to === 1;
    const format = share ? accuracy : from < 0 ? signed : plain;
    const chance = rows.some((row) => row.chance !== null) ? ", ┆ chance" : "";
    const spread = rows.some(({ least, most }) => least !== most) ? ", — all models" : "";
    return html`<table aria-label=${this.heading}>
      <thead>
        <tr>
          <td></td>
          <th scope="col" class="track"><span class="ends"><span>${plain(from)}</span><span>${axis.label}</span><span>${plain(to)}</span></span></th>
          <th scope="col" class="value">value</th>
        </tr>
      </thead>
      <tbody>
        ${rows.length === 0 ? html`<tr><td colspan="3">nothing measured yet</td></tr>` : nothing}
        ${rows.map((row) => html`<tr data-name=${row.name} data-value=${row.value}>
          <th scope="row">${row.name}</th>
          <td class="track">${this.track(row, (value) => `${scale(value).toFixed(1)}%`, from < 0)}</td>
          <td>${withSpread(row.value, row.least, row.most, format)}</td>
        </tr>`)}
      </tbody>
    </table>
    ${chance || spread ? html`<p class="key">● ${spread ? "median" : "value"}${spread}${chance}</p>` : nothing}`;
  }

  private track({ value, least, most, chance }: Row, x: (value: number) => string, signedAxis: boolean) {
    const upright = (className: string, at: number) => svg`<line class=${className} x1=${x(at)} x2=${x(at)} y1="0" y2=${HEIGHT}></line>`;
    return html`<svg height=${HEIGHT} aria-hidden="true">
      <line class="scale" x2="100%" y1=${MIDDLE} y2=${MIDDLE}></line>
      ${signedAxis ? upright("zero", 0) : nothing} ${chance === null ? nothing : upright("chance", chance)}
      ${Number.isFinite(value)
        ? svg`<line class="spread" x1=${x(least)} x2=${x(most)} y1=${MIDDLE} y2=${MIDDLE}></line>
            <circle class="value" cx=${x(value)} cy=${MIDDLE} r="4"></circle>`
        : nothing}
    </svg>`;
  }
}
