// What the cockpit shows of a model's look at one strip.
import type { Decomposition } from "../engine/pkg/leftright.js";

/** Over CLS and the pixels. */
interface HeadSight {
  /** In logits. */
  ep: number[];
  attention: number[];
  /** Of EP, in logits per pixel. */
  slope: number;
}

export interface Sight {
  heads: HeadSight[];
  /** The head whose slope is the largest, either way. */
  strongest: number;
  /** The true caption, then the one with the two labels exchanged. */
  captions: { text: string; similarity: number }[];
}

/** On unseen pairs. */
export interface Scores {
  order: number | null;
  recognition: number | null;
}

export function sightOf({ heads, strongest, captions }: Decomposition): Sight {
  return {
    heads: heads.map(({ terms, attention, slope }) => ({ ep: terms.find(({ term }) => term === "EP")?.row ?? [], attention, slope })),
    strongest,
    captions,
  };
}
