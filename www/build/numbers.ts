// Numbers of the report in the page's text. `<data value="4.EP unseen.order.median" class="percent"></data>` is filled from
// measurements/summary.json, so that none is kept in sync by hand; a name that is not there fails the build.
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { OF_THE_PAPER } from "../src/experiments/table.ts";
import { accuracy, count, percent } from "../src/util/format.ts";
import { typeset } from "../src/util/text.ts";

const SUMMARY = "measurements/summary.json";

export interface Summary {
  spread: string[];
  experiments: Record<string, Record<string, unknown> & { verdict: string; conditions: { what: string; value: number | null }[] }>;
  numbers: Record<string, (number | null)[]>;
}

/** How a number is written, by the element's class; without one, as it is. */
const FORMATS: Record<string, (value: number) => string> = {
  "": count,
  percent,
  points: (value) => count(Math.round(value * 100)),
  decimal: (value) => typeset(accuracy(value)),
  word: (value) => WORDS[value] ?? count(value),
};

/** Small counts as one writes them in a sentence. */
const WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

const DATA = /<data\s+value="([^"]*)"(?:\s+class="([^"]*)")?>[^<]*<\/data>/g;

export function numbers(): Plugin {
  return {
    name: "numbers",
    transformIndexHtml: {
      order: "pre",
      handler: (page) => filled(page, JSON.parse(readFileSync(SUMMARY, "utf8")) as Summary),
    },
  };
}

export function filled(page: string, summary: Summary): string {
  return page.replaceAll(DATA, (_, name: string, format = "") => {
    const [value, write] = [lookUp(summary, name), FORMATS[String(format)]];
    if (value === null) throw new Error(`${SUMMARY} has no number “${name}”, which the page names`);
    if (!write) throw new Error(`a number of the page is to be written as “${String(format)}”, which is none of ${Object.keys(FORMATS).join(", ")}`);
    return `<data value="${value}">${write(value)}</data>`;
  });
}

/**
 * A number by its name: `4.order without EP`, a condition of the rule; `4.models`; `4.EP unseen.order.median`, a measured one;
 * `claims.reproduced`, how many of the paper's claims have a verdict, and `claims.all`; `ours.partly`, of our own expectations; or
 * `report.models`, how many were trained.
 */
function lookUp(summary: Summary, name: string): number | null {
  const { experiments, numbers, spread } = summary;
  const id = name.slice(0, name.indexOf("."));
  const rest = name.slice(id.length + 1);
  if (id === "claims" || id === "ours") {
    const verdicts = Object.entries(experiments).flatMap(([number, { verdict }]) => ((Number(number) <= OF_THE_PAPER) === (id === "claims") ? [verdict] : []));
    return rest === "all" ? verdicts.length : ["reproduced", "partly", "not"].includes(rest) ? verdicts.filter((verdict) => verdict === rest).length : null;
  }
  if (name === "report.models") return Object.values(experiments).reduce((sum, { models }) => sum + Number(models), 0);
  const experiment = experiments[id];
  const condition = experiment?.conditions.find(({ what }) => what === rest);
  if (condition) return condition.value;
  const own = experiment?.[rest];
  if (typeof own === "number") return own;
  const dot = name.lastIndexOf(".");
  return numbers[name.slice(0, dot)]?.[spread.indexOf(name.slice(dot + 1))] ?? null;
}
