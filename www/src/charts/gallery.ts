// The pictures of one figure: side by side where there is room, small maps of one kind close together. Their words are the crate's,
// which are English.
import { css, html } from "lit";
import type { Chart } from "../engine/pkg/leftright.js";
import "./lr-chart";
import "./lr-choice";

/** So many maps in a row are parts of one picture, such as the heads of a model. */
const PARTS = 4;

export const galleryStyles = css`
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
    gap: var(--space-5) var(--space-6);
    margin-block: var(--space-5);
  }

  /* Four are two by two, not three and one. */
  .charts:has(> :nth-child(4):last-child) {
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
  }

  .parts {
    grid-column: 1 / -1;
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(9.25rem, 1fr));
    gap: var(--space-4);
  }
`;

/** `oneAtATime`: the reader chooses which is shown. */
export function gallery(charts: Chart[], busy: boolean, oneAtATime = false) {
  const one = (chart: Chart) => html`<lr-chart .chart=${chart}></lr-chart>`;
  return html`<div class="charts" data-testid="charts" lang="en" aria-busy=${busy ? "true" : "false"}>
    ${oneAtATime ? html`<lr-choice .charts=${charts}></lr-choice>` : runs(charts).map((run) => (run.length >= PARTS ? html`<div class="parts">${run.map(one)}</div>` : run.map(one)))}
  </div>`;
}

/** Charts in runs of one kind, of maps alone. */
function runs(charts: Chart[]): Chart[][] {
  const runs: Chart[][] = [];
  for (const chart of charts) {
    const run = runs.at(-1);
    if (chart.kind === "map" && run?.[0]?.kind === "map") run.push(chart);
    else runs.push([chart]);
  }
  return runs;
}
