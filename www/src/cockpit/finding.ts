// What the model does on pairs that it never met, in one sentence that its numbers choose.
import { REVERSED, isCoin } from "../figures/findings";
import { en } from "../words/en";
import type { Cut } from "../run/views";
import { count, percent } from "../util/format";
import type { Scores } from "./sight";

/** A share under which there is hardly anything to put in order. */
const FOUND = 0.1;

/** `past`: the step that is shown, where that is not the latest. */
export function cockpitFinding({ order, recognition }: Scores, cut: Cut, trained: boolean, past: number | null): string {
  const at = past === null ? [] : [`at step ${count(past)}`];
  if (!trained) return sentence([...at, "the model has learned nothing yet"]);
  if (order === null || recognition === null) return en.run.untested;
  const does = `on new pairs the model names both objects ${often(recognition)}${ordering(order, recognition)}`;
  if (cut.terms.length > 0) return sentence([...at, lower(en.condition(cut)), does]);
  return past === null ? `All nine terms are in. ${sentence([does])}` : sentence([...at, does]);
}

function often(share: number): string {
  return share >= 0.995 ? "every time" : `in ${percent(share)}`;
}

function ordering(order: number, recognition: number): string {
  if (recognition < FOUND) return ", so it has nothing to put in order";
  const meaning = isCoin(order) ? ": a coin toss" : order <= REVERSED ? ": the wrong way round" : "";
  return ` and gets their order right ${often(order)}${meaning}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function sentence(parts: string[]): string {
  const text = parts.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
