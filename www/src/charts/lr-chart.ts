import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Chart } from "../engine/pkg/leftright.js";
import { differs } from "../util/same";
import "./lr-lines";
import "./lr-map";
import "./lr-rows";
import "./lr-scatter";

/** A picture that the crate describes, under its title. */
@customElement("lr-chart")
export class LrChart extends LitElement {
  static override styles = css`
    :host {
      display: block;
      min-width: 0;
      max-width: 38rem;
    }

    h3 {
      margin: 0 0 var(--space-2);
      font-size: var(--text-figure);
      font-weight: 600;
      text-wrap: balance;
    }

    h3::first-letter {
      text-transform: uppercase;
    }
  `;

  @property({ attribute: false, hasChanged: differs }) chart: Chart | null = null;

  override render() {
    const { chart } = this;
    return chart && html`<h3>${chart.title}</h3>${picture(chart)}`;
  }
}

function picture(chart: Chart) {
  switch (chart.kind) {
    case "lines":
      return html`<lr-lines .heading=${chart.title} .axes=${chart} .series=${chart.series}></lr-lines>`;
    case "scatter":
      return html`<lr-scatter .heading=${chart.title} .axes=${chart} .groups=${chart.groups} .dots=${chart.dots}></lr-scatter>`;
    case "rows":
      return html`<lr-rows .heading=${chart.title} .axis=${chart.x} .rows=${chart.rows}></lr-rows>`;
    case "map":
      return html`<lr-map
        .heading=${chart.title}
        .x=${{ label: chart.x_label, names: chart.columns }}
        .y=${{ label: chart.y_label, names: chart.rows }}
        .cells=${chart.cells}
        .range=${chart.range}
        .names=${chart.names}
      ></lr-map>`;
  }
}
