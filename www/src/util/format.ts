// Numbers and durations in English, in which the article is.
import { en, type Words } from "../words/en.ts";

export const { accuracy, percent, signed, logit, count, plain } = en.numbers;
export const { duration } = en;

/** A value with its spread, where it has one: "0.97 (0.93 to 1.00)". */
export function withSpread(value: number, least: number, most: number, format: (value: number) => string = plain, { chart }: Words = en): string {
  return least === most ? format(value) : `${format(value)} (${chart.spread(format(least), format(most))})`;
}
