// Numbers as a table for spreadsheets and data frames.
import type { Chart, Config, Measurement, Plan } from "../engine/pkg/leftright.js";
import type { Setting } from "../experiments/experiment-run";

type Cell = string | number | boolean | null | undefined;

export interface Table {
  columns: string[];
  rows: Cell[][];
}

export function csv({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** A number that is none, as of a model that diverged, is an empty cell. */
function cell(value: Cell): string {
  if (value === undefined || value === null || Number.isNaN(value)) return "";
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One row per model and step. */
export function measurementsTable({ jobs }: Pick<Plan, "jobs">, settings: Setting[], measurements: Measurement[]): Table {
  const varied = settings.map(({ field }) => field.name as keyof Config);
  const names = [...new Set(measurements.flatMap(({ values }) => Object.keys(values)))];
  const rows = measurements.map(({ job, step, values }) => [
    job,
    step,
    ...varied.map((name) => jobs[job]?.config[name]),
    ...names.map((name) => values[name]),
  ]);
  return { columns: ["job", "step", ...varied, ...names], rows };
}

/** One row per mark of some charts: where it stands, and its spread where it has one. */
export function chartsTable(charts: Chart[]): Table {
  return { columns: ["chart", "series", "x", "y", "least", "most"], rows: charts.flatMap((chart) => marks(chart).map((mark) => [chart.title, ...mark])) };
}

function marks(chart: Chart): Cell[][] {
  switch (chart.kind) {
    case "lines":
      return chart.series.flatMap(({ name, points }) => points.map(({ x, y, least, most }) => [name, x, y, least, most]));
    case "scatter":
      return chart.dots.map(({ x, y, group }) => [chart.groups[group], x, y]);
    case "rows":
      return chart.rows.map(({ name, value, least, most }) => [name, null, value, least, most]);
    case "map":
      return chart.cells.map((value, i) => [
        chart.rows[Math.floor(i / chart.columns.length)],
        chart.columns[i % chart.columns.length],
        value === null ? null : (chart.names[value] ?? value),
      ]);
  }
}
