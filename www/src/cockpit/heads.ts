// All heads at one strip, under the strip's own columns: the line that EP adds and the attention that comes of everything.
import { css, html, nothing, svg } from "lit";
import { scaleLinear } from "d3-scale";
import { columns, tokenColour } from "../charts/columns";
import type { Placed } from "../run/views";
import { percent, signed } from "../util/format";
import type { Sight } from "./sight";

/** Logits at the ends of EP's axis, which stays as it is while the model trains. */
export const EP_MOST = 15;
const EP_HEIGHT = 46;
const ATTENTION_HEIGHT = 26;
const GAP = 4;
const HEIGHT = EP_HEIGHT + GAP + ATTENTION_HEIGHT;

export const headStyles = css`
  .head {
    padding-block: 2px;
  }

  .head header {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-3);
    color: var(--muted);
    font-size: var(--text-small);
    line-height: 1.3;
  }

  .head header b {
    color: var(--ink);
  }

  .head svg {
    display: block;
    width: 100%;
    overflow: visible;
  }

  .head text {
    fill: var(--muted);
    font-size: 0.6875rem;
  }

  .head .zero {
    stroke: var(--rule);
  }

  .head .ep line,
  .head .ep circle {
    stroke: var(--source-p);
    fill: var(--source-p);
  }

  .head .ep line {
    stroke-width: 1.25;
    stroke-linecap: round;
  }

  .head:not(.steepest) .ep {
    opacity: 0.7;
  }

  .steepest .ep line {
    stroke-width: 3;
  }

  .axis {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-4);
    margin-top: var(--space-1);
    color: var(--muted);
    font-size: var(--text-small);
  }

  .axis svg {
    width: 1.4rem;
    height: 0.7rem;
    margin-right: var(--space-1);
  }
`;

/** What a head adds by place, in logits: a line through the pixels. */
function epLine(ep: number[], most: number) {
  const { middle } = columns(ep.length);
  const y = scaleLinear([-most, most], [EP_HEIGHT - 3, 3]).clamp(true);
  const at = (token: number) => ({ x: `${middle(token)}%`, y: y(ep[token] ?? 0).toFixed(1) });
  const pixels = ep.slice(1).map((_, pixel) => pixel + 1);
  return svg`<g class="ep">
    ${pixels.slice(1).map((token) => {
      const [from, to] = [at(token - 1), at(token)];
      return svg`<line x1=${from.x} y1=${from.y} x2=${to.x} y2=${to.y}></line>`;
    })}
    ${pixels.map((token) => svg`<circle cx=${at(token).x} cy=${at(token).y} r="2"></circle>`)}
  </g>`;
}

function bars(attention: number[], placed: Placed) {
  const { left, width } = columns(attention.length);
  const top = EP_HEIGHT + GAP;
  return svg`<g class="attention">
    <line class="zero" x1=${`${left(0)}%`} x2="100%" y1=${HEIGHT} y2=${HEIGHT}></line>
    ${attention.map((share, token) => {
      const height = scaleLinear([0, 1], [0, ATTENTION_HEIGHT])(share);
      return svg`<rect x=${`${left(token) + width * 0.15}%`} width=${`${width * 0.7}%`} y=${(top + ATTENTION_HEIGHT - height).toFixed(1)} height=${height.toFixed(1)} fill=${`var(${tokenColour(token, placed.positions)})`}></rect>`;
    })}
  </g>`;
}

/** One head. `pixel`: the one that is pointed at, from 0. */
function head({ heads, strongest }: Sight, index: number, placed: Placed, most: number, pixel: number | null) {
  const seen = heads[index];
  if (!seen) return nothing;
  const { ep, attention, slope } = seen;
  const { left } = columns(ep.length);
  const [a, b] = placed.positions.map((position) => percent(attention[position + 1] ?? 0));
  const [labelA, labelB] = placed.labels;
  const steepest = index === strongest;
  const read = pixel === null ? null : { ep: ep[pixel + 1] ?? 0, attention: attention[pixel + 1] ?? 0 };
  const looks = `attention ${a ?? ""} on object ${labelA}, ${b ?? ""} on object ${labelB}`;
  const summary = `Head ${index}${steepest ? ", the steepest" : ""}: EP slope ${signed(slope)} logits per pixel; ${looks}.`;
  return html`<div class=${`head part-head-${index} ${steepest ? "steepest" : "other"}`} data-testid=${`head-${index}`}>
    <header>
      <b>Head ${index}</b>
      ${read
        ? html`<span>pixel ${(pixel ?? 0) + 1}: EP ${signed(read.ep, 1)}, attention ${percent(read.attention)}</span>`
        : html`<span>EP slope ${signed(slope)}</span><span>looks at ${labelA}: ${a}, at ${labelB}: ${b}</span>`}
    </header>
    <svg height=${HEIGHT} role="img" aria-label=${summary}>
      <line class="zero" x1=${`${left(0)}%`} x2="100%" y1=${EP_HEIGHT / 2} y2=${EP_HEIGHT / 2}></line>
      <text y=${EP_HEIGHT / 2 + 4}>EP</text>
      ${epLine(ep, most)} ${bars(attention, placed)}
    </svg>
  </div>`;
}

/** `shown`: which heads; all of them, or the steepest alone. `strength`: EP's, beyond which its axis reaches if it is more than one. */
export function headRows(sight: Sight, placed: Placed, strength: number, pixel: number | null, shown: "all" | "steepest") {
  const most = EP_MOST * Math.max(1, Math.abs(strength));
  const which = [...sight.heads.keys()].filter((index) => shown === "all" || index === sight.strongest);
  return html`${which.map((index) => head(sight, index, placed, most, pixel))}
    <div class="axis" aria-hidden="true">
      <span><svg viewBox="0 0 22 10"><line x2="22" y1="2" y2="8" stroke="var(--source-p)" stroke-width="2"></line></svg>EP, ${signed(-most, 0)} to ${signed(most, 0)} logits</span>
      <span><svg viewBox="0 0 22 10"><rect x="4" width="5" y="2" height="8" fill="var(--object-a)"></rect><rect x="12" width="5" y="5" height="5" fill="var(--object-b)"></rect></svg>attention, 0 to 100 %</span>
    </div>`;
}
