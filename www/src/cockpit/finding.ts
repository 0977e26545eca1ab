// What the model does on pairs that it never met, in one sentence that its numbers choose.
import { REVERSED, conditionOf, isCoin } from "../figures/findings";
import type { Cut } from "../run/views";
import { count, percent } from "../util/format";
import type { Scores } from "./sight";

/** A share under which there is hardly anything to put in order. */
const FOUND = 0.1;

function often(share: number): string {
  return share >= 0.995 ? "every time" : `in ${percent(share)}`;
}

/** `past`: the step that is shown, where that is not the latest. */
export function cockpitFinding(scores: Scores, cut: Cut, trained: boolean, past: number | null): string {
  const when = past === null ? "" : `At step ${count(past)}: `;
  if (!trained) return `${when}The model has learned nothing yet.`;
  const [order, recognition] = [scores.order ?? 0, scores.recognition ?? 0];
  const names = `n new pairs the model names both objects ${often(recognition)}`;
  const meaning = isCoin(order) ? ": a coin toss" : order <= REVERSED ? ": the wrong way round" : "";
  const puts = recognition < FOUND ? ", so it has nothing to put in order" : ` and gets their order right ${often(order)}${meaning}`;
  if (cut.terms.length > 0) return `${when}${conditionOf(cut)}, o${names}${puts}.`;
  return past === null ? `All nine terms are in. O${names}${puts}.` : `${when}o${names}${puts}.`;
}
