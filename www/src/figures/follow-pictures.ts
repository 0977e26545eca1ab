// The pictures of the worked example: what each of its steps makes of a strip.
import { html, nothing, svg, type TemplateResult } from "lit";
import "../charts/profile";
import "./lr-strip";
import { columns, tokenColour } from "../charts/columns";
import { fitBar } from "../charts/fit-bar";
import { scale, type HeatmapRow } from "../charts/heatmap";
import type { Decomposition, HeadDecomposition } from "../engine/pkg/leftright.js";
import { exchange, type Placed } from "../run/views";
import { accuracy, percent } from "../util/format";
import { captionRows, choiceOf, steepest, type BothWays } from "./both-ways";
import { fitCell } from "./fit-cell";
import { sharesOf } from "./follow-steps";

/** Each token as the sum of what it is and where it stands. */
function tokens({ tokens }: Decomposition, { labels, positions }: Placed): TemplateResult {
  const { left, middle, width } = columns(tokens.length);
  const content = (token: number) => (token === 0 ? "CLS" : String(labels[positions.indexOf(token - 1)] ?? "–"));
  const row = (y: number, kind: "e" | "p", text: (token: number) => string) => svg`<g class=${`source-${kind}`}>
    <text class="name" y=${y + 18}>${kind.toUpperCase()}</text>
    ${tokens.map((_, token) => svg`<rect class="part" x=${`${left(token) + width * 0.08}%`} width=${`${width * 0.84}%`} y=${y} height="28"></rect><text x=${`${middle(token)}%`} y=${y + 18}>${text(token)}</text>`)}
  </g>`;
  return html`<h3><b class="source-e">Content</b> + <b class="source-p">position</b></h3>
    <svg height="84" role="img" aria-label=${`Tokens: ${tokens.map((_, token) => `content ${content(token)} at position ${token}`).join(", ")}.`}>
      ${row(4, "e", content)}
      ${tokens.map((_, token) => svg`<text x=${`${middle(token)}%`} y="46">+</text>`)}
      ${row(52, "p", String)}
    </svg>`;
}

function map(rows: HeatmapRow[], title: string, label: string): TemplateResult {
  const most = Math.max(...rows.flatMap(({ values }) => values.map(Math.abs)));
  return html`<h3>${title} <span class="note scale">${scale(most, 0)}</span></h3>
    <lr-heatmap .rows=${rows} .most=${most} label=${label}></lr-heatmap>`;
}

function logits({ heads }: Decomposition): TemplateResult {
  return map(heads.map(({ logits }, head) => ({ name: String(head), values: logits })), `The logit of each token, in heads 0 to ${heads.length - 1}`, "Logits of each head.");
}

function terms(strip: Decomposition): TemplateResult {
  const head = steepest(strip);
  if (!head) return html``;
  const rows = [...head.terms.map(({ term, row }) => ({ name: term, values: row })), { name: "sum", values: head.logits }];
  return map(rows, `The nine terms of head ${strip.strongest}, and their sum`, `Nine terms of head ${strip.strongest}, and their sum.`);
}

function softmax(strip: Decomposition, { positions }: Placed): TemplateResult {
  const head = steepest(strip);
  if (!head) return html``;
  const colours = strip.tokens.map((_, token) => tokenColour(token, positions));
  return html`<h3>The logits of head ${strip.strongest}</h3>
    <lr-profile .values=${head.logits} .colours=${colours} .height=${104} label="Logits"></lr-profile>
    <h3>Their softmax: its attention</h3>
    <lr-profile .values=${head.attention} .colours=${colours} .bounds=${[0, 1]} .format=${percent} .height=${104} label="Attention"></lr-profile>`;
}

/** How much of each object a head reads, in words and as a bar. */
function shares(head: HeadDecomposition, placed: Placed) {
  const [onA, onB] = sharesOf(head, placed);
  const bar = html`<svg height="18" aria-hidden="true">
    <rect width="100%" height="18" fill="var(--panel)" stroke="var(--rule)"></rect>
    <rect width=${`${onA * 100}%`} height="18" fill="var(--object-a)"></rect>
    <rect x=${`${100 - onB * 100}%`} width=${`${onB * 100}%`} height="18" fill="var(--object-b)"></rect>
  </svg>`;
  return { bar, words: html`<span><span class="a">● ${percent(onA)}</span> <span class="b">■ ${percent(onB)}</span></span>` };
}

function key({ labels: [a, b] }: Placed) {
  return html`<span class="a">● ${a}</span>, <span class="b">■ ${b}</span>`;
}

function reads({ heads }: Decomposition, placed: Placed): TemplateResult {
  return html`<h3>What each head reads: ${key(placed)}</h3>
    <div class="reads" data-testid="reads">
      ${heads.map((head, i) => {
        const { bar, words } = shares(head, placed);
        return html`<span>head ${i}</span> ${bar} ${words}`;
      })}
    </div>`;
}

function captions(strip: Decomposition): TemplateResult {
  return html`<h3>How near each caption is to the strip</h3>
    <div class="captions">
      ${strip.captions.slice(0, 2).map(({ text, similarity }, i) => {
        const choice = choiceOf(strip, text);
        return html`<span>${text} ${i === 0 ? html`<span class="note">(true)</span>` : nothing}</span>
          ${fitBar(similarity, choice, 12)} ${choice === null ? html`<span>${accuracy(similarity)}</span>` : html`<b>${accuracy(similarity)}</b>`}`;
      })}
    </div>`;
}

/** Both strips under the line that they share, and side by side what comes of each. */
export function compared(of: BothWays): TemplateResult {
  const { strip, exchanged, placed } = of;
  const ep = steepest(strip)?.terms.find(({ term }) => term === "EP")?.row ?? [];
  const most = Math.max(1, ...ep.map(Math.abs));
  const both = [{ title: "This strip", seen: strip, placed }, { title: "Swapped", seen: exchanged, placed: exchange(placed) }];
  return html`<h3><span class="source-p">EP</span> of head ${strip.strongest}, the same over both strips</h3>
    <lr-profile kind="line" .values=${ep} .colours=${["--source-p"]} .bounds=${[-most, most]} .height=${96} label=${`EP of head ${strip.strongest}`}></lr-profile>
    ${both.map(({ title, placed }) => html`<h3>${title}</h3>
      <lr-strip aligned fixed .labels=${placed.labels} .positions=${placed.positions} .pixels=${strip.tokens.length - 1}></lr-strip>`)}
    <table class="compared" data-testid="compared">
      <thead>
        <tr><th scope="col">Each head reads ${key(placed)}</th>${both.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr>
      </thead>
      <tbody>
        ${strip.heads.map((_, i) => html`<tr data-testid=${`reads-${i}`}>
          <th scope="row">head ${i}</th>
          ${both.map(({ seen, placed }) => {
            const head = seen.heads[i];
            const read = head && shares(head, placed);
            return html`<td>${read?.bar} ${read?.words}</td>`;
          })}
        </tr>`)}
        <tr><th scope="rowgroup" colspan="3" class="note">How near each caption is</th></tr>
        ${captionRows(of).map((scores) => html`<tr>
          <th scope="row">${scores[0]?.text ?? ""}</th>
          ${both.map(({ seen }, i) => fitCell(scores[i]?.similarity ?? 0, scores[i], seen))}
        </tr>`)}
      </tbody>
    </table>`;
}

/** In the order of the steps, but for the last, which compares two strips. */
export const PICTURES = [tokens, logits, terms, softmax, reads, captions];
