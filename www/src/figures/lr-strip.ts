import { css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { columns } from "../charts/columns";
import { host } from "../embed/host";
import { differs } from "../util/same";
import { Speaking, type Words } from "../words";

const CELL = 44;
/** More pixels than these have narrow cells on a phone. */
const MANY = 12;
/** The most that any strip has here: beyond them a cell cannot be seen, and no world has so many. */
const MOST = 64;
const PIXELS = 10;

/** Two whole numbers in an attribute: `positions="2 7"`. */
const PAIR = {
  fromAttribute: (text: string | null) => (text ?? "").trim().split(/[\s,]+/).map(Number) as [number, number],
};
/** Beyond it a label has no room in its object. */
const MOST_LABEL = 999;
const LABELS: [number, number] = [16, 17];
const POSITIONS: [number, number] = [2, 7];

/** Where the reader has put the two objects; a cell holds one at most. `continued`: the same drag goes on. */
export type StripMove = CustomEvent<{ positions: [number, number]; continued: boolean }>;

/**
 * A strip with two objects, the first a circle and the second a square. They are dragged, or moved with arrow keys.
 *
 * @attr {string} lang - what a screen reader hears of it is in `en` or `de`; without it, as the page around
 * @fires {CustomEvent<MoveDetail>} lr-move - the reader has moved an object
 * @csspart message - what is wrong with an attribute, in a line
 */
@customElement("lr-strip")
export class LrStrip extends Speaking {
  static override styles = css`
    :host {
      display: block;
    }

    svg {
      font: 0.9375rem var(--sans);
      display: block;
      width: 100%;
      overflow: visible;
    }

    p {
      margin: var(--space-2) 0 0;
      color: var(--alarm);
      font: var(--text-small) var(--sans);
    }

    :host {
      container-type: inline-size;
    }

    .cell {
      fill: var(--panel);
      stroke: var(--edge);
    }

    text {
      fill: var(--muted);
      font-size: 0.75rem;
      text-anchor: middle;
      pointer-events: none;
      user-select: none;
    }

    .object text {
      fill: var(--on-object);
      font-size: 0.9375rem;
      font-weight: 600;
    }

    :host(:not([fixed])) .object {
      cursor: grab;
      touch-action: none;
    }

    .object:focus {
      outline: none;
    }

    .object:focus-visible .halo {
      stroke: var(--focus);
    }

    .halo {
      fill: none;
      stroke: none;
      stroke-width: 2.5;
    }

    @container (width < 448px) {
      .many > text {
        font-size: 0.5625rem;
      }

      .many .object {
        transform: scale(0.7);
      }
    }
  `;

  /** What the two objects are, as in `16 17`. */
  @property({ converter: PAIR, hasChanged: differs }) labels: [number, number] = LABELS;
  /** Where they stand, in pixels from 0, as in `2 7`. */
  @property({ converter: PAIR, hasChanged: differs }) positions: [number, number] = POSITIONS;
  /** How long the strip is. */
  @property({ type: Number }) pixels: number = PIXELS;
  /** Nobody can move them. */
  @property({ type: Boolean, reflect: true }) fixed = false;
  /** It leaves room for a row's name and shows CLS, to stand above a chart's columns. */
  @property({ type: Boolean }) aligned = false;
  /** What is wrong with an attribute. */
  private wrong: ((problems: Words["problems"]) => string) | null = null;
  /** Whether the drag has moved its object already. */
  private dragged = false;

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    this.shadowRoot?.replaceChildren();
    const root = super.createRenderRoot();
    if (root instanceof ShadowRoot) host()?.dress(root);
    return root;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("labels") && !changed.has("positions") && !changed.has("pixels")) return;
    this.wrong = null;
    if (!(Number.isInteger(this.pixels) && this.pixels >= 2 && this.pixels <= MOST)) {
      this.wrong = (problems) => problems.pixels(MOST, PIXELS);
      this.pixels = PIXELS;
    }
    const { labels, positions, pixels } = this;
    const usual: [number, number] = pixels > POSITIONS[1] ? POSITIONS : [0, pixels - 1];
    if (!pair(positions, 0, pixels - 1)) {
      this.wrong = (problems) => problems.positions(pixels - 1, usual.join(" "));
      this.positions = usual;
    }
    if (!pair(labels, 1, MOST_LABEL)) {
      this.wrong = (problems) => problems.labels(MOST_LABEL, LABELS.join(" "));
      this.labels = LABELS;
    }
  }

  /** Key tokens to the left of the first pixel. */
  private get lead(): number {
    return this.aligned ? 1 : 0;
  }

  private get columns() {
    return columns(this.pixels + this.lead, this.aligned);
  }

  private place(object: number, position: number, continued = false): void {
    const other = this.positions[1 - object];
    if (position < 0 || position >= this.pixels || position === other || position === this.positions[object]) return;
    const positions: [number, number] = [...this.positions];
    positions[object] = position;
    this.positions = positions;
    const move: StripMove = new CustomEvent("lr-move", { detail: { positions, continued }, bubbles: true, composed: true });
    this.dispatchEvent(move);
  }

  private key(event: KeyboardEvent, object: 0 | 1): void {
    const end = { Home: 0, End: this.pixels - 1 }[event.key];
    const step = end === undefined ? { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key] : end === 0 ? 1 : -1;
    if (step === undefined) return;
    event.preventDefault();
    const next = end ?? this.positions[object] + step;
    // An object jumps over the other; at an end it stops beside it.
    this.place(object, next === this.positions[1 - object] ? next + step : next);
  }

  private drag(event: PointerEvent, object: 0 | 1): void {
    const target = event.currentTarget as SVGGElement;
    if (!target.hasPointerCapture(event.pointerId)) return;
    const box = this.renderRoot.querySelector("svg")?.getBoundingClientRect();
    if (!box) return;
    const { middle } = this.columns;
    const at = ((event.clientX - box.left) / box.width) * 100;
    const distance = (pixel: number) => Math.abs(middle(pixel + this.lead) - at);
    const pixels = Array.from({ length: this.pixels }, (_, pixel) => pixel);
    const before = this.positions;
    this.place(object, pixels.reduce((best, pixel) => (distance(pixel) < distance(best) ? pixel : best), 0), this.dragged);
    if (this.positions !== before) this.dragged = true;
  }

  private take(event: PointerEvent): void {
    (event.currentTarget as SVGGElement).setPointerCapture(event.pointerId);
    this.dragged = false;
  }

  private object(object: 0 | 1) {
    const { middle } = this.columns;
    const position = this.positions[object];
    const label = this.labels[object];
    const colour = `var(${object === 0 ? "--object-a" : "--object-b"})`;
    const shape =
      object === 0
        ? svg`<circle r="14" fill="currentColor"></circle><circle class="halo" r="18"></circle>`
        : svg`<rect x="-13" y="-13" width="26" height="26" rx="2" fill="currentColor"></rect><rect class="halo" x="-17" y="-17" width="34" height="34" rx="4"></rect>`;
    const inside = svg`<g color=${colour}>${shape}</g><text y="5">${label}</text>`;
    // A nested svg stands at a percentage of the width, which a transform cannot.
    const placed = (content: unknown) => svg`<svg class="at" x=${`${middle(position + this.lead)}%`} y=${CELL / 2} overflow="visible">${content}</svg>`;
    if (this.fixed) return placed(svg`<g class="object">${inside}</g>`);
    return placed(svg`<g
      class="object" tabindex="0" role="slider" data-testid=${`object-${object}`}
      aria-label=${this.words.strip.object(label)} aria-valuemin="1" aria-valuemax=${this.pixels} aria-valuenow=${position + 1}
      aria-valuetext=${this.words.strip.at(position + 1)} aria-orientation="horizontal"
      @keydown=${(event: KeyboardEvent) => { this.key(event, object); }}
      @pointerdown=${(event: PointerEvent) => { this.take(event); }}
      @pointermove=${(event: PointerEvent) => { this.drag(event, object); }}
    >${inside}</g>`);
  }

  override render() {
    const { left, middle, width } = this.columns;
    const [a, b] = this.positions;
    const cell = (token: number) => svg`<rect class="cell" x=${`${left(token)}%`} width=${`${width}%`} y="0" height=${CELL}></rect>`;
    const { strip, problems } = this.words;
    return html`<svg class=${this.pixels > MANY ? "many" : ""} height=${CELL} role=${this.fixed ? "img" : "group"} aria-label=${strip.summary(this.pixels, this.labels, [a + 1, b + 1])}>
      ${Array.from({ length: this.pixels }, (_, pixel) => cell(pixel + this.lead))}
      ${this.aligned ? svg`${cell(0)}<text x=${`${middle(0)}%`} y=${CELL / 2 + 4}>CLS</text>` : null}
      ${this.object(0)}${this.object(1)}
    </svg>${this.wrong && html`<p part="message" role="alert">${this.wrong(problems)}</p>`}`;
  }
}

/** Whether this is two different whole numbers within bounds. */
function pair(numbers: number[], least: number, most: number): boolean {
  const [a, b] = numbers;
  return numbers.length === 2 && a !== b && numbers.every((n) => Number.isInteger(n) && n >= least && n <= most);
}
