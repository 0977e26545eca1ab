import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { scaleBand, scaleLinear } from "d3-scale";
import { plain, signed } from "../util/format";
import { categories } from "./series-style";
import { ReadableChart, type Place } from "./readable";

const GUTTER = 44;
const FOOT = 18;
/** Cells are square where there is room, and no larger than this. */
const CELL = { width: 88, height: 44 };
/** Narrower cells have no number in them; pointing at one still says it. */
const ROOM = 26;
/** The strength of a colour from which text on it must be light. */
const STRONG = 66;

/** A grid of cells: colour says the value, and so does the number in it. A cell without a value is not measured yet. */
@customElement("lr-map")
export class LrMap extends ReadableChart {
  static override styles = [
    ...ReadableChart.styles,
    css`
      .cell {
        stroke: var(--paper);
        stroke-width: 1.5;
      }

      .missing {
        fill: none;
        stroke: var(--edge);
        stroke-dasharray: 2 3;
      }

      text.value {
        fill: currentColor;
        font-size: 0.8125rem;
        text-anchor: middle;
        pointer-events: none;
      }
    `,
  ];

  @property() heading = "";
  @property({ attribute: false }) x: { label: string; names: string[] } = { label: "", names: [] };
  @property({ attribute: false }) y: { label: string; names: string[] } = { label: "", names: [] };
  /** Row by row from the top. */
  @property({ attribute: false }) cells: (number | null)[] = [];
  @property({ attribute: false }) range: [number, number] = [0, 1];
  /** What the values stand for; without names they are numbers. */
  @property({ attribute: false }) names: string[] = [];

  private get diverging(): boolean {
    return this.range[0] < 0;
  }

  private say(value: number | null): string {
    if (value === null) return "not measured yet";
    if (this.names.length > 0) return this.names[value] ?? "";
    return this.diverging ? signed(value) : plain(value);
  }

  private at(row: number, column: number): number | null {
    const value = this.cells[row * this.x.names.length + column] ?? null;
    return value !== null && Number.isFinite(value) ? value : null;
  }

  protected override readings(): string[][] {
    const { x, y } = this;
    return y.names.map((row, i) => x.names.map((column, j) => `${this.say(this.at(i, j))}, at ${x.label} ${column} and ${y.label} ${row}`));
  }

  private get summary(): string {
    const { x, y } = this;
    const rows = y.names.map((row, i) => `${row}: ${x.names.map((_, j) => this.say(this.at(i, j))).join(", ")}`);
    const measured = this.cells.filter((cell) => cell !== null).length;
    return `${this.heading}: a map of ${y.label} by ${x.label} (${x.names.join(", ")}), ${measured} of ${this.cells.length} cells measured.${measured > 0 ? ` ${rows.join(". ")}.` : ""}`;
  }

  /** A cell's colour, the colour of text on it, and what is written. */
  private paint(value: number): { fill: string; ink: string; sign: string } {
    const category = categories(this.names)[value];
    if (category) return category;
    const [weak, strong] = this.diverging ? [0, this.range[1]] : this.range;
    // Percent of the full colour, mixed into the paper by CSS so that both themes follow.
    const strength = scaleLinear([weak, strong], [4, 100]).clamp(true)(this.diverging ? Math.abs(value) : value);
    const colour = this.diverging ? (value < 0 ? "--below" : "--above") : "--much";
    return {
      fill: `color-mix(in oklab, var(${colour}) ${strength.toFixed(1)}%, var(--panel))`,
      ink: strength > STRONG ? "var(--paper)" : "var(--ink)",
      sign: this.diverging ? signed(value, 1) : value.toFixed(2),
    };
  }

  override render() {
    const { width, x, y } = this;
    if (width === 0) return nothing;
    const across = scaleBand(x.names.map((_, i) => i), [GUTTER, Math.min(width, GUTTER + CELL.width * x.names.length)]);
    const cell = Math.min(across.bandwidth(), CELL.height);
    const down = scaleBand(y.names.map((_, i) => i), [0, cell * y.names.length]);
    const places = y.names.flatMap((_, row) =>
      x.names.map((_, column): Place => ({ row, column, x: (across(column) ?? 0) + across.bandwidth() / 2, y: (down(row) ?? 0) + cell / 2 })),
    );
    const box = ({ row, column }: Place, className: string, fill: string) =>
      svg`<rect class=${className} x=${across(column) ?? 0} y=${down(row) ?? 0} width=${across.bandwidth()} height=${cell} fill=${fill}></rect>`;
    const chosen = this.chosenPlace(() => places);
    const content = svg`
      ${places.map((place) => this.cell(place, box, across.bandwidth() >= ROOM))}
      ${y.names.map((name, row) => svg`<text x=${GUTTER - 8} y=${(down(row) ?? 0) + cell / 2 + 4} text-anchor="end">${name}</text>`)}
      ${x.names.map((name, column) => svg`<text x=${(across(column) ?? 0) + across.bandwidth() / 2} y=${cell * y.names.length + 14} text-anchor="middle">${name}</text>`)}
      ${chosen && box(chosen, "chosen", "none")}`;
    return html`
      ${this.legend()}
      <p class="axis" aria-hidden="true">↕ ${y.label}, ↔ ${x.label}</p>
      ${this.picture(cell * y.names.length + FOOT, this.summary, () => places, content, "")}
    `;
  }

  private cell(place: Place, box: (place: Place, className: string, fill: string) => unknown, roomy: boolean) {
    const { row, column, x, y } = place;
    const value = this.at(row, column);
    const where = { row: this.y.names[row] ?? "", column: this.x.names[column] ?? "" };
    if (value === null) return svg`<circle class="missing" cx=${x} cy=${y} r="5" data-row=${where.row} data-column=${where.column}></circle>`;
    const { fill, ink, sign } = this.paint(value);
    return svg`<g data-row=${where.row} data-column=${where.column} data-value=${value} data-name=${this.names[value] ?? ""}>
      ${box(place, "cell", fill)} ${roomy ? svg`<text class="value" x=${x} y=${y + 4.5} color=${ink}>${sign}</text>` : nothing}
    </g>`;
  }

  private legend() {
    const missing = this.cells.includes(null)
      ? html`<li><svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><circle class="missing" cx="6" cy="6" r="5"></circle></svg>not measured yet</li>`
      : nothing;
    if (this.names.length > 0) {
      const shown = categories(this.names).map((category, value) => ({ category, value })).filter(({ value }) => this.cells.includes(value));
      return html`<ul>
        ${shown.map(({ category: { fill, ink, sign }, value }) => {
          const name = this.names[value] ?? "";
          const itself = sign === name; // its sign says it
          return html`<li>
            <svg class="swatch" viewBox="0 0 26 14" role=${itself ? "img" : nothing} aria-label=${itself ? name : nothing} aria-hidden=${itself ? nothing : "true"}>
              <rect width="26" height="14" fill=${fill}></rect><text class="value" x="13" y="11" color=${ink}>${sign}</text>
            </svg>${itself ? nothing : name}
          </li>`;
        })}
        ${missing}
      </ul>`;
    }
    return missing === nothing ? nothing : html`<ul>${missing}</ul>`;
  }
}
