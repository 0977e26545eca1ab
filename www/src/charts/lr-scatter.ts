import { html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Axis, Dot } from "../engine/pkg/leftright.js";
import { seriesStyle, mark } from "./series-style";
import { HEIGHT, plane, type Plane } from "./plane";
import { ReadableChart, type Place } from "./readable";
import { same } from "../util/same";

/** One mark per model, in groups that differ in colour and in shape. */
@customElement("lr-scatter")
export class LrScatter extends ReadableChart {
  @property() heading = "";
  @property({ attribute: false }) axes: { x: Axis; y: Axis } | null = null;
  @property({ attribute: false }) groups: string[] = [];
  @property({ attribute: false }) dots: Dot[] = [];

  /** From left to right, so that the arrow keys go the way they point. */
  private get drawn(): Dot[] {
    return this.dots.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)).sort((a, b) => a.x - b.x || a.y - b.y);
  }

  protected override readings(): string[][] {
    return [this.drawn.map(({ label, group }) => `${this.groups[group] ?? ""}: ${label}`)];
  }

  private get summary(): string {
    const counts = this.groups.map((name, group) => `${this.dots.filter((dot) => dot.group === group).length} in group “${name}”`);
    return `${this.heading}: ${this.axes?.y.label ?? ""} against ${this.axes?.x.label ?? ""}, ${this.dots.length} models: ${counts.join(", ")}.`;
  }

  /** Where both axes have the same bounds, the line on which both numbers are equal. */
  private diagonal({ x, y }: Plane) {
    const bounds = this.axes?.x.bounds;
    if (!bounds || !same(bounds, this.axes?.y.bounds)) return nothing;
    const [from, to] = bounds;
    return svg`<line class="grid" x1=${x(from)} y1=${y(from)} x2=${x(to)} y2=${y(to)} stroke-dasharray="4 3"></line>`;
  }

  override render() {
    const { axes, width, drawn } = this;
    if (!axes || width === 0) return nothing;
    const area = plane(width, axes, [0, ...drawn.map(({ x }) => x)], drawn.map(({ y }) => y), true, this.words);
    const places = drawn.map(({ x, y }, column): Place => ({ row: 0, column, x: area.x(x), y: area.y(y) }));
    const chosen = this.chosenPlace(() => places);
    return html`
      <ul>
        ${this.groups.map((name, group) => html`<li><svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">${mark(seriesStyle(name, group), 6, 6)}</svg>${name}</li>`)}
      </ul>
      <p class="axis" aria-hidden="true">${axes.y.label}</p>
      ${this.picture(
        HEIGHT,
        this.summary,
        () => places,
        svg`${area.frame} ${this.diagonal(area)}
          ${drawn.map(({ x, y, group, label }) => svg`<g data-x=${x} data-y=${y} data-group=${group} data-label=${label} opacity="0.85">${mark(seriesStyle(this.groups[group] ?? "", group), area.x(x), area.y(y))}</g>`)}
          ${drawn.length === 0 ? svg`<text x="50%" y="50%" text-anchor="middle">nothing measured yet</text>` : nothing}
          ${chosen && svg`<circle class="chosen" cx=${chosen.x} cy=${chosen.y} r="7"></circle>`}`,
        axes.x.label,
      )}
    `;
  }
}
