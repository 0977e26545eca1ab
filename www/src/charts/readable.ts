import { css, html, type SVGTemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { Speaking } from "../words";

/** A value's place in the picture, in pixels. */
export interface Place {
  row: number;
  column: number;
  x: number;
  y: number;
}

/** Rows and columns that a key moves by. */
const KEYS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [0, -10],
  PageDown: [0, 10],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/**
 * A picture whose values are read by pointing at them, or by focusing it and pressing the arrow keys. Its role has screen
 * readers leave those keys to it, which they keep for themselves on an image.
 */
export abstract class ReadableChart extends Speaking {
  static override styles = [
    css`
      :host {
        display: block;
        min-width: 0;
      }

      svg.picture {
        display: block;
        width: 100%;
        overflow: visible;
      }

      svg.picture:focus-visible {
        outline: 2px solid var(--focus);
        outline-offset: 3px;
      }

      text {
        fill: var(--muted);
        font-size: 0.75rem;
      }

      .grid {
        stroke: var(--rule);
      }

      .chosen {
        fill: none;
        stroke: var(--ink);
        stroke-width: 2;
      }

      .axis {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-small);
      }

      .axis.x {
        text-align: right;
      }

      .reading {
        min-height: 1.5em;
        margin: 0;
        color: var(--muted);
        font-size: var(--text-small);
      }

      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-4);
        margin: 0 0 var(--space-1);
        padding: 0;
        list-style: none;
        font-size: var(--text-small);
      }

      .swatch {
        height: 0.8rem;
        margin-right: var(--space-1);
        vertical-align: -0.05rem;
      }
    `,
  ];

  @state() protected width = 0;
  @state() protected chosen: { row: number; column: number } | null = null;
  /** The values' places, computed when a reader points at one. */
  private places: () => Place[] = () => [];
  private readonly resize = new ResizeObserver(() => { this.measure(); });

  /** What is said of each value, in the rows and columns that the arrow keys walk. */
  protected abstract readings(): string[][];

  override connectedCallback(): void {
    super.connectedCallback();
    this.resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resize.disconnect();
  }

  private measure(): void {
    this.width = this.clientWidth;
  }

  private move(event: KeyboardEvent): void {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    const readings = this.readings();
    const { row, column } = this.chosen ?? { row: 0, column: 0 };
    const within = (value: number, size: number) => Math.max(0, Math.min(value, size - 1));
    const next = within(row + step[0], readings.length);
    this.chosen = { row: next, column: within(column + step[1], readings[next]?.length ?? 0) };
  }

  /** Chooses the value nearest to the pointer. */
  private point(event: PointerEvent): void {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const distance = (place: Place) => Math.hypot(place.x - x, place.y - y);
    const [first, ...others] = this.places();
    if (first) this.chosen = others.reduce((best, place) => (distance(place) < distance(best) ? place : best), first);
  }

  /** The place of the chosen value. */
  protected chosenPlace(places: () => Place[]): Place | undefined {
    return this.chosen === null ? undefined : places().find(({ row, column }) => row === this.chosen?.row && column === this.chosen.column);
  }

  /** The picture, and under it what is said of the chosen value. */
  protected picture(height: number, label: string, places: () => Place[], content: SVGTemplateResult | SVGTemplateResult[], axis: string) {
    const { chart } = this.words;
    this.places = places;
    const reading = this.chosen && this.readings()[this.chosen.row]?.[this.chosen.column];
    return html`
      <svg
        class="picture"
        height=${height}
        tabindex="0"
        role="application"
        aria-roledescription=${chart.role}
        aria-label=${chart.keys(label)}
        @keydown=${(event: KeyboardEvent) => { this.move(event); }}
        @focus=${() => (this.chosen ??= { row: 0, column: 0 })}
        @blur=${() => (this.chosen = null)}
        @pointermove=${(event: PointerEvent) => { this.point(event); }}
        @pointerdown=${(event: PointerEvent) => { this.point(event); }}
        @pointerleave=${() => (this.chosen = null)}
      >
        ${content}
      </svg>
      <p class="axis x" aria-hidden="true">${axis}</p>
      <p class="reading" aria-live="polite">${reading ?? ""}</p>
    `;
  }
}
