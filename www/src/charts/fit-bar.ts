import { html } from "lit";

/** What becomes of a caption: it is chosen over the other, rightly or wrongly, or it is not. */
export type Choice = "right" | "wrong" | null;

/** How well a caption fits, from 0 to 1, as a bar on its track; the chosen one's stands out. */
export function fitBar(fit: number, choice: Choice, height = 8) {
  const colour = choice === null ? "--edge" : choice === "right" ? "--ink" : "--alarm";
  return html`<svg class="bar" height=${height} aria-hidden="true">
    <rect width="100%" height=${height} fill="var(--panel)"></rect>
    <rect width=${`${(Math.max(0, fit) * 100).toFixed(1)}%`} height=${height} fill=${`var(${colour})`}></rect>
  </svg>`;
}
