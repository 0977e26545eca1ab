// The drawing at the head of the article: what one term adds at each pixel, and how well two captions fit. The page is built with
// it, on the model that ships (www/build/drawing.ts), and lr-hero draws the same once it is alive.
import { html, nothing, svg, type TemplateResult } from "lit";
import { scaleLinear } from "d3-scale";
import { columns } from "../charts/columns";
import type { Decomposition } from "../engine/pkg/leftright.js";
import { exchange, type Placed } from "../run/views";
import { percent, signed } from "../util/format";
import { captionRows, epOf, steepest, story, verdict, type BothWays } from "./both-ways";
import { fitCell } from "./fit-cell";

const SHAPES = ["object-a", "object-b"] as const;

/** Pixels between two objects that leave room for a sentence under each. */
const ROOMY = 5;

/** What is drawn where it differs with who draws: nothing can be pressed before the script is there. */
export interface Parts {
  strip: TemplateResult;
  controls: TemplateResult | typeof nothing;
  /** What is on its way to the numbers of `of`: EP at each pixel, and the fit of each caption, in their order. */
  moving: { ep: number[]; fits: number[] };
  trained: boolean;
}

export function heroPicture(of: BothWays, { strip, controls, moving, trained }: Parts): TemplateResult {
  return html`<figure class="hero" aria-label="A strip, one term of a trained model, and two captions">
    <div class="line">
      <p class="note"><b class="source-p">The term EP</b>: one attention head’s pull to each place</p>
      ${line(of, moving.ep)} ${strip} ${attention(of)} 
      <p class="note hint">Drag an object, or press Tab and the arrow keys.</p>
    </div>
    <div class="answers">
      ${captions(of, moving.fits)}
      <p class="verdict" data-testid="verdict">${verdict(of)}</p>
      ${controls}
      <p class="story" role="status" data-testid="story">${story(of, trained, controls !== nothing)}</p>
    </div>
  </figure>`;
}

/** The fits of `moving`, of these answers: each caption's to the strip and to the exchanged strip. */
export function fitsOf(of: BothWays): number[] {
  return captionRows(of).flatMap((scores) => scores.map((score) => score?.similarity ?? 0));
}

/** Percent of the drawing from its top, for a logit: one scale for the model, whatever is cut, so that a flat line looks flat. */
function heightOf(whole: Decomposition): (logit: number) => number {
  const scale = scaleLinear([-1, 1].map((end) => end * Math.max(1, ...epOf(whole).map(Math.abs))), [86, 14]).clamp(true);
  return (logit) => scale(logit);
}

function line({ strip, whole, placed }: BothWays, ep: number[]): TemplateResult {
  const { middle } = columns(ep.length, false);
  const y = heightOf(whole);
  const points = (row: number[]) => row.map((logit, pixel) => `${middle(pixel).toFixed(2)},${y(logit).toFixed(2)}`).join(" ");
  const learned = epOf(whole);
  const changed = String(epOf(strip)) !== String(learned);
  const at = (pixel: number) => ({ x: `${middle(pixel)}%`, y: `${y(ep[pixel] ?? 0).toFixed(2)}%` });
  return html`<svg class="slope" role="img" aria-label=${`The term EP, from ${signed(ep[0] ?? 0, 1)} logits at the first pixel to ${signed(ep.at(-1) ?? 0, 1)} at the last.`}>
    <line class="zero" x1="0" x2="100%" y1="50%" y2="50%"></line>
    ${placed.positions.map((pixel, object) => svg`<line class=${`drop ${SHAPES[object] ?? ""}`} x1=${at(pixel).x} x2=${at(pixel).x} y1=${at(pixel).y} y2="110%"></line>`)}
    <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">
      ${changed ? svg`<polyline class="learned" points=${points(learned)}></polyline>` : nothing}
      <polyline class="ep" points=${points(ep)}></polyline>
    </svg>
    ${ep.map((_, pixel) => svg`<circle class="dot" cx=${at(pixel).x} cy=${at(pixel).y} r="3.5"></circle>`)}
    ${[0, ep.length - 1].map((pixel) => svg`<text x=${at(pixel).x} y=${at(pixel).y} dy=${(ep[pixel] ?? 0) < 0 ? -9 : 19}>${signed(ep[pixel] ?? 0, 1)}</text>`)}
  </svg>`;
}

/** How the head shares its attention between the objects, under each. */
function attention({ strip, placed }: BothWays): TemplateResult {
  const shares = steepest(strip)?.attention ?? [];
  const { middle } = columns(Math.max(1, shares.length - 1), false);
  const most = Math.max(...placed.positions.map((pixel) => shares[pixel + 1] ?? 0));
  // Side by side there is room for the numbers alone.
  const close = placed.positions.some((a) => placed.positions.some((b) => a !== b && Math.abs(a - b) < ROOMY));
  return html`<svg class="attention" height="20" role="img" aria-label=${placed.positions.map((pixel, object) => `${percent(shares[pixel + 1] ?? 0)} of the head’s attention is on object ${placed.labels[object] ?? ""}`).join(", ")}>
    ${placed.positions.map((pixel, object) => {
      const share = shares[pixel + 1] ?? 0;
      const at = middle(pixel);
      const told = !close && share === most;
      const anchor = !told ? "middle" : at < 30 ? "start" : at > 70 ? "end" : "middle";
      const x = anchor === "middle" ? at : anchor === "start" ? at - 5 : at + 5;
      return svg`<text class=${SHAPES[object] ?? ""} x=${`${x}%`} y="15" text-anchor=${anchor}>${told ? `${percent(share)} of its attention` : percent(share)}</text>`;
    })}
  </svg>`;
}

function captions(of: BothWays, fits: number[]): TemplateResult {
  const { strip, exchanged, placed } = of;
  return html`<table data-testid="fits">
    <thead>
      <tr>
        <th scope="col">Which caption fits?</th>
        <th scope="col">${miniature(placed)} this strip</th>
        <th scope="col">${miniature(exchange(placed))} swapped</th>
      </tr>
    </thead>
    <tbody>
      ${captionRows(of).map((scores, row) => html`<tr>
        <th scope="row">${scores[0]?.text ?? ""}</th>
        ${[strip, exchanged].map((read, column) => fitCell(fits[2 * row + column] ?? 0, scores[column], read))}
      </tr>`)}
    </tbody>
  </table>`;
}

function miniature({ positions: [a, b] }: Placed): TemplateResult {
  const side = a < b ? [6, 22] : [22, 6];
  return html`<svg class="miniature" viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">
    <circle class="object-a" cx=${side[0]} cy="6" r="5"></circle><rect class="object-b" x=${(side[1] ?? 0) - 5} y="1" width="10" height="10" rx="1"></rect>
  </svg>`;
}

/** A strip that cannot be moved, for where there is no script. */
export function fixedStrip({ labels, positions }: Placed, pixels: number): TemplateResult {
  const { left, middle, width } = columns(pixels, false);
  const shape = (object: number) =>
    object === 0 ? svg`<circle class="object-a" r="14"></circle>` : svg`<rect class="object-b" x="-13" y="-13" width="26" height="26" rx="2"></rect>`;
  return html`<svg class="strip" height="44" role="img" aria-label=${`A strip with ${labels.map((label, i) => `object ${label} at pixel ${(positions[i] ?? 0) + 1}`).join(" and ")}.`}>
    ${Array.from({ length: pixels }, (_, pixel) => svg`<rect class="cell" x=${`${left(pixel)}%`} width=${`${width}%`} height="44"></rect>`)}
    ${labels.map((label, object) => svg`<svg x=${`${middle(positions[object] ?? 0)}%`} y="22" overflow="visible">${shape(object)}<text class="on-object" y="5">${label}</text></svg>`)}
  </svg>`;
}
