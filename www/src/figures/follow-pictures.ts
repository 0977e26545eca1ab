// The pictures of the worked example: what each of its steps makes of a strip.
import { html, nothing, svg, type TemplateResult } from "lit";
import "../charts/profile";
import "./lr-strip";
import { columns, tokenColour } from "../charts/columns";
import { fitBar } from "../charts/fit-bar";
import { scale, type HeatmapRow } from "../charts/heatmap";
import type { Decomposition, HeadDecomposition } from "../engine/pkg/leftright.js";
import { exchange, type Placed } from "../run/views";
import type { Words } from "../words/en";
import { followWords } from "../words/en-follow";
import { captionRows, choiceOf, steepest, type BothWays } from "./both-ways";
import { fitCell } from "./fit-cell";
import { sharesOf } from "./follow-steps";

/** Each token as the sum of what it is and where it stands. */
function tokens({ tokens }: Decomposition, language: Words, { labels, positions }: Placed): TemplateResult {
  const { tokens: words } = followWords(language);
  const { left, middle, width } = columns(tokens.length);
  const content = (token: number) => (token === 0 ? "CLS" : String(labels[positions.indexOf(token - 1)] ?? "–"));
  const row = (y: number, kind: "e" | "p", text: (token: number) => string) => svg`<g class=${`source-${kind}`}>
    <text class="name" y=${y + 18}>${kind.toUpperCase()}</text>
    ${tokens.map((_, token) => svg`<rect class="part" x=${`${left(token) + width * 0.08}%`} width=${`${width * 0.84}%`} y=${y} height="28"></rect><text x=${`${middle(token)}%`} y=${y + 18}>${text(token)}</text>`)}
  </g>`;
  return html`<h3><b class="source-e">${words.content}</b> + <b class="source-p">${words.position}</b></h3>
    <svg height="84" role="img" aria-label=${words.label(tokens.map((_, token) => words.token(content(token), token)))}>
      ${row(4, "e", content)}
      ${tokens.map((_, token) => svg`<text x=${`${middle(token)}%`} y="46">+</text>`)}
      ${row(52, "p", String)}
    </svg>`;
}

function map(rows: HeatmapRow[], title: string, label: string, words: Words): TemplateResult {
  const most = Math.max(...rows.flatMap(({ values }) => values.map(Math.abs)));
  return html`<h3>${title} <span class="note scale">${scale(most, 0, words)}</span></h3>
    <lr-heatmap .rows=${rows} .most=${most} label=${label}></lr-heatmap>`;
}

function logits({ heads }: Decomposition, words: Words): TemplateResult {
  const { map: title, label } = followWords(words).logits;
  return map(heads.map(({ logits }, head) => ({ name: String(head), values: logits })), title(heads.length), label, words);
}

function terms(strip: Decomposition, words: Words): TemplateResult {
  const { map: title, label, sum } = followWords(words).terms;
  const head = steepest(strip);
  if (!head) return html``;
  const rows = [...head.terms.map(({ term, row }) => ({ name: term, values: row })), { name: sum, values: head.logits }];
  return map(rows, title(strip.strongest), label(strip.strongest), words);
}

function softmax(strip: Decomposition, language: Words, { positions }: Placed): TemplateResult {
  const { softmax: words } = followWords(language);
  const head = steepest(strip);
  if (!head) return html``;
  const colours = strip.tokens.map((_, token) => tokenColour(token, positions));
  return html`<h3>${words.logits(strip.strongest)}</h3>
    <lr-profile .values=${head.logits} .colours=${colours} .height=${104} label=${words.logitsLabel}></lr-profile>
    <h3>${words.attention}</h3>
    <lr-profile .values=${head.attention} .colours=${colours} .bounds=${[0, 1]} .format=${language.numbers.percent} .height=${104} label=${words.attentionLabel}></lr-profile>`;
}

/** How much of each object a head reads, in words and as a bar. */
function shares(head: HeadDecomposition, placed: Placed, { numbers: { percent } }: Words) {
  const [onA, onB] = sharesOf(head, placed);
  const bar = html`<svg height="18" aria-hidden="true">
    <rect width="100%" height="18" fill="var(--panel)" stroke="var(--rule)"></rect>
    <rect width=${`${onA * 100}%`} height="18" fill="var(--object-a)"></rect>
    <rect x=${`${100 - onB * 100}%`} width=${`${onB * 100}%`} height="18" fill="var(--object-b)"></rect>
  </svg>`;
  return { bar, said: html`<span><span class="a">● ${percent(onA)}</span> <span class="b">■ ${percent(onB)}</span></span>` };
}

function key({ labels: [a, b] }: Placed) {
  return html`<span class="a">● ${a}</span>, <span class="b">■ ${b}</span>`;
}

function reads({ heads }: Decomposition, words: Words, placed: Placed): TemplateResult {
  const { reading } = followWords(words);
  return html`<h3>${reading.pictureTitle} ${key(placed)}</h3>
    <div class="reads" data-testid="reads">
      ${heads.map((head, i) => {
        const { bar, said } = shares(head, placed, words);
        return html`<span>${reading.head(i)}</span> ${bar} ${said}`;
      })}
    </div>`;
}

function captions(strip: Decomposition, language: Words): TemplateResult {
  const { captions: words } = followWords(language);
  const { accuracy } = language.numbers;
  return html`<h3>${words.near}</h3>
    <div class="captions">
      ${strip.captions.slice(0, 2).map(({ text, similarity }, i) => {
        const choice = choiceOf(strip, text);
        return html`<span><span lang="en">${text}</span> ${i === 0 ? html`<span class="note">${words.isTrue}</span>` : nothing}</span>
          ${fitBar(similarity, choice, 12)} ${choice === null ? html`<span>${accuracy(similarity)}</span>` : html`<b>${accuracy(similarity)}</b>`}`;
      })}
    </div>`;
}

/** Both strips under the line that they share, and side by side what comes of each. */
export function compared(of: BothWays, words: Words): TemplateResult {
  const { swapped, reading } = followWords(words);
  const { strip, exchanged, placed } = of;
  const ep = steepest(strip)?.terms.find(({ term }) => term === "EP")?.row ?? [];
  const most = Math.max(1, ...ep.map(Math.abs));
  const both = [{ title: swapped.strip, seen: strip, placed }, { title: swapped.title, seen: exchanged, placed: exchange(placed) }];
  return html`<h3><span class="source-p">EP</span> ${swapped.ofHead(strip.strongest)}</h3>
    <lr-profile kind="line" .values=${ep} .colours=${["--source-p"]} .bounds=${[-most, most]} .height=${96} label=${swapped.ep(strip.strongest)}></lr-profile>
    ${both.map(({ title, placed }) => html`<h3>${title}</h3>
      <lr-strip aligned fixed .labels=${placed.labels} .positions=${placed.positions} .pixels=${strip.tokens.length - 1}></lr-strip>`)}
    <table class="compared" data-testid="compared">
      <thead>
        <tr><th scope="col">${swapped.reading} ${key(placed)}</th>${both.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr>
      </thead>
      <tbody>
        ${strip.heads.map((_, i) => html`<tr data-testid=${`reads-${i}`}>
          <th scope="row">${reading.head(i)}</th>
          ${both.map(({ seen, placed }) => {
            const head = seen.heads[i];
            const read = head && shares(head, placed, words);
            return html`<td>${read?.bar} ${read?.said}</td>`;
          })}
        </tr>`)}
        <tr><th scope="rowgroup" colspan="3" class="note">${swapped.near}</th></tr>
        ${captionRows(of).map((scores) => html`<tr>
          <th scope="row" lang="en">${scores[0]?.text ?? ""}</th>
          ${both.map(({ seen }, i) => fitCell(scores[i]?.similarity ?? 0, scores[i], seen, words))}
        </tr>`)}
      </tbody>
    </table>`;
}

/** In the order of the steps, but for the last, which compares two strips. */
export const PICTURES = [tokens, logits, terms, softmax, reads, captions];
