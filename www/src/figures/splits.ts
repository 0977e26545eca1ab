import { MARKS } from "../charts/series-style";
import type { Split } from "../engine/pkg/leftright.js";

interface Look {
  colour: string;
  dash?: number[];
  mark: string;
}

/** How every figure draws each split, the hardest last. */
const LOOKS: Record<Split, Look> = {
  single: { colour: "--split-single", dash: [2, 3], mark: MARKS.circle },
  seen: { colour: "--split-seen", dash: [7, 3], mark: MARKS.square },
  unseen: { colour: "--split-unseen", mark: MARKS.triangle },
};

export const SPLITS = (Object.entries(LOOKS) as [Split, Look][]).map(([split, look]) => ({ split, ...look }));
