import { MARKS } from "../charts/series-style";
import type { Split } from "../engine/pkg/leftright.js";

interface Look {
  label: string;
  meaning: string;
  colour: string;
  dash?: number[];
  mark: string;
}

/** How every figure names and draws each split, the hardest last. */
const LOOKS: Record<Split, Look> = {
  single: { label: "single", meaning: "one object at a position held out", colour: "--split-single", dash: [2, 3], mark: MARKS.circle },
  seen: { label: "seen", meaning: "a training pair in a layout held out", colour: "--split-seen", dash: [7, 3], mark: MARKS.square },
  unseen: { label: "unseen", meaning: "two labels that no training pair has", colour: "--split-unseen", mark: MARKS.triangle },
};

export const SPLITS = (Object.entries(LOOKS) as [Split, Look][]).map(([split, look]) => ({ split, ...look }));
