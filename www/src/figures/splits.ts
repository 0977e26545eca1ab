import { MARKS } from "../charts/series-style";
import type { Split } from "../engine/pkg/leftright.js";

/** The three splits as every figure names and draws them, the hardest last. */
export const SPLITS: { split: Split; label: string; meaning: string; colour: string; dash?: number[]; mark: string }[] = [
  { split: "single", label: "single", meaning: "one object at a position held out", colour: "--split-single", dash: [2, 3], mark: MARKS.circle },
  { split: "seen", label: "seen", meaning: "a training pair in a layout held out", colour: "--split-seen", dash: [7, 3], mark: MARKS.square },
  { split: "unseen", label: "unseen", meaning: "two labels that no training pair has", colour: "--split-unseen", mark: MARKS.triangle },
];
