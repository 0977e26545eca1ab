// What each figure found, in one sentence that its numbers choose: it stays true whatever the reader's run says.
import type { Accuracies, Decomposition, Evaluation } from "../engine/pkg/leftright.js";
import { UNCUT, type Cut } from "../run/views";
import { en, type Words } from "../words/en";

/** A share this high is a skill; between the two others is a coin toss (chance is 0.5); below `REVERSED` the answer is turned round. */
export const SKILL = 0.9;
const COIN = [0.4, 0.6] as const;
export const REVERSED = 0.1;
/** Logits per pixel below which a head prefers no side to speak of, and from which it does so clearly. */
export const FLAT = 0.1;
export const SLOPED = 1;

export function isCoin(value: number): boolean {
  return value >= COIN[0] && value <= COIN[1];
}

/** The head whose EP slopes most, either way. */
export function steepestOf({ slopes }: Evaluation): number {
  const sizes = slopes.map(Math.abs);
  return sizes.indexOf(Math.max(...sizes));
}

/** The scores of new pairs; null where there are none. */
function pairNumbers({ unseen: { retrieval, order, recognition } }: Accuracies): Record<"retrieval" | "order" | "recognition", number> | null {
  return retrieval === null || order === null || recognition === null ? null : { retrieval, order, recognition };
}

/** What must be said before any score: of how many scenes the model has none. */
export function brokenFinding({ unseen: { not_finite: broken = 0, items } }: Accuracies, { run }: Words = en): string | null {
  return broken === 0 ? null : run.broken(broken, items);
}

export function trainFinding({ accuracies }: Evaluation, trained: boolean, since: string, words: Words = en): string {
  const broken = brokenFinding(accuracies, words);
  if (broken !== null) return broken;
  const scores = pairNumbers(accuracies);
  if (!scores) return words.run.untested;
  const { retrieval, order, recognition } = scores;
  if (!trained) return words.train.untrained(retrieval, order);
  if (retrieval >= SKILL) return words.train.knows(since, retrieval);
  if (recognition >= SKILL && isCoin(order)) return words.train.tosses(since, recognition, order);
  return words.train.learns(since, retrieval, recognition, order);
}

/** `cut`: what is cut of the terms that are shown. */
export function gradientFinding({ heads, strongest }: Decomposition, cut = UNCUT, { gradient, condition }: Words = en): string {
  const slope = heads[strongest]?.slope ?? 0;
  const found = Math.abs(slope) < FLAT ? gradient.flat(strongest, slope) : gradient.slopes(strongest, slope);
  return cut.terms.length === 0 ? found : gradient.under(condition(cut), found);
}

export function ablateFinding(before: Accuracies, after: Accuracies, cut: Cut, trained: boolean, pressed: boolean, words: Words = en): string {
  const { ablate } = words;
  const broken = brokenFinding(after, words);
  if (broken !== null) return broken;
  if (!trained) return ablate.untrained(pressed);
  const was = pairNumbers(before);
  const is = pairNumbers(after);
  if (!was || !is) return words.run.untested;
  if (cut.terms.length === 0) return ablate.whole(was.recognition, was.order, pressed);
  const condition = words.condition(cut);
  if (cut.strength === 1) return ablate.unchanged(condition, is.order, is.recognition);
  const still = was.recognition >= SKILL;
  if (is.recognition >= SKILL && isCoin(is.order)) return ablate.atChance(condition, still, is.recognition, is.order);
  if (is.recognition >= SKILL && is.order <= REVERSED) return ablate.reversed(condition, still, is.recognition, is.order);
  if (is.recognition >= SKILL && is.order >= SKILL) return ablate.ordered(condition, still, is.recognition, is.order);
  return ablate.changed(condition, [was.recognition, is.recognition], [was.order, is.order]);
}

export function sinceStep(step: number, file: string | null, { run }: Words = en): string {
  return file === null ? run.since(step) : run.inFile(file);
}
