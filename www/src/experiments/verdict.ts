import { css, html, nothing } from "lit";
import type { Condition, ExperimentInfo, Summary, Verdict } from "../engine/pkg/leftright.js";
import { count } from "../util/format";
import { reported } from "./report";
import { OF_THE_PAPER } from "./table";

/** A verdict's sign, what it says of the paper's claim, and of an expectation of ours. */
const VERDICTS: Record<Verdict, { sign: string; claim: string; expectation: string }> = {
  reproduced: { sign: "✓", claim: "reproduced", expectation: "as expected" },
  partly: { sign: "◐", claim: "partly reproduced", expectation: "partly as expected" },
  not: { sign: "✗", claim: "not reproduced", expectation: "not as expected" },
  open: { sign: "○", claim: "open until enough is measured here", expectation: "open until enough is measured here" },
};

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
export function rule({ name, rule }: ExperimentInfo, summary: Summary | null | undefined) {
  const here = summary?.conditions ?? [];
  const report = reported(name)?.conditions ?? [];
  const row = (what: string) => {
    const [ours, theirs] = [here, report].map((conditions) => conditions.find((condition) => condition.what === what));
    const bound = (ours ?? theirs)?.bound ?? "";
    return html`<tr><th scope="row">${what}</th><td>${cell(ours, bound)}</td><td>${cell(theirs, bound)}</td><td>${bound}</td></tr>`;
  };
  const numbers = new Set([...here, ...report].map(({ what }) => what));
  return html`<p class="rule">${rule}</p>
    ${numbers.size === 0
      ? nothing
      : html`<table data-testid="conditions">
          <thead><tr><th scope="col">the number</th><th scope="col">here</th><th scope="col">our report</th><th scope="col">must be</th></tr></thead>
          <tbody>${[...numbers].map(row)}</tbody>
        </table>`}`;
}

/** A number and whether it holds; of a bound that follows from other numbers, its own where it is not the `told` one. */
function cell(condition: Condition | undefined, told: string): string {
  if (!condition) return "–";
  const { value, bound, holds } = condition;
  const own = bound === told ? "" : ` (${bound})`;
  return `${value === null ? "–" : value.toFixed(2)} ${holds ? "✓ holds" : "✗ does not"}${own}`;
}

/** What is claimed, what the numbers here say of it, and what the report's do. */
export function claimed({ id, name, claim }: ExperimentInfo, verdict: Verdict | undefined, on: string) {
  const ours = id > OF_THE_PAPER;
  const report = reported(name);
  const judged = (verdict: Verdict) => {
    const { sign, ...words } = VERDICTS[verdict];
    return html`<b><span class="sign" aria-hidden="true">${sign}</span>${ours ? words.expectation : words.claim}</b>`;
  };
  return html`<div class="claim">
    <p><span class="note">${ours ? "Our expectation, which the paper does not test:" : "The paper’s claim:"}</span> ${claim}</p>
    ${report ? html`<p data-testid="report-verdict" data-verdict=${report.verdict}><span class="note">Our report, of ${count(report.models)} models:</span> ${judged(report.verdict)}</p>` : nothing}
    <p data-testid="verdict" data-verdict=${verdict ?? "open"}><span class="note">${on}:</span> ${judged(verdict ?? "open")}</p>
  </div>`;
}
