import { css, html, nothing } from "lit";
import type { Condition, ExperimentInfo, Summary, Verdict } from "../engine/pkg/leftright.js";
import { typeset } from "../util/text";
import type { Words } from "../words";
import { experimentWords } from "../words/en-experiments";
import { reported } from "./report";
import { OF_THE_PAPER } from "./table";

const SIGNS: Record<Verdict, string> = { reproduced: "✓", partly: "◐", not: "✗", open: "○" };

/** A sentence of the crate's, whatever language the figure speaks. */
export function crateSays(sentence: string) {
  return html`<span lang="en">${typeset(sentence)}</span>`;
}

export const verdictStyles = css`
  .claim {
    max-width: 41rem;
    margin-bottom: var(--space-4);
  }

  .rule {
    max-width: 41rem;
    margin-top: var(--space-2);
  }

  .sign {
    display: inline-block;
    width: 1.2em;
    font-weight: 700;
  }
`;

/** What decides the claim: the rule, and each of its numbers, as measured here and in the report, with its bound. */
export function rule({ name, rule }: ExperimentInfo, summary: Summary | null | undefined, words: Words) {
  const { verdict } = experimentWords(words);
  const here = summary?.conditions ?? [];
  const report = reported(name)?.conditions ?? [];
  const row = (what: string) => {
    const [ours, theirs] = [here, report].map((conditions) => conditions.find((condition) => condition.what === what));
    const bound = (ours ?? theirs)?.bound ?? "";
    return html`<tr><th scope="row" lang="en">${what}</th><td>${cell(ours, bound, words)}</td><td>${cell(theirs, bound, words)}</td><td lang="en">${bound}</td></tr>`;
  };
  const numbers = new Set([...here, ...report].map(({ what }) => what));
  return html`<p class="rule" lang="en">${rule}</p>
    ${numbers.size === 0
      ? nothing
      : html`<table data-testid="conditions">
          <thead><tr>${verdict.columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
          <tbody>${[...numbers].map(row)}</tbody>
        </table>`}`;
}

/** A number and whether it holds; of a bound that follows from other numbers, its own where it is not the `told` one. */
function cell(condition: Condition | undefined, told: string, words: Words) {
  if (!condition) return "–";
  const { verdict } = experimentWords(words);
  const { value, bound, holds } = condition;
  const own = bound === told ? nothing : html` <span lang="en">(${bound})</span>`;
  return html`${value === null ? "–" : words.numbers.fixed(value, 2)} ${holds ? `✓ ${verdict.holds}` : `✗ ${verdict.fails}`}${own}`;
}

/** What is claimed, what the numbers here say of it, and what the report's do. */
export function claimed({ id, name, claim }: ExperimentInfo, verdict: Verdict | undefined, on: string, words: Words) {
  const said = experimentWords(words).verdict;
  const ours = id > OF_THE_PAPER;
  const told = said.claim(claim);
  const report = reported(name);
  const judged = (verdict: Verdict) => html`<b><span class="sign" aria-hidden="true">${SIGNS[verdict]}</span>${(ours ? said.ofExpectation : said.ofClaim)[verdict]}</b>`;
  return html`<div class="claim">
    <p><span class="note">${ours ? said.ours : said.papers}</span> <span lang=${told === claim ? "en" : nothing}>${told}</span></p>
    ${report ? html`<p data-testid="report-verdict" data-verdict=${report.verdict}><span class="note">${said.report(report.models)}</span> ${judged(report.verdict)}</p>` : nothing}
    <p data-testid="verdict" data-verdict=${verdict ?? "open"}><span class="note">${on}:</span> ${judged(verdict ?? "open")}</p>
  </div>`;
}
