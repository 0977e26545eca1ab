// The two captions of a strip, and of the strip on which the objects have changed places: which one wins, and is it true?
import { css, html } from "lit";
import { fitBar } from "../charts/fit-bar";
import { answerOf, choiceOf, verdict, type Answer } from "../figures/both-ways";
import { plain } from "../util/format";
import type { Sight } from "./sight";

const SIGNS: Record<Answer, string> = { right: "✓ right", wrong: "✗ wrong", tie: "= a tie", lost: "✗ neither" };

export const captionStyles = css`
  .answers {
    display: grid;
    gap: var(--space-2);
  }

  .answers p {
    display: flex;
    justify-content: space-between;
    gap: var(--space-2);
  }

  .caption {
    display: grid;
    grid-template-columns: 1fr 2.4em;
    align-items: center;
    gap: 0 var(--space-1);
    font-size: var(--text-small);
  }

  .caption svg {
    display: block;
    width: 100%;
  }

  .caption.wins {
    font-weight: 600;
  }

  .caption > span:first-child {
    grid-column: 1 / -1;
    line-height: 1.25;
  }

  .truth {
    color: var(--muted);
    font-weight: 400;
  }

  .answer.wrong {
    color: var(--alarm);
  }

  .answer {
    font-weight: 600;
    white-space: nowrap;
  }

  .verdict {
    min-height: 2.6em;
    margin-top: var(--space-1);
    font-size: var(--text-small);
    line-height: 1.3;
  }
`;

/** In one order for both strips, so that equal answers look equal. */
function ofStrip(sight: Sight, title: string, name: string) {
  const [truth] = sight.captions;
  const inOrder = [...sight.captions].sort((a, b) => a.text.localeCompare(b.text, "en", { numeric: true }));
  const answer = answerOf(sight);
  return html`<div data-testid=${`captions-${name}`} data-answer=${answer}>
    <p><b>${title}</b><span class=${`answer ${answer}`}>${SIGNS[answer]}</span></p>
    ${inOrder.map(({ text, similarity }) => html`<div class=${`caption ${choiceOf(sight, text) === null ? "" : "wins"} ${text === truth?.text ? "part-true" : "part-false"}`}>
      <span>${text}${text === truth?.text ? html` <span class="truth">is true</span>` : html`<span class="visually-hidden"> is false</span>`}</span>
      ${fitBar(similarity, choiceOf(sight, text))}
      <span>${plain(similarity)}</span>
    </div>`)}
  </div>`;
}

/** Of a strip and of its swap. */
export function captionBars([strip, swap]: [Sight, Sight]) {
  if (strip.captions.length === 0) return html`<p class="note">This model writes its captions, so there are none to choose between.</p>`;
  return html`<div class="answers">
      ${ofStrip(strip, "Which caption fits this strip?", "strip")}
      ${ofStrip(swap, "And with the two exchanged?", "swap")}
    </div>
    <p class="verdict" data-testid="verdict">${verdict({ strip, exchanged: swap })}</p>`;
}
