// Measurements as a table for spreadsheets and data frames: one row per model and step.
import type { Config, Measurement, Plan } from "./engine/pkg/leftright.js";
import type { Setting } from "./experiment";

export function measurementsCsv({ jobs }: Plan, settings: Setting[], measurements: Measurement[]): string {
  const varied = settings.map(({ field }) => field.name as keyof Config);
  const names = [...new Set(measurements.flatMap(({ values }) => Object.keys(values)))];
  const rows = measurements.map(({ job, step, values }) => [
    job,
    step,
    ...varied.map((name) => jobs[job]?.config[name]),
    ...names.map((name) => values[name]),
  ]);
  return [["job", "step", ...varied, ...names], ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** A number that is none, as of a model that diverged, is an empty cell. */
function cell(value: string | number | boolean | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "";
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
