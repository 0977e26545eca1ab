import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Chart } from "../engine/pkg/leftright.js";
import { differs } from "../util/same";
import "./lr-chart";

/** Pictures of one kind, of which the reader chooses one to look at. */
@customElement("lr-choice")
export class LrChoice extends LitElement {
  static override styles = css`
    :host {
      display: block;
    }

    label {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-2);
      margin-bottom: var(--space-3);
    }

    select {
      min-height: 2.25rem;
      max-width: 100%;
      color: inherit;
      background: var(--paper);
      border: 1px solid var(--edge);
      border-radius: 4px;
      font: inherit;
    }
  `;

  @property({ attribute: false, hasChanged: differs }) charts: Chart[] = [];
  /** By its title: the pictures may become more. */
  @state() private chosen = "";

  get shown(): Chart | undefined {
    return this.charts.find(({ title }) => title === this.chosen) ?? this.charts[0];
  }

  override render() {
    const { charts, shown } = this;
    if (!shown) return nothing;
    const choose = (event: Event) => { this.chosen = (event.target as HTMLSelectElement).value; };
    return html`<label>
        Shown:
        <select @change=${choose}>
          ${charts.map(({ title }) => html`<option .selected=${title === shown.title}>${title}</option>`)}
        </select>
      </label>
      <lr-chart .chart=${shown}></lr-chart>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "lr-choice": LrChoice;
  }
}
