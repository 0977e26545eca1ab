// What each figure found, in one sentence that its numbers choose: it stays true whatever the reader's run says.
import type { Accuracies, Decomposition, Evaluation, Term } from "../engine/pkg/leftright.js";
import { UNCUT, type Cut } from "../run/views";
import { accuracy, count, magnitude, strength as strengthText } from "../util/format";

/** A share this high is a skill; between the two others is a coin toss (chance is 0.5); below `REVERSED` the answer is turned round. */
export const SKILL = 0.9;
const COIN = [0.4, 0.6] as const;
export const REVERSED = 0.1;
/** Logits per pixel below which a head prefers no side to speak of, and from which it does so clearly. */
export const FLAT = 0.1;
export const SLOPED = 1;
/** What is said where there is no score. */
export const UNTESTED = "There are no new pairs to test this model on.";

export function isCoin(value: number): boolean {
  return value >= COIN[0] && value <= COIN[1];
}

/** The head whose EP slopes most, either way. */
export function steepestOf({ slopes }: Evaluation): number {
  const sizes = slopes.map(Math.abs);
  return sizes.indexOf(Math.max(...sizes));
}

/** The two scores of new pairs; null where there are none. */
function pairNumbers({ unseen: { order, recognition } }: Accuracies): { order: number; recognition: number } | null {
  return order === null || recognition === null ? null : { order, recognition };
}

/** What must be said before any score: of how many scenes the model has none. */
export function brokenFinding({ unseen: { not_finite: broken = 0, items } }: Accuracies): string | null {
  if (broken === 0) return null;
  return `This model is broken: for ${count(broken)} of ${count(items)} pairs its scores are no finite numbers. They count as wrong.`;
}

export function trainFinding({ accuracies }: Evaluation, trained: boolean, since: string): string {
  const broken = brokenFinding(accuracies);
  if (broken !== null) return broken;
  const { retrieval } = accuracies.unseen;
  const scores = pairNumbers(accuracies);
  if (!scores) return UNTESTED;
  const { order, recognition } = scores;
  if (!trained) {
    return `This model has learned nothing yet: on pairs that it will never meet in training, retrieval is ${accuracy(retrieval)} and order ${accuracy(order)}.`;
  }
  if (retrieval >= SKILL) {
    return `${since} the model picks the right caption for ${accuracy(retrieval)} of the pairs it has never seen together: it knows left from right, not a list of pairs.`;
  }
  if (recognition >= SKILL && isCoin(order)) {
    return `${since} the model names both objects of a pair it has never seen (recognition ${accuracy(recognition)}), but which is on the left is a coin toss (order ${accuracy(order)}).`;
  }
  return `${since} the model picks the right caption for ${accuracy(retrieval)} of the pairs it has never seen together: it names both objects in ${accuracy(recognition)}, and prefers the right order in ${accuracy(order)}.`;
}

/** `cut`: what is cut of the terms that are shown. */
export function gradientFinding(decomposition: Decomposition, cut = UNCUT): string {
  const found = slopeFinding(decomposition);
  return cut.terms.length === 0 ? found : `${conditionOf(cut)}: ${found.charAt(0).toLowerCase()}${found.slice(1)}`;
}

function slopeFinding({ heads, strongest }: Decomposition): string {
  const slope = heads[strongest]?.slope ?? 0;
  if (Math.abs(slope) < FLAT) {
    return `No head prefers a side: even the steepest EP row, head ${strongest}’s, changes by only ${magnitude(slope)} logits per pixel.`;
  }
  const [way, end] = slope < 0 ? ["falls", "left"] : ["rises", "right"];
  return `Head ${strongest}’s EP row ${way} by ${magnitude(slope)} logits per pixel from left to right: whatever the objects are, it pulls the head to the one on the ${end}.`;
}

export function ablateFinding(before: Accuracies, after: Accuracies, cut: Cut, trained: boolean, pressed: boolean): string {
  const broken = brokenFinding(after);
  if (broken !== null) return broken;
  if (!trained) return `This model is untrained, so there is nothing to lose${pressed ? ": train it first" : ""}.`;
  const was = pairNumbers(before);
  const is = pairNumbers(after);
  if (!was || !is) return UNTESTED;
  if (cut.terms.length === 0) {
    return `Nothing is ablated: on unseen pairs the model names both objects in ${accuracy(was.recognition)} and prefers the right order in ${accuracy(was.order)}.${pressed ? " Press a term, EP first." : ""}`;
  }
  const condition = conditionOf(cut);
  if (cut.strength === 1) return `${condition}, nothing changes: order ${accuracy(is.order)}, recognition ${accuracy(is.recognition)}.`;
  const still = was.recognition >= SKILL ? "still " : "";
  if (is.recognition >= SKILL && isCoin(is.order)) {
    return `${condition} the model ${still}names both objects (recognition ${accuracy(is.recognition)}) but picks the order at chance (${accuracy(is.order)}).`;
  }
  if (is.recognition >= SKILL && is.order <= REVERSED) {
    return `${condition} the model ${still}names both objects (recognition ${accuracy(is.recognition)}) and puts them the wrong way round (order ${accuracy(is.order)}).`;
  }
  if (is.recognition >= SKILL && is.order >= SKILL) {
    return `${condition} the model ${still}names both objects (recognition ${accuracy(is.recognition)}) and gets their order right (${accuracy(is.order)}).`;
  }
  return `${condition}, on unseen pairs, recognition goes from ${accuracy(was.recognition)} to ${accuracy(is.recognition)} and order from ${accuracy(was.order)} to ${accuracy(is.order)}.`;
}

/** "EP", "EP and PE", "EP, PE and VP". */
export function listed(names: (Term | number)[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}` : names.join("");
}

/** "Without EP in head 2". */
export function conditionOf({ terms, strength, heads }: Cut): string {
  const named = listed(terms);
  const where = heads === null ? "" : ` in ${heads.length === 1 ? "head" : "heads"} ${listed(heads)}`;
  if (strength === 0) return `Without ${named}${where}`;
  if (strength === -1) return `With ${named} reversed${where}`;
  return `With ${named} at strength ${strengthText(strength)}${where}`;
}

export function sinceStep(step: number, file: string | null): string {
  if (file !== null) return `In ${file}`;
  return `After ${count(step)} ${step === 1 ? "step" : "steps"}`;
}
