import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Axis, Point, Series } from "../engine/pkg/leftright.js";
import { withSpread } from "../util/format";
import { differs } from "../util/same";
import { HEIGHT, plane, type Plane } from "./plane";
import { ReadableChart, type Place } from "./readable";
import { ALONE, mark, seriesStyle, type SeriesStyle } from "./series-style";

/** More points than this are a curve, and have no marks. */
const MARKED = 16;

/** Whether series say something else; a curve of many points is told by its ends. */
function grown(now: Series[], before: Series[] | undefined): boolean {
  const ends = (series: Series[]) => series.map(({ name, points }) => [name, points.length, points[0], points.length > MARKED ? points.at(-1) : points]);
  return !before || differs(ends(now), ends(before));
}

/** Lines with their spread over models. */
@customElement("lr-lines")
export class LrLines extends ReadableChart {
  static override styles = [
    ...ReadableChart.styles,
    css`
      .line {
        fill: none;
        stroke-width: 2;
        stroke-linejoin: round;
      }

      .spread {
        opacity: 0.16;
      }

      .swatch {
        width: 1.9rem;
      }
    `,
  ];

  @property() heading = "";
  @property({ attribute: false, hasChanged: differs }) axes: { x: Axis; y: Axis } | null = null;
  @property({ attribute: false, hasChanged: grown }) series: Series[] = [];
  /** How each series is drawn; without them, by its name. */
  @property({ attribute: false }) looks: SeriesStyle[] | null = null;
  /** Whether the lines grow: the legend then says the values that are pointed at, or the latest. */
  @property({ type: Boolean }) growing = false;
  /** How a value is written; without it, in a way that fits any. */
  @property({ attribute: false }) format: ((value: number) => string) | null = null;
  @property({ type: Number }) height = HEIGHT;

  /** What can be drawn of each series: a logarithm has no place for zero, nor a model that diverged for its numbers. */
  private get drawn(): Series[] {
    const fits = ({ x, y }: Point) => Number.isFinite(x) && Number.isFinite(y) && (!this.axes?.y.log || y > 0) && (!this.axes?.x.log || x > 0);
    return this.series.map(({ name, points }) => ({ name, points: points.filter(fits) }));
  }

  protected override readings(): string[][] {
    const { axes, words, written } = this;
    const { chart, numbers: { plain } } = words;
    return this.drawn.map(({ name, points }) =>
      points.map(({ x, y, least, most }) => chart.reading(name, withSpread(y, least, most, written, words), axes?.x.label ?? "", plain(x))),
    );
  }

  private styleOf(name: string, row: number): SeriesStyle {
    return this.looks?.[row] ?? (this.series.length === 1 ? ALONE : seriesStyle(name, row));
  }

  private get written(): (value: number) => string {
    return this.format ?? this.words.numbers.plain;
  }

  private get summary(): string {
    const { written, words: { chart, numbers: { plain } } } = this;
    const courses = this.drawn.map(({ name, points }) => {
      const [first, last] = [points[0], points.at(-1)];
      return first && last ? chart.course(name, written(first.y), plain(first.x), written(last.y), plain(last.x)) : chart.unmeasured(name);
    });
    return chart.summary(this.heading, this.axes?.y.label ?? "", this.axes?.x.label ?? "", courses);
  }

  override render() {
    const { axes, width, drawn } = this;
    if (!axes || width === 0) return nothing;
    const points = drawn.flatMap((series) => series.points);
    const area = plane(width, axes, points.map(({ x }) => x), points.flatMap(({ y, least, most }) => [y, least, most]), false, this.words, this.height);
    const places = () => drawn.flatMap(({ points }, row) => points.map(({ x, y }, column): Place => ({ row, column, x: area.x(x), y: area.y(y) })));
    const chosen = this.chosenPlace(places);
    return html`
      ${this.legend(drawn)}
      ${this.growing ? nothing : html`<p class="axis" aria-hidden="true">${axes.y.label}</p>`}
      ${this.picture(
        this.height,
        this.summary,
        places,
        svg`${area.frame} ${drawn.map((series, row) => this.line(series, row, area)).reverse()}
          ${points.length === 0 ? svg`<text x="50%" y="50%" text-anchor="middle">${this.words.chart.nothing}</text>` : nothing}
          ${chosen && svg`<circle class="chosen" cx=${chosen.x} cy=${chosen.y} r="7"></circle>`}`,
        axes.x.label,
      )}
    `;
  }

  private line({ name, points }: Series, row: number, { x, y }: Plane) {
    const style = this.styleOf(name, row);
    const at = (px: number, py: number) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`;
    const path = (of: string[]) => (of.length > 0 ? `M${of.join("L")}` : "");
    const floor = (value: number, otherwise: number) => (Number.isFinite(value) && (!this.axes?.y.log || value > 0) ? value : otherwise);
    const spread = points.some(({ least, most }) => least !== most);
    const band = () => [...points.map((p) => at(p.x, floor(p.most, p.y))), ...[...points].reverse().map((p) => at(p.x, floor(p.least, p.y)))];
    const last = points.at(-1);
    return svg`<g data-series=${name} data-count=${points.length} data-last=${last?.y ?? ""}>
      ${spread ? svg`<path class="spread" d=${path(band())} fill=${style.colour}></path>` : nothing}
      <path class="line" d=${path(thinned(points, (p) => Math.round(x(p.x))).map((p) => at(p.x, p.y)))} stroke=${style.colour} stroke-dasharray=${style.dash}></path>
      ${points.length <= MARKED ? points.map((p) => mark(style, x(p.x), y(p.y))) : last && mark(style, x(last.x), y(last.y))}
    </g>`;
  }

  private legend(drawn: Series[]) {
    if (drawn.length < 2 && !this.growing) return nothing;
    const { chosen, words: { chart, numbers } } = this;
    const said = (points: Point[]) => (chosen && chosen.column < points.length ? points[chosen.column] : points.at(-1));
    const of = drawn[chosen?.row ?? 0];
    const point = of && said(of.points);
    return html`<ul>
      ${drawn.map(({ name, points }, row) => {
        const style = this.styleOf(name, row);
        const value = this.growing ? said(points) : undefined;
        return html`<li>
          <svg class="swatch" viewBox="0 0 30 12" aria-hidden="true">
            <line x2="30" y1="6" y2="6" stroke=${style.colour} stroke-width="2" stroke-dasharray=${style.dash}></line>
            ${mark(style, 15, 6)}
          </svg>${name}${value ? html` <b>${this.written(value.y)}</b>` : nothing}
        </li>`;
      })}
      ${this.growing ? html`<li>${point ? chart.at(this.axes?.x.label ?? "", numbers.plain(point.x)) : chart.starts}</li>` : nothing}
    </ul>`;
  }
}

/** Of the points in one column of the screen, from left to right, the first, the least, the greatest and the last: no more can be seen. */
function thinned(points: Point[], columnOf: (point: Point) => number): Point[] {
  const columns = new Map<number, Point[]>();
  for (const point of points) {
    const column = columnOf(point);
    const within = columns.get(column);
    if (within) within.push(point);
    else columns.set(column, [point]);
  }
  return [...columns.values()].flatMap((within) => {
    if (within.length <= 4) return within;
    const least = within.reduce((a, b) => (b.y < a.y ? b : a));
    const most = within.reduce((a, b) => (b.y > a.y ? b : a));
    return within.filter((point, i) => i === 0 || i === within.length - 1 || point === least || point === most);
  });
}
