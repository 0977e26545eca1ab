import { css, html, nothing } from "lit";
import type { ExperimentInfo, Summary, Verdict } from "../engine/pkg/leftright.js";

/** A verdict's sign, what it says of the paper's claim, and of an expectation of ours. */
const VERDICTS: Record<Verdict, { sign: string; claim: string; expectation: string }> = {
  reproduced: { sign: "✓", claim: "reproduced", expectation: "as expected" },
  partly: { sign: "◐", claim: "partly reproduced", expectation: "partly as expected" },
  not: { sign: "✗", claim: "not reproduced", expectation: "not as expected" },
  open: { sign: "○", claim: "open: too little is measured yet", expectation: "open: too little is measured yet" },
};
/** The experiments from here on are ours. */
const BEYOND = 13;

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

/** What decides the claim: the rule, and each of its numbers with its bound once it is measured. */
export function rule({ rule }: ExperimentInfo, summary: Summary | null | undefined) {
  const conditions = summary?.conditions ?? [];
  const row = ({ what, value, bound, holds }: Summary["conditions"][number]) =>
    html`<tr><th scope="row">${what}</th><td>${value === null ? "–" : value.toFixed(2)}</td><td>${bound}</td><td>${holds ? "✓ holds" : "✗ does not"}</td></tr>`;
  return html`<p class="rule">${rule}</p>
    ${conditions.length === 0
      ? nothing
      : html`<table data-testid="conditions">
          <thead><tr><th scope="col">the number</th><th scope="col">measured</th><th scope="col">must be</th><th scope="col"></th></tr></thead>
          <tbody>${conditions.map(row)}</tbody>
        </table>`}`;
}

/** What is claimed, and what these numbers say of it. */
export function claimed({ id, claim }: ExperimentInfo, verdict: Verdict | undefined, on: string) {
  const { sign, ...words } = VERDICTS[verdict ?? "open"];
  const ours = id >= BEYOND;
  return html`<div class="claim">
    <p><span class="note">${ours ? "Our expectation, which the paper does not test:" : "The paper’s claim:"}</span> ${claim}</p>
    <p data-testid="verdict" data-verdict=${verdict ?? "open"}><span class="note">${on}:</span> <b><span class="sign" aria-hidden="true">${sign}</span>${ours ? words.expectation : words.claim}</b></p>
  </div>`;
}
