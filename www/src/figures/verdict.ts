import { css, html } from "lit";
import type { ExperimentInfo, Verdict } from "../engine/pkg/leftright.js";

const VERDICTS: Record<Verdict, { sign: string; words: string }> = {
  reproduced: { sign: "✓", words: "reproduced" },
  partly: { sign: "◐", words: "partly reproduced" },
  not: { sign: "✗", words: "not reproduced" },
  open: { sign: "○", words: "open: too little is measured yet" },
};
/** The experiments from here on are ours. */
const BEYOND = 13;

export const verdictStyles = css`
  .claim {
    max-width: 41rem;
    margin-bottom: var(--space-4);
  }

  .sign {
    display: inline-block;
    width: 1.2em;
    font-weight: 700;
  }
`;

/** What is claimed, and what these numbers say of it. */
export function claimed({ id, claim }: ExperimentInfo, verdict: Verdict | undefined, on: string) {
  const { sign, words } = VERDICTS[verdict ?? "open"];
  return html`<div class="claim">
    <p><span class="note">${id < BEYOND ? "The paper’s claim:" : "Our expectation, which the paper does not test:"}</span> ${claim}</p>
    <p data-testid="verdict" data-verdict=${verdict ?? "open"}><span class="note">${on}:</span> <b><span class="sign" aria-hidden="true">${sign}</span>${words}</b></p>
  </div>`;
}
