import { LitElement, css, html, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { scaleLog } from "d3-scale";
import uPlot from "uplot";
import uPlotCss from "uplot/dist/uPlot.min.css?inline";
import { onThemeChange } from "../style/theme";
import { places } from "./plane";

export interface Line {
  label: string;
  /** The CSS custom property that holds its colour. */
  colour: string;
  width: number;
  dash?: number[];
  format: (value: number) => string;
}

const HEIGHT = 190;
// uPlot's own name for it is a const enum, which isolated modules cannot import.
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
const LOGARITHMIC = 3 as uPlot.Scale.Distr;
const FONT = '12px -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';

/** Ticks of a logarithmic axis that do not crowd it. */
function powers(_: uPlot, __: number, min: number, max: number): number[] {
  return places(scaleLog([min, max], [0, 1]), true, 4);
}

/** Curves over training steps, live: uPlot on a canvas, with a legend that says the values under the pointer or the latest. */
@customElement("lr-line-chart")
export class LineChart extends LitElement {
  static override styles = [
    unsafeCSS(uPlotCss),
    css`
      :host {
        display: block;
        min-width: 0;
      }

      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-4);
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: var(--text-small);
      }

      svg {
        width: 1.75rem;
        height: 0.5rem;
        margin-right: var(--space-1);
        vertical-align: middle;
      }

      .plot {
        height: ${HEIGHT}px;
      }
    `,
  ];

  @property({ attribute: false }) lines: Line[] = [];
  /** The steps, then one row of values per line. */
  @property({ attribute: false }) data: number[][] = [];
  /** What the picture shows, for those who cannot see it. */
  @property() label = "";
  /** Fixed bounds of the value axis; without them it is logarithmic and fits the data. */
  @property({ attribute: false }) bounds: [number, number] | null = null;
  @state() private pointed: number | null = null;
  @query(".plot") private place!: HTMLElement;

  private plot: uPlot | null = null;
  private readonly resize = new ResizeObserver(() => this.plot?.setSize({ width: this.place.clientWidth, height: HEIGHT }));
  private stopTheme: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopTheme = onThemeChange(() => this.plot?.redraw(false));
    if (this.hasUpdated) this.draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopTheme?.();
    this.resize.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  protected override firstUpdated(): void {
    this.draw();
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("data") && this.plot) this.plot.setData(this.data as uPlot.AlignedData);
  }

  private draw(): void {
    const { bounds } = this;
    const axis: uPlot.Axis = {
      stroke: () => this.colour("--muted"),
      font: FONT,
      grid: { stroke: () => this.colour("--rule"), width: 1 },
      ticks: { show: false },
    };
    const options: uPlot.Options = {
      width: this.place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: false }, y: bounds ? { range: bounds } : { distr: LOGARITHMIC } },
      axes: [
        { ...axis, grid: { show: false }, size: 28 },
        { ...axis, size: 52, ...(bounds ? {} : { splits: powers, filter: (_: uPlot, ticks: number[]) => ticks, values: (_: uPlot, ticks: number[]) => ticks.map(String) }) },
      ],
      series: [
        {},
        ...this.lines.map((line) => ({
          label: line.label,
          stroke: () => this.colour(line.colour),
          width: line.width,
          dash: line.dash ?? [],
          points: { show: false },
        })),
      ],
      hooks: {
        setCursor: [(plot) => (this.pointed = plot.cursor.idx ?? null)],
      },
    };
    this.plot = new uPlot(options, this.data as uPlot.AlignedData, this.place);
    this.resize.observe(this.place);
  }

  /** A token as a colour that a canvas understands. */
  private colour(token: string): string {
    this.place.style.color = `var(${token})`;
    return getComputedStyle(this.place).color;
  }

  override render() {
    const steps = this.data[0] ?? [];
    const at = this.pointed !== null && this.pointed < steps.length ? this.pointed : steps.length - 1;
    return html`
      <ul class="legend">
        ${this.lines.map((line, i) => {
          const value = this.data[i + 1]?.[at];
          return html`<li>
            <svg aria-hidden="true">
              <line x1="0" x2="28" y1="4" y2="4" stroke=${`var(${line.colour})`} stroke-width=${line.width} stroke-dasharray=${line.dash?.join(" ") ?? ""} />
            </svg>
            ${line.label} ${value === undefined ? "" : html`<b>${line.format(value)}</b>`}
          </li>`;
        })}
        <li>${steps[at] === undefined ? "starts with the first step" : this.pointed === null ? "" : `at step ${steps[at]}`}</li>
      </ul>
      <div class="plot" role="img" aria-label=${this.label}></div>
    `;
  }
}
