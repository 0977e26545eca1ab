// uPlot's curves, which are a canvas, drawn once more as SVG from the same numbers and with the other charts' axes.
import { html, render, svg } from "lit";
import type { LineChart } from "../charts/line-chart";
import { plane } from "../charts/plane";

const styles = new CSSStyleSheet();
styles.replaceSync(`
  .uplot { display: none; }
  .twin text { fill: var(--muted); font: 12px var(--sans); }
  .twin .grid { stroke: var(--rule); }
  .twin path { fill: none; }
`);

/** Puts curves in the canvas's place; returns how to take them away again. */
export function curves(chart: LineChart): () => void {
  const root = chart.shadowRoot;
  const place = root?.querySelector<HTMLElement>(".plot");
  if (!root || !place) return () => undefined;
  const { width, height } = place.getBoundingClientRect();
  const [steps = [], ...rows] = chart.data;
  const axis = { label: "", bounds: null, log: false };
  const area = plane(width, { x: axis, y: { label: "", bounds: chart.bounds, log: !chart.bounds } }, steps, rows.flat(), false, height);
  const line = (row: number[]) => row.map((value, i) => `${i === 0 ? "M" : "L"}${area.x(steps[i] ?? 0).toFixed(1)},${area.y(value).toFixed(1)}`).join("");
  const twin = document.createElement("div");
  twin.className = "twin";
  render(
    html`<svg width=${width} height=${height}>
      ${area.frame}
      ${chart.lines.map(
        (series, i) => svg`<path class="line" d=${line(rows[i] ?? [])} stroke=${`var(${series.colour})`} stroke-width=${series.width} stroke-dasharray=${series.dash?.join(" ") ?? ""}></path>`,
      )}
    </svg>`,
    twin,
  );
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, styles];
  place.append(twin);
  return () => {
    twin.remove();
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => sheet !== styles);
  };
}
