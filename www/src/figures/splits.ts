import type { Split } from "../engine/pkg/leftright.js";

/** The three splits as every figure names and draws them, the hardest last. */
export const SPLITS: { split: Split; label: string; meaning: string; colour: string; dash?: number[]; width: number }[] = [
  { split: "single", label: "single", meaning: "one object at a position held out", colour: "--split-single", dash: [2, 3], width: 2 },
  { split: "seen", label: "seen", meaning: "a training pair in a layout held out", colour: "--split-seen", dash: [7, 3], width: 2 },
  { split: "unseen", label: "unseen", meaning: "two labels that no training pair has", colour: "--split-unseen", width: 2.5 },
];
