import { css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { scaleLinear } from "d3-scale";
import { Speaking } from "../words";
import { experimentWords } from "../words/en-experiments";
import { columns } from "./columns";

const HEIGHT = 190;
const EDGE = 18;
/** Logits that a key press moves a point by. */
const STEPS: Record<string, number> = { ArrowUp: 0.5, ArrowRight: 0.5, ArrowDown: -0.5, ArrowLeft: -0.5, PageUp: 2.5, PageDown: -2.5 };

/** A point of the row was moved; a drag is one move, told many times, `continued` after the first. */
export type RowMove = CustomEvent<{ values: number[]; continued: boolean }>;

/** A row of logits over the pixels whose points are dragged up and down, or moved with the arrow keys. */
@customElement("lr-row-editor")
export class LrRowEditor extends Speaking {
  static override styles = css`
    :host {
      display: block;
      container-type: inline-size;
    }

    svg {
      display: block;
      width: 100%;
      overflow: visible;
    }

    text {
      fill: var(--muted);
      font-size: 0.75rem;
      text-anchor: middle;
      pointer-events: none;
      user-select: none;
    }

    .value {
      fill: var(--ink);
    }

    @container (width < 448px) {
      .value {
        font-size: 0.625rem;
      }
    }

    .zero {
      stroke: var(--edge);
    }

    .line {
      stroke: var(--source-p);
      stroke-width: 2.5;
    }

    .own {
      stroke: var(--edge);
      stroke-width: 1.5;
      stroke-dasharray: 4 3;
    }

    .point {
      cursor: ns-resize;
      touch-action: none;
    }

    .point:focus {
      outline: none;
    }

    .point:focus-visible .halo {
      stroke: var(--focus);
    }

    .reach {
      fill: transparent;
    }

    .halo {
      fill: none;
      stroke: none;
      stroke-width: 2.5;
    }

    .dot {
      fill: var(--source-p);
    }
  `;

  @property({ attribute: false }) values: number[] = [];
  /** The model's own row, drawn behind. */
  @property({ attribute: false }) own: number[] = [];
  /** The largest logit that can be drawn. */
  @property({ type: Number }) most = 10;
  private dragging = false;

  private get y() {
    return scaleLinear([-this.most, this.most], [HEIGHT - EDGE, EDGE]).clamp(true);
  }

  private put(pixel: number, value: number, continued: boolean): void {
    const clamped = this.y.invert(this.y(value));
    const values = this.values.map((old, i) => (i === pixel ? clamped : old));
    const move: RowMove = new CustomEvent("lr-row", { detail: { values, continued }, bubbles: true, composed: true });
    this.dispatchEvent(move);
  }

  private key(event: KeyboardEvent, pixel: number): void {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.put(pixel, (this.values[pixel] ?? 0) + step, false);
  }

  private drag(event: PointerEvent, pixel: number): void {
    const target = event.currentTarget as SVGGElement;
    const box = this.renderRoot.querySelector("svg")?.getBoundingClientRect();
    if (!box || !target.hasPointerCapture(event.pointerId)) return;
    this.put(pixel, Number(this.y.invert(event.clientY - box.top).toFixed(1)), this.dragging);
    this.dragging = true;
  }

  private take(event: PointerEvent): void {
    (event.currentTarget as SVGGElement).setPointerCapture(event.pointerId);
    this.dragging = false;
  }

  private line(values: number[], className: string) {
    const { middle } = columns(values.length, false);
    return values.slice(1).map(
      (value, i) => svg`<line class=${className} x1=${`${middle(i)}%`} y1=${this.y(values[i] ?? 0)} x2=${`${middle(i + 1)}%`} y2=${this.y(value)}></line>`,
    );
  }

  override render() {
    const { surgery } = experimentWords(this.words);
    const { logit } = this.words.numbers;
    const { middle } = columns(this.values.length, false);
    return html`<svg height=${HEIGHT} role="group" aria-label=${surgery.points}>
      <line class="zero" x2="100%" y1=${this.y(0)} y2=${this.y(0)}></line>
      ${this.line(this.own, "own")} ${this.line(this.values, "line")}
      ${this.values.map(
        (value, pixel) => svg`<svg x=${`${middle(pixel)}%`} y=${this.y(value)} overflow="visible">
          <g
            class="point" tabindex="0" role="slider" data-testid=${`point-${pixel}`} aria-orientation="vertical"
            aria-label=${surgery.point(pixel + 1)} aria-valuemin=${-this.most} aria-valuemax=${this.most} aria-valuenow=${value.toFixed(2)}
            aria-valuetext=${surgery.logits(value)}
            @keydown=${(event: KeyboardEvent) => { this.key(event, pixel); }}
            @pointerdown=${(event: PointerEvent) => { this.take(event); }}
            @pointermove=${(event: PointerEvent) => { this.drag(event, pixel); }}
          ><circle class="reach" r="16"></circle><circle class="halo" r="9"></circle><circle class="dot" r="6"></circle></g>
          <text class="value" y=${value < 0 ? 22 : -12}>${logit(value)}</text>
        </svg>`,
      )}
    </svg>`;
  }
}
